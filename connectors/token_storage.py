"""Whether connectors may keep the tokens that providers issue."""

from django.conf import settings


def can_store_tokens() -> bool:
    """Whether this installation has a key for them (`SECRET_VAULT_KEK`)."""
    return bool(settings.SECRET_VAULT_KEK)
