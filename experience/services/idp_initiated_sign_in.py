"""Sign-ins that begin at an enterprise's identity provider (SAML 2.0 profiles 4.1.5, unsolicited responses).

The assertion arrives before there is an authorization request. It is kept, sealed, for the browser that brought it, and
signs its user in at the request that follows. Anybody can bring their own assertion into somebody else's browser, as
with every sign-in that begins elsewhere: it is offered for connectors alone that are set up for it.
"""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import transaction

from common.clock import now
from common.crypto import seal, unseal
from common.errors import AppError
from connectors.enterprise.provider import SsoConnection
from connectors.enterprise.saml.protocol import accept_unsolicited_response
from connectors.provider_sign_in import ProviderSignIn, ProviderUser, TokenSet
from events.history import record
from experience.models import IdpInitiatedSignIn, Interaction, ReceivedAssertion
from experience.services.enterprise_sso import get_sso_connection, keep_sso_proof, new_sso_record
from experience.services.settings import get_sign_in_experience
from identity.identifier_keys import is_storable
from oidc.wire.redirects import with_query
from tenants.rate_limits import Kind, throttle

#: The cookie that names the assertion to the request that follows.
COOKIE = "_logto_idp_saml_sso_session_id"
_LIFETIME = timedelta(minutes=10)
_CONTEXT = "received-assertion"
_CREATED = "Interaction.SignIn.Verification.IdpInitiatedSso.Create"
_DEFAULT_SCOPE = "openid profile"


class Received(NamedTuple):
    """An assertion that was kept: its id, for how many seconds it is good, and where the browser goes on."""

    id: str
    max_age: int
    location: str


def receive_unsolicited_assertion(*, connector_id: str, response: str, origin: str) -> Received:
    """Keep who an identity provider has signed in unasked, and return where the browser goes on.

    Raises `session.connector_validation_session_not_found` (404) for a connector that is not set up for it, what
    `get_sso_connection` and `accept_unsolicited_response` do, and `TooManyRequestsError`.
    """
    connection = get_sso_connection(connector_id)
    configured = IdpInitiatedSignIn.objects.select_related("application").filter(connector_id=connector_id).first()
    if configured is None or not get_sign_in_experience().is_sso_enabled:
        raise AppError("session.connector_validation_session_not_found", status=404)
    throttle(Kind.INTERACTION)
    details: dict[str, Any] = {"application_id": configured.application_id, "connectorId": connection.id}
    try:
        accepted = accept_unsolicited_response(connection, response=response, origin=origin)
    except AppError as error:
        record(_CREATED, error=error, **details)
        raise
    moment = now()
    expires_at = min(accepted.expires_at, moment + _LIFETIME)
    with transaction.atomic():
        kept = ReceivedAssertion.objects.create(
            connector_id=connection.id, sealed_sign_in=_sealed(accepted.sign_in), expires_at=expires_at
        )
        record(_CREATED, **details)
    return Received(kept.id, max(1, int((expires_at - moment).total_seconds())), _location(configured, origin))


def sign_in_with_received(interaction: Interaction, *, connector_id: str, received_id: str) -> str | None:
    """Keep with the journey what an identity provider has said unasked, once, and return the id of its record.

    `None` if nothing is kept under this id for this connector: it was used, is too old, or is another's. Raises what
    `get_sso_connection` does.
    """
    connection = get_sso_connection(connector_id)
    sign_in = _take(connection, received_id)
    if sign_in is None:
        return None
    return keep_sso_proof(interaction, new_sso_record(connection, sign_in), was_begun=False)


def delete_expired_assertions() -> None:
    """Delete what nobody can use any more, of the current tenant."""
    ReceivedAssertion.objects.filter(expires_at__lt=now()).delete()


@transaction.atomic
def _take(connection: SsoConnection, received_id: str) -> ProviderSignIn | None:
    if not is_storable(received_id):
        return None
    kept = ReceivedAssertion.objects.select_for_update().filter(id=received_id, connector_id=connection.id).first()
    if kept is None:
        return None
    kept.delete()
    return _opened(bytes(kept.sealed_sign_in)) if kept.expires_at > now() else None


def _sealed(sign_in: ProviderSignIn) -> bytes:
    tokens = asdict(sign_in.tokens) if sign_in.tokens else None
    said = {"user": sign_in.user.bounded().as_wire(), "issuer": sign_in.issuer, "tokens": tokens}
    return seal(json.dumps(said), context=_CONTEXT)


def _opened(sealed: bytes) -> ProviderSignIn:
    said: dict[str, Any] = json.loads(unseal(sealed, context=_CONTEXT))
    tokens = TokenSet(**said["tokens"]) if said["tokens"] else None
    return ProviderSignIn(ProviderUser.from_wire(said["user"]), tokens, said["issuer"])


def _location(configured: IdpInitiatedSignIn, origin: str) -> str:
    if not configured.auto_send_authorization_request:
        return with_query(configured.client_callback_uri or "", {"ssoConnectorId": configured.connector_id})
    redirect_uris = configured.application.redirect_uri_list
    redirect_uri = configured.redirect_uri or (redirect_uris[0] if redirect_uris else "")
    parameters = {
        "scope": _DEFAULT_SCOPE,
        **{name: str(value) for name, value in configured.auth_parameters.items()},
        "client_id": configured.application_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        # Whoever is signed in here already is perhaps somebody else.
        "prompt": "login",
        "direct_sign_in": f"sso:{configured.connector_id}",
    }
    return with_query(f"{origin}/oidc/auth", parameters)
