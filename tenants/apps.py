from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Tenant"

    def ready(self) -> None:
        from tenants import configuration, errors, rate_limits  # noqa: F401
        from tenants.domains import models as domain_models  # noqa: F401  # Django learns of them
        from tenants.files import models  # noqa: F401  # Django learns of them

        configuration.connect_signals()
        rate_limits.configured_limits()  # a limit that cannot be read stops the start
