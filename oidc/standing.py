"""Whether a code or token is good: one check for authorization codes, refresh tokens and opaque access tokens."""

from datetime import datetime

from oidc.clients import Client
from oidc.hot import Standing


def find_fault(standing: Standing, *, moment: datetime, client: Client | None = None) -> str | None:
    """Return why a code or token may not be used, `None` where it may; `client` is who presents it.

    Its tenant is the one it was read in. What it was used for before is for the caller to judge.
    """
    if client is not None and standing.client_id != client.id:
        return "issued to another client"
    if standing.expires_at <= moment:
        return "expired"
    if standing.grant_revoked_at is not None:
        return "grant is revoked"
    if standing.grant_expires_at <= moment:
        return "grant has expired"
    if standing.is_user_suspended:
        return "user is suspended"
    if standing.expires_with_session and (standing.session_expires_at is None or standing.session_expires_at <= moment):
        return "session has ended"
    return None
