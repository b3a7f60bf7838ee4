from django.apps import AppConfig


class OidcConfig(AppConfig):
    name = "oidc"
    verbose_name = "Applications"

    def ready(self) -> None:
        from oidc import application_errors, errors, receivers  # noqa: F401

        receivers.connect()
