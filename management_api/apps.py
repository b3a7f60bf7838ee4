from django.apps import AppConfig


class ManagementApiConfig(AppConfig):
    name = "management_api"

    def ready(self) -> None:
        from management_api import errors  # noqa: F401 - it declares its codes
        from management_api.hooks import payloads

        payloads.connect()
