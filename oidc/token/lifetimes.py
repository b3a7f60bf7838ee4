"""When a refresh token is rotated, and until when its successor lives. Pure arithmetic."""

from datetime import datetime, timedelta

from applications.clients import Client
from oidc.credentials.stored import Credential

# A client whose answer got lost, or whose tabs refresh together, may send a rotated token once more this long.
REUSE_LEEWAY = timedelta(seconds=3)

_LONGEST_FAMILY = timedelta(days=365.25)
_ROTATION_SHARE = 0.7


def is_replay(consumed_at: datetime | None, *, moment: datetime) -> bool:
    """Whether a refresh token comes again after the leeway (RFC 9700 section 4.14.2)."""
    return consumed_at is not None and moment - consumed_at > REUSE_LEEWAY


def is_rotation_due(token: Credential, client: Client, *, moment: datetime) -> bool:
    """Whether a refresh is answered with a new refresh token.

    A public client gets one with each use, a confidential one when most of the lifetime has passed; none does where the
    application switches rotation off or the family is a year old. A rotated token is always followed by a new one.
    """
    if token.consumed_at is not None:
        return True
    if not client.rotates_refresh_token or moment - token.family_started_at >= _LONGEST_FAMILY:
        return False
    if not client.is_confidential:
        return True
    return moment - token.created_at >= (token.state.expires_at - token.created_at) * _ROTATION_SHARE


def first_expiry(source: Credential, client: Client, *, moment: datetime) -> datetime:
    """Return when the first refresh token of a family expires; never after its grant."""
    return min(moment + timedelta(seconds=client.refresh_token_ttl), source.state.grant_expires_at)


def successor_expiry(token: Credential, client: Client, *, moment: datetime) -> datetime:
    """Return when the successor of a refresh token expires.

    In a single-page application it inherits what is left, so that a sign-in there ends for good.
    """
    if client.is_single_page:
        return token.state.expires_at
    return first_expiry(token, client, moment=moment)
