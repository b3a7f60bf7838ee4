"""Signing in with an account of a social provider: start, and what comes back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from common.clock import now
from common.errors import AppError
from common.ids import new_secret
from connectors.enterprise.services.assertions import use_assertion
from connectors.models import Connector
from connectors.selectors import SocialConnection, find_social_connection
from experience.models import Interaction
from experience.provider_accounts import done, received
from experience.records import RecordType, VerificationRecord
from experience.services.provider_returns import (
    Received,
    Started,
    assert_complete,
    assert_returns_here,
    keep_start,
    sign_in_request,
    take_received,
    take_session,
    take_waiting,
)
from experience.services.steps import failures_recorded
from experience.services.verification import Proof, keep_proof
from identity.identifier_keys import is_storable
from identity.selectors import find_user_by_social_identity

_SAML = "saml"
# An ID token counts for a day from its issue at the most (`connectors.oauth.id_tokens`), by a clock that may differ.
_LONGEST_CREDENTIAL = timedelta(days=1, hours=1)
_CREATED = f"Verification.{RecordType.SOCIAL}.Create"
_SUBMITTED = f"Verification.{RecordType.SOCIAL}.Submit"


def get_social_connection(connector_id: str) -> SocialConnection:
    """Return a social connector that users can sign in with.

    Raises `entity.not_found`, and `connector.unexpected_type` for a connector that carries messages.
    """
    connection = find_social_connection(connector_id)
    if connection is None:
        is_other = is_storable(connector_id) and Connector.objects.filter(id=connector_id).exists()
        raise AppError("connector.unexpected_type" if is_other else "entity.not_found")
    return connection


def start_social_sign_in(interaction: Interaction, *, connector_id: str, state: str, redirect_uri: str) -> Started:
    """Return where the browser signs in at the provider, which sends it to `redirect_uri` with `state`.

    May call the provider. Raises `session.insufficient_info`, what `get_social_connection` does, and
    `connector.timed_out`, `connector.general`, `connector.invalid_response`.
    """
    connection = get_social_connection(connector_id)
    assert_complete(state, redirect_uri)
    if connection.factory.id == _SAML:
        assert_returns_here(interaction, redirect_uri)
    request = sign_in_request(interaction, connector_id=connection.id, state=state, redirect_uri=redirect_uri)
    with failures_recorded(interaction, _CREATED, connectorId=connector_id):
        start = connection.factory.connector.start(connection.config, request)
    return keep_start(interaction, RecordType.SOCIAL, _CREATED, request, start)


def finish_social_sign_in(
    interaction: Interaction, *, connector_id: str, data: Mapping[str, Any], verification_id: str, token: str = ""
) -> str:
    """Check what the browser came back with, keep the proof, and return the id of its record.

    What was kept for the sign-in serves once. `token` is the one of a response that has been received. Calls the
    provider. Raises `session.invalid_connector_id`, `session.verification_session_not_found`,
    `session.connector_validation_session_not_found`, and what `SocialConnector.finish` does.
    """
    connection = _get_known(connector_id)
    kind = RecordType.SOCIAL
    record = take_received(
        interaction, verification_id, record_type=kind, connector_id=connection.id, data=data, token=token
    )
    if record is None:
        record, session = take_session(interaction, verification_id, record_type=kind, connector_id=connection.id)
        record.data = _ask(interaction, connection, data, session)
    return _keep(interaction, connection, record, was_begun=True)


def receive_social_assertion(interaction: Interaction, *, connector_id: str, data: Mapping[str, Any]) -> Received:
    """Keep what a SAML response says that answers the journey's request; return where the browser goes on.

    Raises as `enterprise_sso.receive_assertion` does.
    """
    connection = get_social_connection(connector_id)
    record, session = take_waiting(interaction, record_type=RecordType.SOCIAL, connector_id=connection.id)
    token = new_secret()
    record.data = received(_ask(interaction, connection, data, session), state=session["state"], token=token)
    details = {"connectorId": connection.id}
    keep_proof(interaction, Proof(record, f"{_SUBMITTED}.Received", details, was_begun=True))
    return Received(session["redirectUri"], session["state"], token)


def verify_pushed_credential(interaction: Interaction, *, connector_id: str, data: Mapping[str, Any]) -> str:
    """Check a credential that a provider has handed to the page (Google One Tap), and return its record's id.

    No sign-in was started for it: that it came to this browser, whoever calls has checked. It serves once. Raises what
    `finish_social_sign_in` does, `session.verification_session_not_found` for a provider that pushes none.
    """
    connection = get_pushing_connection(connector_id, data)
    record = VerificationRecord.new(RecordType.SOCIAL, data=_ask(interaction, connection, data, {}))
    _use_credential(interaction, connection, data["credential"])
    return _keep(interaction, connection, record, was_begun=False)


def get_pushing_connection(connector_id: str, data: Mapping[str, Any]) -> SocialConnection:
    """Return the connection to a provider that pushes credentials, if this is one.

    Raises `session.invalid_connector_id`, `session.verification_session_not_found`.
    """
    connection = _get_known(connector_id)
    if connection.target != "google" or not isinstance(data.get("credential"), str):
        raise AppError("session.verification_session_not_found")
    return connection


def _use_credential(interaction: Interaction, connection: SocialConnection, credential: str) -> None:
    """Let a credential sign in once: nothing binds it to a sign-in, and it travels in addresses and a cookie.

    What is signed tells it: the signature of the same may be written in more than one way.
    """
    signed = credential.rpartition(".")[0] or credential
    with failures_recorded(interaction, _SUBMITTED, connectorId=connection.id):
        use_assertion(
            connection.id, issuer=connection.target, assertion_id=signed, expires_at=now() + _LONGEST_CREDENTIAL
        )


def _get_known(connector_id: str) -> SocialConnection:
    connection = find_social_connection(connector_id)
    if connection is None:
        raise AppError("session.invalid_connector_id")
    return connection


def _ask(
    interaction: Interaction, connection: SocialConnection, data: Mapping[str, Any], session: Mapping[str, Any]
) -> dict[str, Any]:
    """Let the provider say who has signed in, and return it as a record keeps it."""
    with failures_recorded(interaction, _SUBMITTED, connectorId=connection.id):
        signed_in = connection.factory.connector.finish(connection.config, data=data, session=session)
    return done(connection.id, signed_in, target=connection.target, keeps_tokens=connection.stores_tokens)


def _keep(
    interaction: Interaction, connection: SocialConnection, record: VerificationRecord, *, was_begun: bool
) -> str:
    record.verified = True
    user = find_user_by_social_identity(connection.target, record.data["account"]["id"])
    record.user_id = user.id if user else ""
    keep_proof(interaction, Proof(record, _SUBMITTED, {"connectorId": connection.id}, was_begun=was_begun))
    return record.id
