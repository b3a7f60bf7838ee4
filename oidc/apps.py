from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OidcConfig(AppConfig):
    name = "oidc"
    verbose_name = "Applications"

    def ready(self) -> None:
        from oidc import application_errors, errors, receivers  # noqa: F401
        from oidc.services.built_in_applications import ensure_built_in_applications, seed_built_in_applications
        from tenants.services.tenants import tenant_created

        receivers.connect()
        tenant_created.connect(seed_built_in_applications, dispatch_uid="oidc.built_in")
        post_migrate.connect(ensure_built_in_applications, sender=self, dispatch_uid="oidc.built_in")
