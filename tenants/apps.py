from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Tenant"

    def ready(self) -> None:
        from tenants import configuration, errors  # noqa: F401

        configuration.connect_signals()
