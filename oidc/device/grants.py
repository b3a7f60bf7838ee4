"""Devices ask for access (RFC 8628): their requests are kept, found by the code a user types, and answered once."""

from collections.abc import Collection
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction

from applications.scopes import OFFLINE_ACCESS
from common.clock import now
from common.constraints import constraint_errors
from common.crypto import sha256_hex
from common.errors import AppError
from common.ids import new_token
from common.networks import network_of
from common.oauth.errors import access_denied
from common.request_context import request_origin
from events.history import record
from identity.services.sentinel import SentinelAction, SentinelPolicy, guard
from oidc.authorization.granting import Access, grant_access
from oidc.authorization.organization import organization_admits
from oidc.authorization.pending import open_request
from oidc.authorization.prompts import login_reasons
from oidc.authorization.request import Authorization
from oidc.authorization.requested_scopes import requested_scope_set
from oidc.claims.proofs import methods_of
from oidc.consent.agreement import AUDIT_KEY, assert_own_organizations
from oidc.consent.question import Question, question_of
from oidc.device.request import request_of
from oidc.device.user_codes import find_letters, new_user_code
from oidc.models import AuthorizationRequest, DeviceGrant, Session
from oidc.sessions.grants import find_session_authorization
from oidc.sessions.organization_access import grant_organization_access
from oidc.sessions.sessions import find_session

LIFETIME = timedelta(seconds=600)
INTERVAL = timedelta(seconds=5)

# A household or an office shares an address, nobody a browser. A code lives for ten minutes.
_BY_BROWSER = SentinelPolicy(max_attempts=10, lockout_minutes=15)
_BY_ADDRESS = SentinelPolicy(max_attempts=100, lockout_minutes=60)
_DRAWS = 5
_TAKEN = "device_flow.user_code_taken"


class Opened(NamedTuple):
    """The two codes of a new request, shown this once."""

    device_code: str
    user_code: str


@transaction.atomic
def open_device_grant(asked: Authorization) -> Opened:
    """Keep a device's checked request until it is answered or has expired; only the digest of its code is kept."""
    device_code, moment = new_token(), now()
    for draw in range(_DRAWS):
        user_code = new_user_code()
        try:
            with constraint_errors(device_grant_user_code=_TAKEN):
                DeviceGrant.objects.create(
                    device_code=sha256_hex(device_code),
                    user_code=user_code,
                    application_id=asked.client.id,
                    parameters=asked.parameters.as_json(),
                    origin=asked.origin,
                    interval=int(INTERVAL.total_seconds()),
                    created=moment,
                    expires=moment + LIFETIME,
                )
        except AppError as error:
            if error.code != _TAKEN or draw == _DRAWS - 1:
                raise
        else:
            break
    return Opened(device_code, user_code)


def find_by_user_code(typed: str, *, browser_id: str) -> DeviceGrant:
    """Return the waiting request behind a code as somebody typed it.

    Raises `device_flow.no_code`, `device_flow.not_found`, `device_flow.expired` and `device_flow.already_used`.
    Failures count against the browser and against the address it comes from; either gets
    `session.verification_blocked_too_many_attempts` after too many, for good codes too. Must not run inside of a
    transaction.
    """
    if not typed.strip():
        raise AppError("device_flow.no_code")
    action, address = SentinelAction.DEVICE_CODE, network_of(request_origin().ip)
    with (
        guard(action, f"address {address}", _BY_ADDRESS, kind=None),
        guard(action, f"browser {browser_id}", _BY_BROWSER, kind=None),
    ):
        return _find_waiting(typed)


def _find_waiting(typed: str) -> DeviceGrant:
    letters = find_letters(typed)
    device = DeviceGrant.objects.filter(user_code=letters).first() if letters else None
    if device is None:
        raise AppError("device_flow.not_found")
    _assert_waiting(device)
    return device


def _assert_waiting(device: DeviceGrant) -> None:
    if device.status != DeviceGrant.AUTHORIZATION_PENDING:
        raise AppError("device_flow.already_used")
    if device.expires <= now():
        raise AppError("device_flow.expired")


def reasons_to_sign_in(device: DeviceGrant, session: Session | None) -> list[str]:
    """Return why somebody has to sign in before they can answer a device, empty if not."""
    return _reasons(request_of(device), device, session)


