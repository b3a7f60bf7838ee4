"""Whether a code or token is good: one check for authorization codes, refresh tokens and opaque access tokens."""

from datetime import datetime

from applications.clients import Client
from oidc.credentials.stored import CredentialState


def find_rejection_reason(state: CredentialState, *, moment: datetime, client: Client | None = None) -> str | None:
    """Return why a code or token may not be used, `None` if it may; `client` is who presents it.

    Its tenant is the one it was read in. What it was used for before is for the caller to judge.
    """
    if client is not None and state.client_id != client.id:
        return "issued to another client"
    if state.expires_at <= moment:
        return "expired"
    if state.grant_revoked_at is not None:
        return "grant is revoked"
    if state.grant_expires_at <= moment:
        return "grant has expired"
    if state.is_user_suspended:
        return "user is suspended"
    if state.expires_with_session and (state.session_expires_at is None or state.session_expires_at <= moment):
        return "session has ended"
    return None
