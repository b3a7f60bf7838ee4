from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "connectors"
    verbose_name = "Connectors"

    def ready(self) -> None:
        # Each declares codes, or registers what there is.
        from connectors import errors, kinds  # noqa: F401 - see above
        from connectors.enterprise import errors as enterprise_errors  # noqa: F401 - see above
        from connectors.enterprise import providers  # noqa: F401 - see above
