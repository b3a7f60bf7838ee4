from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"

    def ready(self) -> None:
        from console.tenancy import on_tenant_created
        from tenants.services.tenants import tenant_created

        tenant_created.connect(on_tenant_created, dispatch_uid="console.tenancy")