def _reasons(asked: Authorization, device: DeviceGrant, session: Session | None) -> list[str]:
    # Who has signed in since the device asked has done so for this, whatever `max_age` says.
    asked.has_just_signed_in = session is not None and session.authenticated_at >= device.created
    return login_reasons(asked, session)


def open_sign_in(device: DeviceGrant, session: Session | None, *, origin: str) -> AuthorizationRequest:
    """Let somebody sign in, perhaps as somebody else, to answer a device."""
    return open_request(
        application_id=device.application_id,
        parameters=device.parameters,
        origin=origin,
        prompt=AuthorizationRequest.Prompt.LOGIN,
        reasons=_reasons(request_of(device), device, session) or ["switch_account"],
        session=session,
        device_grant=device,
    )


def read_device_question(device: DeviceGrant, session: Session) -> Question:
    """Return what a device asks of the session's user: everything, since every device gets a grant of its own.

    Raises what the checks of the request raise if the application may not ask this any more, and `access_denied` (403)
    for a user whom the application's access control keeps out.
    """
    return question_of(request_of(device), session, grant=None)


@transaction.atomic
def approve_device(
    device_id: str, *, session_sha256: str | None, user_id: str, organization_ids: Collection[str] = ()
) -> None:
    """Let a device have what it asks for, in the name of the session's user, who must be `user_id`.

    What that is is derived again, as for `agree`. Of several answers at once the first counts. Raises
    `device_flow.already_used` and `device_flow.expired`, `access_denied` where somebody else is signed in, nobody, or
    too long ago, or in an organization that does not admit them, what `read_device_question` raises, and
    `organization.require_membership`.
    """
    session = find_session(session_sha256, lock=True)
    device = _hold(device_id)
    asked = request_of(device)
    if session is None or session.user_id != user_id or _reasons(asked, device, session):
        raise access_denied()
    assert_own_organizations(user_id, organization_ids)
    answer = question_of(asked, session, grant=None).answered(organization_ids)
    if answer.organization_ids is not None:
        grant_organization_access(asked.client.id, user_id=user_id, organization_ids=answer.organization_ids)
    organization_admits(asked, user_id)
    access = grant_access(
        asked,
        session,
        place=find_session_authorization(session, asked.client),
        grant=None,
        missing=requested_scope_set(asked, user_id).limited_to(answer.agreed),
    )
    _authorize(device, asked, session, access)
    record(
        AUDIT_KEY,
        user_id=user_id,
        application_id=device.application_id,
        deviceGrantId=device.id,
        consent=answer.as_json(),
    )


def _hold(device_id: str) -> DeviceGrant:
    device = DeviceGrant.objects.select_for_update(no_key=True).filter(id=device_id).first()
    if device is None:
        raise AppError("device_flow.not_found")
    _assert_waiting(device)
    return device


def _authorize(device: DeviceGrant, asked: Authorization, session: Session, access: Access) -> None:
    outcome = {
        "status": DeviceGrant.AUTHORIZED,
        "user_id": session.user_id,
        "grant_id": access.place.grant_id,
        "session_id": session.id,
        "sid": access.place.id,
        "scope": " ".join(access.scopes.flattened()),
        "resource": list(asked.resources),
        "nonce": asked.parameters.get("nonce"),
        "auth_time": session.authenticated_at,
        "auth_time_requested": asked.max_age is not None,
        "amr": methods_of(session.last_submission),
        "organization_id": asked.organization_id,
        "expires_with_session": OFFLINE_ACCESS not in access.scopes.scopes,
    }
    for name, value in outcome.items():
        setattr(device, name, value)
    device.save(update_fields=list(outcome))


@transaction.atomic
def deny_device(device_id: str, *, session_sha256: str | None = None) -> None:
    """Refuse a device; whoever holds its code may. Raises `device_flow.already_used` and `device_flow.expired`."""
    session, device = find_session(session_sha256), _hold(device_id)
    device.status = DeviceGrant.DENIED
    device.save(update_fields=["status"])
    record(
        AUDIT_KEY,
        user_id=session.user_id if session else None,
        application_id=device.application_id,
        deviceGrantId=device.id,
        error=access_denied(),
    )
