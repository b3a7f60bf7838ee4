"""Whether this installation can keep the tokens of providers."""

from django.conf import settings


def is_token_storage_available() -> bool:
    """Whether there is a key to encrypt them with (`SECRET_VAULT_KEK`)."""
    return bool(getattr(settings, "SECRET_VAULT_KEK", None))
