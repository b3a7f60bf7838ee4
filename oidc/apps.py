from django.apps import AppConfig


class OidcConfig(AppConfig):
    name = "oidc"
    verbose_name = "OpenID provider"

    def ready(self) -> None:
        from common.oauth import errors  # noqa: F401
        from oidc import receivers

        receivers.connect()
