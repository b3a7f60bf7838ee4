"""SAML assertions (SAML profiles 4.1.4.5), and what else is presented without a challenge, sign in once each."""

from datetime import datetime

from common.clock import now
from common.crypto import sha256_hex
from common.errors import AppError
from connectors.models import UsedAssertion


def use_assertion(connector_id: str, *, issuer: str, assertion_id: str, expires_at: datetime) -> None:
    """Take note that an assertion has signed somebody in; `expires_at` is until when it would be accepted again.

    Raises `connector.authorization_failed` with `data` `{error: "replayed"}` if it has before, also in a transaction
    that runs at the same time.
    """
    digest = sha256_hex("\0".join((connector_id, issuer, assertion_id)))
    _, is_new = UsedAssertion.objects.get_or_create(id=digest, defaults={"expires_at": expires_at})
    if not is_new:
        raise AppError("connector.authorization_failed", data={"error": "replayed"})


def delete_expired_assertions() -> None:
    """Delete the current tenant's notes of assertions that have expired."""
    UsedAssertion.objects.filter(expires_at__lt=now()).delete()
