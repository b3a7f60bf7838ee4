"""What sign-ins at social and at enterprise providers share: how one starts, and what was kept for its return."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from common.errors import AppError
from connectors.provider_sign_in import SignInRequest, SignInStart
from events.transactions import part
from experience.models import Interaction
from experience.provider_accounts import begun, connector_of, is_received, received_of, session_of
from experience.records import RecordType, VerificationRecord
from experience.services.steps import get_record, lock_journey, put_record, read_records, save, step
from tenants.context import current_tenant_id
from tenants.hosts import origin_of_tenant

#: The cookie that tells the browser which has brought a provider's response (`Received.token`).
RECEIVED_COOKIE = "_provider_response"

_LONGEST_STATE = 512
_LONGEST_REDIRECT_URI = 2048


class Started(NamedTuple):
    """Where the browser goes, and the id of the verification record that waits for it."""

    url: str
    verification_id: str


class Received(NamedTuple):
    """Where a browser goes on that has brought a provider's response, with which state.

    `token` is for that browser alone, as a cookie: with it the response counts.
    """

    redirect_uri: str
    state: str
    token: str


def assert_complete(state: str, redirect_uri: str) -> None:
    """Raise `session.insufficient_info` unless a sign-in has a state and a redirect URI, of bounded length."""
    if not state or not redirect_uri or len(state) > _LONGEST_STATE or len(redirect_uri) > _LONGEST_REDIRECT_URI:
        raise AppError("session.insufficient_info")


def assert_returns_here(interaction: Interaction, redirect_uri: str) -> None:
    """Raise `guard.invalid_input` unless a redirect URI is of the origin under which the user has come.

    By SAML we send the browser there, and no provider knows which addresses are registered: whoever follows a link to
    their own identity provider must not end at somebody else's site.
    """
    if not redirect_uri.startswith(f"{origin_of_request(interaction)}/"):
        raise AppError("guard.invalid_input")


def origin_of_request(interaction: Interaction) -> str:
    """Return the origin under which the user has come: addresses of connectors are below it."""
    return interaction.request.origin or origin_of_tenant(current_tenant_id())


def sign_in_request(
    interaction: Interaction, *, connector_id: str, state: str, redirect_uri: str, login_hint: str = ""
) -> SignInRequest:
    """Return what a connector is asked to start; without a `login_hint` the application's is handed on."""
    return SignInRequest(
        state=state,
        redirect_uri=redirect_uri,
        connector_id=connector_id,
        origin=origin_of_request(interaction),
        relay_state=interaction.request_id,
        login_hint=login_hint or interaction.request.parameters.get("login_hint", ""),
    )


def keep_start(
    interaction: Interaction, record_type: RecordType, key: str, request: SignInRequest, start: SignInStart
) -> Started:
    """Keep with the journey what a connector needs when the browser comes back; `key` names the step."""
    session = {**start.session, "state": request.state, "redirectUri": request.redirect_uri}
    record = VerificationRecord.new(record_type, data=begun(request.connector_id, session))
    with step(interaction, key, only_journey=True, connectorId=request.connector_id):
        put_record(interaction, record)
    return Started(start.url, record.id)


def take_session(
    interaction: Interaction, verification_id: str, *, record_type: RecordType, connector_id: str
) -> tuple[VerificationRecord, dict[str, Any]]:
    """Return a record that waits for the browser's return with what was kept for it, which nobody gets again.

    Committed before the provider is called: the same return cannot be checked twice. Raises
    `session.verification_session_not_found`, and `session.connector_validation_session_not_found` if it was taken.
    """
    with part():
        lock_journey(interaction)
        record = get_record(interaction, verification_id, record_type=record_type)
        if connector_of(record) != connector_id:
            raise AppError("session.verification_session_not_found")
        session = session_of(record)
        if session is None:
            raise AppError("session.connector_validation_session_not_found")
        record.data = {name: value for name, value in begun(connector_id, {}).items() if value}
        put_record(interaction, record)
        save(interaction)
    return record, session


def take_waiting(
    interaction: Interaction, *, record_type: RecordType, connector_id: str
) -> tuple[VerificationRecord, dict[str, Any]]:
    """Return the record of a type that waits for its browser, as `take_session` does and with what it raises."""
    waiting = next((record for record in read_records(interaction) if record.type == record_type), None)
    if waiting is None:
        raise AppError("session.connector_validation_session_not_found")
    return take_session(interaction, waiting.id, record_type=record_type, connector_id=connector_id)


def take_received(
    interaction: Interaction,
    verification_id: str,
    *,
    record_type: RecordType,
    connector_id: str,
    data: Mapping[str, Any],
    token: str,
) -> VerificationRecord | None:
    """Return the record whose assertion has arrived already; `None` if it waits for one.

    Raises `session.verification_session_not_found`, and `session.connector_validation_session_not_found` if the browser
    names another state than the one with which it was sent on, or is not the one that has brought the assertion.
    """
    record = get_record(interaction, verification_id, record_type=record_type)
    if connector_of(record) != connector_id:
        raise AppError("session.verification_session_not_found")
    if not is_received(record):
        return None
    record.data = received_of(record, state=data.get("state"), token=token)
    return record
