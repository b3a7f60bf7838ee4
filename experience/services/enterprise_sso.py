"""Signing in at an enterprise's identity provider: start, its assertion, and what the browser comes back with.

By OpenID Connect the browser brings a code to the page. By SAML it posts an assertion to the connector's own address,
without our cookies, as another site sends it: `receive_assertion` finds the journey by its relay state and checks that
the assertion answers the journey's own request. It counts once the browser of the journey asks for it, if that is the
browser that has brought it: somebody may have begun the journey and sent another to the identity provider.
"""

from collections.abc import Mapping
from typing import Any

from common.errors import AppError
from common.ids import new_secret
from connectors.enterprise.provider import ProviderType, SsoConnection
from connectors.enterprise.selectors import find_sso_connection
from connectors.models import SsoConnector
from connectors.provider_sign_in import ProviderSignIn
from experience.enterprise_domains import list_connections_of_email
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
from experience.services.settings import get_sign_in_experience
from experience.services.steps import failures_recorded
from experience.services.verification import Proof, keep_proof
from identity.identifier_keys import is_storable
from identity.selectors import find_sso_identity

_CREATED = f"Verification.{RecordType.ENTERPRISE_SSO}.Create"
_SUBMITTED = f"Verification.{RecordType.ENTERPRISE_SSO}.Submit"


def list_connector_ids_of_email(email: str) -> list[str]:
    """Return the ids of the enterprise connectors at which the user of an address signs in."""
    return [connection.id for connection in list_connections_of_email(email, get_sign_in_experience())]


def get_sso_connection(connector_id: str) -> SsoConnection:
    """Return an enterprise connector that users can sign in with.

    Raises `entity.not_exists_with_id`, and `connector.not_found` for one that is not set up.
    """
    connection = find_sso_connection(connector_id)
    if connection is None:
        exists = is_storable(connector_id) and SsoConnector.objects.filter(id=connector_id).exists()
        raise AppError("connector.not_found" if exists else "entity.not_exists_with_id", status=404)
    return connection


def start_sso_sign_in(
    interaction: Interaction, *, connector_id: str, state: str, redirect_uri: str, login_hint: str = ""
) -> Started:
    """Return where the browser signs in at the enterprise, which sends it to `redirect_uri` with `state`.

    `login_hint` is the address that the user has entered; without, it is the application's. May call the identity
    provider. Raises `session.insufficient_info`, what `get_sso_connection` does, and what `SsoProvider.start` does.
    """
    connection = get_sso_connection(connector_id)
    assert_complete(state, redirect_uri)
    if connection.provider.type == ProviderType.SAML:
        assert_returns_here(interaction, redirect_uri)
    request = sign_in_request(
        interaction, connector_id=connection.id, state=state, redirect_uri=redirect_uri, login_hint=login_hint
    )
    with failures_recorded(interaction, _CREATED, connectorId=connector_id):
        start = connection.start(request)
    return keep_start(interaction, RecordType.ENTERPRISE_SSO, _CREATED, request, start)


def receive_assertion(interaction: Interaction, *, connector_id: str, data: Mapping[str, Any]) -> Received:
    """Keep what a SAML response says that answers the journey's request; return where the browser goes on.

    `data` has `SAMLResponse`. Raises
    `session.connector_validation_session_not_found` for a journey that waits for
    none, and what `SsoProvider.finish` does.
    """
    connection = get_sso_connection(connector_id)
    record, session = take_waiting(interaction, record_type=RecordType.ENTERPRISE_SSO, connector_id=connector_id)
    details, token = {"connectorId": connection.id}, new_secret()
    with failures_recorded(interaction, _SUBMITTED, **details):
        signed_in = connection.finish(data=data, session=session)
        record.data = received(_done(connection, signed_in), state=session["state"], token=token)
    keep_proof(interaction, Proof(record, f"{_SUBMITTED}.Received", details, was_begun=True))
    return Received(session["redirectUri"], session["state"], token)


def finish_sso_sign_in(
    interaction: Interaction, *, connector_id: str, data: Mapping[str, Any], verification_id: str, token: str = ""
) -> str:
    """Check what the browser came back with, keep the proof, and return the id of its record.

    `token` is the one of a response that has been received. May call the identity provider. Raises
    `session.verification_session_not_found`, `session.connector_validation_session_not_found`, what
    `get_sso_connection` and `SsoProvider.finish` do.
    """
    connection = get_sso_connection(connector_id)
    details = {"connectorId": connection.id}
    record = take_received(
        interaction,
        verification_id,
        record_type=RecordType.ENTERPRISE_SSO,
        connector_id=connector_id,
        data=data,
        token=token,
    )
    if record is None:
        record, session = take_session(
            interaction, verification_id, record_type=RecordType.ENTERPRISE_SSO, connector_id=connector_id
        )
        with failures_recorded(interaction, _SUBMITTED, **details):
            record.data = _done(connection, connection.finish(data=data, session=session))
    return keep_sso_proof(interaction, record, was_begun=True)


def keep_sso_proof(interaction: Interaction, record: VerificationRecord, *, was_begun: bool) -> str:
    """Keep an enterprise's word for its user with the journey, and return the id of its record."""
    record.verified = True
    data = record.data
    identity = find_sso_identity(data["connectorId"], data["issuer"], data["account"]["id"])
    record.user_id = identity.user_id if identity else ""
    details = {"connectorId": data["connectorId"]}
    keep_proof(interaction, Proof(record, _SUBMITTED, details, was_begun=was_begun))
    return record.id


def new_sso_record(connection: SsoConnection, signed_in: ProviderSignIn) -> VerificationRecord:
    """Return the record of a sign-in that the journey has not asked for: `keep_sso_proof` keeps it."""
    return VerificationRecord.new(RecordType.ENTERPRISE_SSO, data=_done(connection, signed_in))


def _done(connection: SsoConnection, signed_in: ProviderSignIn) -> dict[str, Any]:
    return done(connection.id, signed_in, issuer=signed_in.issuer, keeps_tokens=connection.stores_tokens)
