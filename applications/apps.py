from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = "Applications"

    def ready(self) -> None:
        from applications import errors  # noqa: F401
        from applications.services.built_in_applications import ensure_built_in_applications, seed_built_in_applications
        from tenants.services.tenants import tenant_created

        tenant_created.connect(seed_built_in_applications, dispatch_uid="applications.built_in")
        post_migrate.connect(ensure_built_in_applications, sender=self, dispatch_uid="applications.built_in")
