"""Test events: invented ones, sent at once, and answered for."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from common.clock import now, to_iso
from common.errors import AppError
from common.ids import new_id
from events.webhooks.configuration import signing_keys_of, validated_config, validated_events
from events.webhooks.models import Hook
from events.webhooks.names import EVENTS, Kind
from events.webhooks.payloads import to_json
from events.webhooks.sending import Outcome, send
from tenants.rate_limits import TooManyRequestsError, find_wait

# Requests that wait for an endpoint hold few of a process's threads: everybody's sign-ins need the others.
_waiting_requests = BoundedSemaphore(2)
_RETRY_AFTER = 5

_ORIGIN = {"userAgent": "fake-user-agent", "ip": "fake-user-ip"}
_INTERACTION: Mapping[str, Any] = {
    "interactionEvent": "SignIn",
    "sessionId": "fake-session-id",
    "userAgent": "fake-user-agent",
    "userId": "fake-id",
    "userIp": "fake-user-ip",
    "user": {
        "id": "fake-id",
        "username": "fake-user",
        "primaryEmail": "fake-user@fake-service.com",
        "primaryPhone": "1234567890",
        "name": "Fake User",
        "avatar": "https://fake-service.com/avatars/fake-user.png",
        "customData": {"theme": "light"},
        "identities": {},
        "profile": {},
        "applicationId": "fake-spa-application-id",
        "isSuspended": False,
    },
    "application": {
        "id": "fake-spa-application-id",
        "type": "SPA",
        "name": "Fake Application",
        "description": "An application for tests",
    },
}
_DATA: Mapping[str, Any] = {
    **_ORIGIN,
    "path": "/fake-path/fake-id",
    "method": "POST",
    "status": 200,
    "params": {"id": "fake-id"},
    "matchedRoute": "/fake-path/:id",
    "data": {"result": "success"},
}
_EVENTS_OF = {"PostRegister": "Register", "PostResetPassword": "ForgotPassword"}


def invented_payload(event: str, hook_id: str) -> dict[str, Any]:
    """Return an invented payload of an event; the webhook's id is its second member."""
    head = {"event": event, "hookId": hook_id, "createdAt": to_iso(now())}
    match EVENTS[event]:
        case Kind.INTERACTION:
            return {**head, **_INTERACTION, "interactionEvent": _EVENTS_OF.get(event, "SignIn")}
        case Kind.DATA:
            return {**head, **_DATA}
        case _:
            return {**head, **_ORIGIN, "data": {"result": "success"}}


@contextmanager
def limited_test() -> Iterator[None]:
    """Run a test that somebody waits for, of an endpoint that may answer late or never.

    Raises `TooManyRequestsError` beyond the tenant's limit, and if the process has enough to wait for.
    """
    if wait := find_wait("WEBHOOK_TEST_LIMIT_PER_TENANT"):
        raise TooManyRequestsError(wait)
    if not _waiting_requests.acquire(blocking=False):
        raise TooManyRequestsError(_RETRY_AFTER)
    try:
        yield
    finally:
        _waiting_requests.release()


def send_test(hook: Hook, *, events: Iterable[str], config: Mapping[str, Any]) -> None:
    """Send a test of each event to an address, which need not be the webhook's, signed with the webhook's key.

    All at once, in ten seconds at most. Raises `hook.endpoint_responded_with_error` with what was answered,
    `hook.send_test_payload_failed` if there was no answer, `guard.invalid_input` and `TooManyRequestsError`.
    """
    checked, names, keys = validated_config(config), validated_events(events), signing_keys_of(hook)

    def post(name: str) -> Outcome:
        return send(checked, keys, message_id=new_id(), body=to_json(invented_payload(name, hook.id)))

    with limited_test(), ThreadPoolExecutor(max_workers=len(names)) as pool:
        outcomes = list(pool.map(post, names))
    for outcome in outcomes:
        if not outcome.status:
            raise AppError("hook.send_test_payload_failed", details=outcome.error)
        if not outcome.is_success:
            answered = {"responseStatus": outcome.status, "responseBody": outcome.answer}
            raise AppError("hook.endpoint_responded_with_error", data=answered)
