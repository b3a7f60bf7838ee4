"""Single sign-on sessions begin, go on and end."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from django.db import transaction

from common.actors import Actor
from common.clock import now
from common.crypto import sha256_hex
from common.errors import AppError
from common.ids import new_token
from common.request_context import request_origin
from common.shapes import Integer, Members
from events.history import Subject, record
from identity.models import User
from identity.sql import join_user, user_columns
from oidc.backchannel_logout.notification import notify_applications
from oidc.models import AccessToken, AuthorizationCode, DeviceGrant, RefreshToken, Session, SessionAuthorization
from oidc.sessions.grants import revoke_grants
from tenants.context import current_tenant_id
from tenants.database.rows import columns_of, find_pair, insert
from tenants.services.settings import Setting, get_setting

_YEAR = 31_536_000
# How long a session lives after its last use, in seconds.
SESSION_SETTING = Setting(
    key="oidc.session",
    shape=Members({"ttl": Integer(minimum=1, maximum=_YEAR)}),
    default={"ttl": 1_209_600},
)
# A session in use is extended once this share of its time has passed, so that not every request writes.
_EXTEND_AFTER = 0.02
# What belongs to a grant and knows its session.
_ISSUED = (AuthorizationCode, AccessToken, RefreshToken, DeviceGrant)


class GrantTarget(StrEnum):
    """Whose grants a revoked session takes with it, whether or not they were to outlive it."""

    ALL = "all"
    FIRST_PARTY = "firstParty"


def session_ttl() -> int:
    """Return how many seconds a session lives after its last use."""
    return int(get_setting(SESSION_SETTING).get("ttl") or SESSION_SETTING.default["ttl"])


@cache
def _find_session(lock: bool) -> str:
    return f"""
SELECT {columns_of(Session, "s")}, {user_columns("u")}
FROM oidc_session s {join_user("u", tenant="s.tenant_id", user="s.user_id")}
WHERE s.cookie_sha256 = %s AND s.tenant_id = %s AND s.expires_at > %s AND NOT u.is_suspended
{"FOR NO KEY UPDATE OF u, s" if lock else ""}"""  # noqa: S608 - identifiers come from code


def find_session(cookie_sha256: str | None, *, lock: bool = False) -> Session | None:
    """Return the live session of a cookie with its user; a suspended user's counts as none. 1 statement.

    With `lock` both rows are held until the transaction ends, so that nobody ends the session meanwhile; the user's
    first, in the order in which deleting or suspending a user takes them.
    """
    if cookie_sha256 is None:
        return None
    found = find_pair(Session, User, _find_session(lock), [cookie_sha256, current_tenant_id(), now()])
    if found is None:
        return None
    session, user = found
    session.user = user
    return session


@transaction.atomic(savepoint=False)
def start_session(
    user: User,
    *,
    client_id: str,
    submission: Mapping[str, Any],
    replacing: Session | None,
    authenticated_at: datetime | None = None,
) -> tuple[Session, str]:
    """Sign the user in and return the session with its new cookie value.

    The cookie's value is always a fresh one, so a value planted before is worth nothing. The same user's session goes
    on under it, with the applications authorized in it; another user's session is ended first. `authenticated_at` is
    for who has proved nothing now, but then.
    """
    value = new_token()
    seen = request_origin()
    state: dict[str, Any] = {
        "cookie_sha256": sha256_hex(value),
        "authenticated_at": authenticated_at or now(),
        "last_submission": dict(submission),
        "client_id": client_id,
        "user_agent": seen.user_agent,
        "ip": seen.ip,
        "expires_at": now() + timedelta(seconds=session_ttl()),
    }
    if replacing is not None and replacing.user_id != user.id:
        end_session(replacing)
        replacing = None
    if replacing is None:
        return insert(Session(user=user, created_at=now(), **state)), value
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
def end_session(session: Session, *, target: GrantTarget | None = None) -> list[str]:
    """End a session: the browser is signed out everywhere. Returns the ids of the grants that go with it.

    Applications with a back-channel URI are told. Grants that do not outlive the session (no `offline_access`), or
    those of `target`, are revoked with their tokens; so are tokens that were issued for as long as the session lasts.
    The caller holds the session's row and its user's.
    """
    authorizations = list(SessionAuthorization.objects.select_related("application").filter(session=session))
    notify_applications(authorizations, user_id=session.user_id)
    grant_ids = sorted(_ending(session, authorizations, target))
    revoke_grants(grant_ids)
    for model in (AccessToken, RefreshToken):
        model.objects.filter(session=session, expires_with_session=True).delete()
    Session.objects.filter(id=session.id).delete()
    return grant_ids


def _ending(session: Session, authorizations: Iterable[SessionAuthorization], target: GrantTarget | None) -> set[str]:
    """The grants that go. An application's place names its latest one; a device, and a client with a metadata document,
    got another each time, and what lives of those is known by what was issued in the session."""
    if target is None:
        return {item.grant_id for item in authorizations if not item.persists_logout}
    given = {(item.grant_id, item.application.is_third_party) for item in authorizations}
    for model in _ISSUED:
        issued = model.objects.filter(session=session).exclude(grant=None)
        given.update(issued.values_list("grant_id", "application__is_third_party"))
    return {grant_id for grant_id, is_third_party in given if target is GrantTarget.ALL or not is_third_party}


@transaction.atomic
def revoke_session(user_id: str, session_id: str, *, target: GrantTarget | None = None, actor: Actor) -> None:
    """End a user's session from outside of its browser; see `end_session`. Records `RevokeSession`.

    Raises `oidc.session_not_found` for a session that is unknown or over, and `oidc.invalid_session_account_id` for
    another user's.
    """
    sessions = Session.objects.select_related("user").select_for_update(of=("user", "self"), no_key=True)
    session = sessions.filter(id=session_id, expires_at__gt=now()).first()
    if session is None:
        raise AppError("oidc.session_not_found")
    if session.user_id != user_id:
        raise AppError("oidc.invalid_session_account_id")
    grant_ids = end_session(session, target=target)
    record(
        "RevokeSession",
        user_id=user_id,
        revokedSessionId=session_id,
        revokeGrantsTarget=target,
        revokeGrantIds=grant_ids,
        actor=actor,
        subject=Subject("Session", session_id),
    )


@transaction.atomic
def end_sessions_of_user(user_id: str) -> None:
    """Sign a user out of everything at once: all sessions, opaque access tokens and refresh tokens.

    Applications with a back-channel URI are told. Grants and codes stay: a code's redemption looks at the user's state
    itself. The caller holds the user's row.
    """
    notify_applications(SessionAuthorization.objects.filter(session__user_id=user_id), user_id=user_id)
    for model in (AccessToken, RefreshToken, Session):
        model.objects.filter(user_id=user_id).delete()


@transaction.atomic
def end_other_sessions(user_id: str, *, keeping: str) -> None:
    """Sign a user out of every session but one, with all that was granted in them. The caller holds the user's row."""
    others = Session.objects.filter(user_id=user_id).exclude(id=keeping).order_by("id")
    for session in others.select_for_update(no_key=True):
        end_session(session, target=GrantTarget.ALL)
