from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "access"
    verbose_name = "Authorization"

    def ready(self) -> None:
        from access import errors  # noqa: F401
        from access.management import seed_management_api
        from tenants.services.tenants import tenant_created

        tenant_created.connect(seed_management_api, dispatch_uid="access.management")
