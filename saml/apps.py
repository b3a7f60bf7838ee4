from django.apps import AppConfig


class SamlConfig(AppConfig):
    name = "saml"
    verbose_name = "SAML identity provider"

    def ready(self) -> None:
        from saml import errors  # noqa: F401
