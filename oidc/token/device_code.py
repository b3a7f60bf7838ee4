"""The grant `urn:ietf:params:oauth:grant-type:device_code` (RFC 8628 sections 3.4 and 3.5)."""

from datetime import timedelta
from typing import Any

from common.crypto import sha256_hex
from common.oauth.errors import access_denied, invalid_grant
from oidc.admission.policies import assert_application_admits
from oidc.credentials.validity import find_rejection_reason
from oidc.device.errors import authorization_pending, expired_token, slow_down
from oidc.device.statements import Poll, poll_device_grant, redeem_device_grant
from oidc.models import DeviceGrant
from oidc.token import statements
from oidc.token.exchange import Exchange, ReplayError
from oidc.token.organization import signed_in_organization
from oidc.token.redemption import first_use, granted_scopes, redeem
from oidc.token.targets import user_target

AUDIT_KEY = "ExchangeTokenBy.DeviceCode"
PARAMETERS = frozenset({"device_code"})

# A device that keeps to its interval may find the network faster this time than the last.
_LEEWAY = timedelta(seconds=1)


def answered(exchange: Exchange) -> None:
    """The user has approved this client's device (RFC 8628 section 3.5).

    An answer is told however early the device asks for it; `slow_down` only while there is none.
    """
    digest = sha256_hex(exchange.form.require("device_code"))
    poll = poll_device_grant(digest, client_id=exchange.client.id, moment=exchange.moment)
    if poll is None:
        raise invalid_grant("the device code is unknown or another client's")
    if poll.consumed_at is not None and poll.grant_id is not None:
        raise ReplayError(poll.grant_id, "the device code was used before")
    if poll.expires_at <= exchange.moment:
        raise expired_token()
    if poll.status == DeviceGrant.DENIED:
        raise access_denied("the user has declined")
    if poll.status != DeviceGrant.AUTHORIZED:
        raise slow_down() if _is_too_soon(poll, exchange) else authorization_pending()


def _is_too_soon(poll: Poll, exchange: Exchange) -> bool:
    if poll.asked_before_at is None:
        return False
    return exchange.moment - poll.asked_before_at + _LEEWAY < timedelta(seconds=poll.interval)


def good_device_code(exchange: Exchange) -> None:
    """Its grant, session and user are in good state."""
    exchange.credential = statements.read_device_code(sha256_hex(exchange.form.get("device_code")))
    if exchange.credential is None:
        raise invalid_grant("the device code is gone")
    if fault := find_rejection_reason(exchange.credential.state, moment=exchange.moment, client=exchange.client):
        raise invalid_grant(fault)


def application_admits_user(exchange: Exchange) -> None:
    """The application's access control lets the user in."""
    assert_application_admits(exchange.client, user_id=exchange.user_id)


def issue(exchange: Exchange) -> dict[str, Any]:
    """Redeem the device code and issue its tokens, together or not at all."""
    return redeem(
        exchange,
        audit_key=AUDIT_KEY,
        consume=lambda rows: redeem_device_grant(exchange.source.id, moment=exchange.moment, rows=rows),
    )


STEPS = (
    answered,
    good_device_code,
    first_use,
    granted_scopes,
    application_admits_user,
    signed_in_organization,
    user_target,
)
