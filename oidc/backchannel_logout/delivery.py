"""Handing a logout token to an application (OpenID Connect Back-Channel Logout 1.0 sections 2.5 and 2.8)."""

from typing import Any

from applications.clients import find_client
from common.http import OutboundRequestError, fetch
from events.history import record
from oidc.backchannel_logout.logout_token import logout_token

# Seconds, for a phase and for the whole: one that sends a byte now and then would have its thread for a minute.
_TIMEOUT = 5.0
_LONGEST_EXCHANGE = 10.0
_LONGEST_ANSWER = 65_536

_TAKEN = frozenset({200, 204})
# Apart from failures of the server: the application may be able to later on.
_TRANSIENT = frozenset({408, 425, 429})


class LogoutDeliveryError(Exception):
    """An application did not take note of a logout; `permanent` where asking again is of no use."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


def deliver_logout(*, issuer: str, client_id: str, user_id: str, sid: str) -> None:
    """Hand a client a fresh logout token, and record that it took note; one that has lost its URI is not told.

    Raises `LogoutDeliveryError`.
    """
    client = find_client(client_id)
    if client is None or client.backchannel_logout_uri is None:
        return
    token = logout_token(issuer=issuer, client=client, user_id=user_id, sid=sid if client.wants_sid else None)
    try:
        answer = fetch(
            "POST",
            client.backchannel_logout_uri,
            data={"logout_token": token},
            timeout=_TIMEOUT,
            longest=_LONGEST_EXCHANGE,
            max_bytes=_LONGEST_ANSWER,
        )
    except OutboundRequestError as error:
        raise LogoutDeliveryError(str(error)) from error
    if answer.status not in _TAKEN:
        is_transient = answer.status >= 500 or answer.status in _TRANSIENT
        raise LogoutDeliveryError(f"the application answered {answer.status}", permanent=not is_transient)
    _record(client_id=client_id, user_id=user_id, sid=sid)


def give_up_logout(*, client_id: str, user_id: str, sid: str, error: LogoutDeliveryError, attempts: int) -> None:
    """Record that an application could not be told."""
    _record(client_id=client_id, user_id=user_id, sid=sid, error=str(error), attempts=attempts)


def _record(*, client_id: str, user_id: str, sid: str, error: str | None = None, **details: Any) -> None:
    record("BackchannelLogout", user_id=user_id, application_id=client_id, error=error, sid=sid, **details)
