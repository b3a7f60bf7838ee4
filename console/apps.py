from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"

    def ready(self) -> None:
        from console.tenancy import on_tenant_created
        from console.webhooks import notices
        from tenants.services.tenants import tenant_created

        notices.connect()
        tenant_created.connect(on_tenant_created, dispatch_uid="console.tenancy")
