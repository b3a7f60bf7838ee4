from django.apps import AppConfig


class ConfigurationConfig(AppConfig):
    name = "configuration"
    verbose_name = "Configuration as code"

    def ready(self) -> None:
        from configuration import errors  # noqa: F401 - it registers itself
