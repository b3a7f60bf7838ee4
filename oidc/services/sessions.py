"""Single sign-on sessions begin, go on and end."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from common.clock import now
from common.crypto import sha256_hex
from common.ids import new_token
from common.request_context import request_origin
from identity.models import User
from oidc.logout.backchannel import notify_applications
from oidc.models import AccessToken, RefreshToken, Session, SessionAuthorization
from oidc.services.grants import revoke_grants
from tenants.services.settings import SettingKey, get_setting

# A session in use is extended once this share of its time has passed, so that not every request writes.
_EXTEND_AFTER = 0.02


def session_ttl() -> int:
    """Return how many seconds a session lives after its last use."""
    return int(get_setting(SettingKey.SESSION).get("ttl") or 1_209_600)


def find_session(cookie_sha256: str | None, *, lock: bool = False) -> Session | None:
    """Return the live session of a cookie with its user; a suspended user's counts as none. 1 statement.

    With `lock` both rows are held until the transaction ends, so that nobody ends the session meanwhile; the user's
    first, in the order in which deleting or suspending a user takes them.
    """
    if cookie_sha256 is None:
        return None
    found = Session.objects.select_related("user").filter(
        cookie_sha256=cookie_sha256, expires_at__gt=now(), user__is_suspended=False
    )
    return (found.select_for_update(of=("user", "self"), no_key=True) if lock else found).first()


@transaction.atomic
def start_session(
    user: User, *, client_id: str, submission: Mapping[str, Any], replacing: Session | None, origin: str
) -> tuple[Session, str]:
    """Sign the user in and return the session with its new cookie value.

    The cookie's value is always a fresh one, so a value planted before is worth nothing. The same user's session goes
    on under it, with the applications authorized in it; another user's session is ended first.
    """
    value = new_token()
    seen = request_origin()
    state: dict[str, Any] = {
        "cookie_sha256": sha256_hex(value),
        "authenticated_at": now(),
        "last_submission": dict(submission),
        "client_id": client_id,
        "user_agent": seen.user_agent,
        "ip": seen.ip,
        "expires_at": now() + timedelta(seconds=session_ttl()),
    }
    if replacing is not None and replacing.user_id != user.id:
        end_session(replacing, origin=origin)
        replacing = None
    if replacing is None:
        return Session.objects.create(user=user, **state), value
    for name, content in state.items():
        setattr(replacing, name, content)
    replacing.save(update_fields=list(state))
    return replacing, value


def extend_session(session: Session) -> bool:
    """Let a session in use live on for its full time; returns whether it was due. At most 1 statement."""
    ttl = session_ttl()
    expires_at = now() + timedelta(seconds=ttl)
    if abs((expires_at - session.expires_at).total_seconds()) < ttl * _EXTEND_AFTER:
        return False
    session.expires_at = expires_at
    session.save(update_fields=["expires_at"])
    return True


@transaction.atomic
def end_session(session: Session, *, origin: str | None = None) -> None:
    """End a session as its user asked: the browser is signed out everywhere.

    Applications with a back-channel URI are told. Grants that do not outlive the session (no `offline_access`) are
    revoked with their tokens; so are tokens that were issued for as long as the session lasts.
    """
    authorizations = list(SessionAuthorization.objects.filter(session=session))
    notify_applications(authorizations, user_id=session.user_id, origin=origin)
    revoke_grants([item.grant_id for item in authorizations if not item.persists_logout])
    for model in (AccessToken, RefreshToken):
        model.objects.filter(session=session, expires_with_session=True).delete()
    Session.objects.filter(id=session.id).delete()


@transaction.atomic
def end_sessions_of_user(user_id: str) -> None:
    """Sign a user out of everything at once: all sessions, opaque access tokens and refresh tokens.

    Grants and codes stay: a code's redemption looks at the user's state itself.
    """
    authorizations = list(SessionAuthorization.objects.filter(session__user_id=user_id))
    notify_applications(authorizations, user_id=user_id)
    for model in (AccessToken, RefreshToken, Session):
        model.objects.filter(user_id=user_id).delete()
