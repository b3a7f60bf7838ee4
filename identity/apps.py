from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "identity"
    verbose_name = "Users"

    def ready(self) -> None:
        from identity import errors, factors, identifiers, passwords, receivers  # noqa: F401 - they declare their codes
        from identity.imports import errors as import_errors  # noqa: F401 - so do these
        from identity.services import delivery_problems

        receivers.connect()
        delivery_problems.connect()
