from django.apps import AppConfig


class SamlConfig(AppConfig):
    name = "saml"
    verbose_name = "SAML identity provider"

    def ready(self) -> None:
        from oidc.logout.followers import register_sign_out_follower
        from saml import errors, page_errors  # noqa: F401 - they declare their codes and sentences
        from saml.logout.ending import tell_service_providers

        register_sign_out_follower(tell_service_providers)
