"""An authorization request that waits for its user: found by the sign-in experience, then completed or aborted."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from common.clock import now
from common.request_context import note_journey
from events.history import record
from identity.identifier_keys import is_storable
from identity.models import User
from oidc.authorization.answer import Answer
from oidc.authorization.errors import session_not_found
from oidc.authorization.parameters import ONE_TIME_TOKEN, recorded_parameters
from oidc.models import AuthorizationRequest, DeviceGrant, Session
from oidc.sessions import cookies
from tenants.database import rows
from tenants.rate_limits import Kind, throttle

Prompt = AuthorizationRequest.Prompt
LIFETIME = timedelta(seconds=cookies.INTERACTION_MAX_AGE)
# What an application is told where its user has left the pages.
ABORTED = "oidc.aborted"
_LIVE = "r.id = %s AND r.expires_at > %s"


@transaction.atomic(savepoint=False)
def open_request(
    *,
    application_id: str,
    parameters: Mapping[str, Any],
    origin: str,
    prompt: AuthorizationRequest.Prompt,
    reasons: list[str],
    session: Session | None,
    device_grant: DeviceGrant | None = None,
) -> AuthorizationRequest:
    """Keep a validated request, perhaps a device's, until its user has answered `prompt`.

    `parameters` name the client; `application_id` is the application that its rows refer to. Raises
    `TooManyRequestsError`: anybody can ask for this, again and again.
    """
    throttle(Kind.SIGN_IN)
    pending = rows.insert(
        AuthorizationRequest(
            application_id=application_id,
            parameters=dict(parameters),
            origin=origin,
            prompt=prompt,
            reasons=reasons,
            session=session,
            device_grant=device_grant,
            created_at=now(),
            expires_at=now() + LIFETIME,
        )
    )
    note_journey(pending.journey_id, client_id=pending.client_id)
    record(
        "Interaction.Create",
        user_id=session.user_id if session else None,
        application_id=pending.client_id,
        sessionId=pending.id,
        prompt=prompt,
        reasons=reasons,
        params=recorded_parameters(parameters),
        continues=pending.journey_id != pending.id,
    )
    return pending


def find_pending(request: HttpRequest, *, app_id: str | None = None, uid: str = "") -> AuthorizationRequest | None:
    """Return the live request that this browser has under way, by its signed cookie.

    With `uid` that request and no other, which may be an earlier one of another window; with `app_id` that
    application's latest; without either, the latest one. What is recorded from then on belongs to its journey.
    """
    if uid:
        known = uid if cookies.holds_interaction(request, uid) else None
    else:
        known = cookies.find_interaction(request, app_id or None)
    found = None if known is None else _find_live(known)
    if found is not None:
        note_journey(found.journey_id, client_id=found.client_id)
    return found


def find_waiting(uid: str) -> AuthorizationRequest | None:
    """Return the live request with this id that waits for its user to sign in, whoever asks.

    For what another site's answer names: it says nothing about whose browser brings it.
    """
    found = _find_live(uid) if is_storable(uid) else None
    return found if found is not None and found.prompt == Prompt.LOGIN else None


def _find_live(uid: str) -> AuthorizationRequest | None:
    return rows.find(AuthorizationRequest, _LIVE, uid, now())


def complete_login(pending: AuthorizationRequest, *, user: User, submission: dict[str, Any]) -> str:
    """Note who signed in, and how, and return the URL at which the browser goes on.

    Only the browser that opened the request can follow the URL: it also needs that request's signed cookie. Raises
    `session.not_found` for a request that has expired or was taken up meanwhile.
    """
    return _resolve(pending, Prompt.LOGIN, user=user, submission=submission, error="", error_description="")


def withdraw_sign_ins(user_id: str) -> None:
    """Let requests whose user has signed in, but not gone on yet, wait for them again. 1 statement; 2 if there are any.

    One that is resumed at this moment is left alone: that waits for the user's row, which the caller holds.
    """
    signed_in = AuthorizationRequest.objects.filter(user_id=user_id, prompt=Prompt.LOGIN)
    found = list(signed_in.select_for_update(skip_locked=True).values_list("id", flat=True))
    if found:
        AuthorizationRequest.objects.filter(id__in=found).update(user=None, submission={})


def complete_consent(pending: AuthorizationRequest, *, user: User, answer: Answer) -> str:
    """Note what the user has agreed to, and return the URL at which the browser goes on; it takes effect there.

    Raises `session.not_found` as `complete_login` does.
    """
    return _resolve(pending, Prompt.CONSENT, user=user, submission=answer.as_json(), error="", error_description="")


def ask_to_sign_in(pending: AuthorizationRequest) -> None:
    """Let a request that waits for consent wait for its user to sign in instead, perhaps as somebody else.

    Raises `session.not_found` as `complete_login` does.
    """
    _resolve(
        pending,
        Prompt.CONSENT,
        prompt=Prompt.LOGIN,
        reasons=["switch_account"],
        user=None,
        submission={},
        error="",
        error_description="",
    )


def leave_magic_link(pending: AuthorizationRequest) -> str:
    """Let a request go on as whoever is signed in, without the magic link that it brought; returns the URL for that.

    Raises `session.not_found` as `complete_login` does.
    """
    parameters = {name: value for name, value in pending.parameters.items() if name != ONE_TIME_TOKEN}
    return _resolve(
        pending, Prompt.LOGIN, parameters=parameters, user=None, submission={}, error="", error_description=""
    )


def lock_request(request_id: str) -> None:
    """Lock the authorization request until the transaction ends; raises `session.not_found` if it is gone.

    Who locks the interaction too does so after it: whoever resumes the request takes them in this order. 1 statement.
    """
    if rows.find(AuthorizationRequest, "r.id = %s", request_id, lock="FOR NO KEY UPDATE") is None:
        raise session_not_found()


def abort(pending: AuthorizationRequest, *, error: str = "access_denied", description: str = "") -> str:
    """Give the request up with an OAuth `error` for the client, and return the URL at which the browser goes on.

    Raises `session.not_found` for a request that has expired or was taken up meanwhile.
    """
    return _resolve(
        pending, Prompt(pending.prompt), user=None, submission={}, error=error, error_description=description[:512]
    )


def _resolve(pending: AuthorizationRequest, waits_for: Prompt, /, **outcome: Any) -> str:
    """Write the outcome of a request that waits for a prompt: what answers one never answers another."""
    for name, value in outcome.items():
        setattr(pending, name, value)
    waiting = "r.prompt = %s AND r.expires_at > %s"
    if not rows.save(pending, *outcome, where=waiting, parameters=[waits_for, now()]):
        raise session_not_found("authorization request has expired")
    return f"{pending.origin}{cookies.resume_path(pending.id)}"


@transaction.atomic(savepoint=False)
def resume_request(uid: str) -> AuthorizationRequest:
    """Take a request that has an outcome, or none yet, out of waiting: one caller gets it, once.

    Raises `session.not_found`.
    """
    pending = rows.find(AuthorizationRequest, _LIVE, uid, now(), lock="FOR UPDATE")
    if pending is None:
        raise session_not_found("authorization request has expired")
    rows.delete(pending)
    note_journey(pending.journey_id, client_id=pending.client_id)
    record(
        "Interaction.End",
        user_id=pending.user_id,
        application_id=pending.client_id,
        sessionId=uid,
        error=pending.error or None,
    )
    return pending
