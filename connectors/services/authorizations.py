"""Linking a social account from a developer's own pages: the authorization address, and what comes of it.

Between the two calls the browser is at the provider. What the connector must not lose meanwhile (nonce, code verifier,
redirect address) is sealed in a row that only `state` leads to, for ten minutes, and is taken away by the first who
finishes.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from common.clock import now
from common.crypto import seal, sha256_hex, unseal
from common.errors import AppError
from connectors.models import PendingAuthorization
from connectors.provider_sign_in import ProviderSignIn, SignInRequest
from connectors.selectors import SocialConnection

LIFETIME = timedelta(minutes=10)
_CONTEXT = "pending-authorization"


def start_authorization(connection: SocialConnection, *, state: str, redirect_uri: str, origin: str) -> str:
    """Return the address of the provider where the browser goes to sign in; it comes back to `redirect_uri`.

    Starting again with the same `state` takes the place of the sign-in before. Raises `session.insufficient_info`
    without either value, and what the connector raises.
    """
    if not (state and redirect_uri):
        raise AppError("session.insufficient_info")
    request = SignInRequest(state=state, redirect_uri=redirect_uri, connector_id=connection.id, origin=origin)
    start = connection.factory.connector.start(connection.config, request)
    PendingAuthorization.objects.update_or_create(
        id=_key(connection, state),
        defaults={
            "connector_id": connection.id,
            "sealed_session": seal(json.dumps(start.session), context=_CONTEXT),
            "expires_at": now() + LIFETIME,
        },
    )
    return start.url


def finish_authorization(connection: SocialConnection, *, data: Mapping[str, Any]) -> ProviderSignIn:
    """Return who has signed in, from what the browser came back with. `data` has the `state` that it started with.

    Raises `session.connector_session_not_found` for a state that nothing was started with, that is older than ten
    minutes or was finished before, and what the connector raises; then, too, it has to be started again.
    """
    session = _take_session(connection, str(data.get("state") or ""))
    signed_in = connection.factory.connector.finish(connection.config, data=data, session=session)
    return ProviderSignIn(signed_in.user.bounded(), signed_in.tokens, signed_in.issuer)


def delete_expired_authorizations() -> None:
    """Delete what nobody can finish any more, of the current tenant."""
    PendingAuthorization.objects.filter(expires_at__lt=now()).delete()


@transaction.atomic
def _take_session(connection: SocialConnection, state: str) -> dict[str, Any]:
    found = PendingAuthorization.objects.select_for_update().filter(id=_key(connection, state)).first()
    if found is None:
        raise AppError("session.connector_session_not_found")
    found.delete()
    if found.expires_at <= now():
        raise AppError("session.connector_session_not_found")
    session: dict[str, Any] = json.loads(unseal(found.sealed_session, context=_CONTEXT))
    return session


def _key(connection: SocialConnection, state: str) -> str:
    return sha256_hex(f"{connection.id}\0{state}")
