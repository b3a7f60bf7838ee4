"""Reads of a user's sign-in sessions and grants, and what each says on the wire."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from common.clock import now, to_milliseconds, to_seconds
from common.errors import AppError
from oidc.models import Grant, Session, SessionAuthorization


def list_sessions(user_id: str) -> QuerySet[Session]:
    """Return a user's live sessions with the applications authorized in them, the latest first. 2 statements."""
    places = SessionAuthorization.objects.order_by("id")
    sessions = Session.objects.filter(expires_at__gt=now()).order_by("-created_at", "id")
    sessions = sessions.prefetch_related(Prefetch("authorizations", queryset=places))
    return sessions.filter(user_id=user_id)


def get_session(user_id: str, session_id: str) -> Session:
    """Return one live session of a user; raises `oidc.session_not_found`."""
    session = list_sessions(user_id).filter(id=session_id).first()
    if session is None:
        raise AppError("oidc.session_not_found")
    return session


def is_session_live(user_id: str, session_id: str) -> bool:
    """Whether a user is still signed in with a session. 1 statement."""
    return Session.objects.filter(id=session_id, user_id=user_id, expires_at__gt=now()).exists()


def session_info(session: Session) -> dict[str, Any]:
    """Return a session as it stands on the wire; times within `payload` are seconds, `expiresAt` milliseconds."""
    return {
        "payload": {
            "exp": to_seconds(session.expires_at),
            "iat": to_seconds(session.created_at),
            # The cookie's value is a secret: the session goes by its public id here too.
            "jti": session.id,
            "uid": session.id,
            "kind": "Session",
            "loginTs": to_seconds(session.authenticated_at),
            "accountId": session.user_id,
            "authorizations": {
                place.client_id: {
                    "sid": place.id,
                    "grantId": place.grant_id,
                    "persistsLogout": place.persists_logout,
                }
                for place in session.authorizations.all()
            },
        },
        "lastSubmission": session.last_submission or None,
        "clientId": session.client_id or None,
        "accountId": session.user_id,
        "expiresAt": to_milliseconds(session.expires_at),
    }


def list_grants(user_id: str, *, is_third_party: bool | None = None) -> QuerySet[Grant]:
    """Return a user's live grants with their applications, the latest first; `is_third_party` keeps one kind."""
    grants = Grant.objects.filter(revoked_at=None, expires_at__gt=now()).select_related("application")
    if is_third_party is not None:
        grants = grants.filter(application__is_third_party=is_third_party)
    grants = grants.order_by("-created_at", "id")
    return grants.filter(user_id=user_id)


def client_name(grant: Grant) -> str:
    """What the client is called; one with a metadata document as it called itself when the grant was given."""
    return grant.cimd_client_name or grant.cimd_client_id or grant.application.name


def grant_info(grant: Grant) -> dict[str, Any]:
    """Return a grant as it stands on the wire; times within `payload` are seconds, `expiresAt` milliseconds."""
    return {
        "id": grant.id,
        "payload": {
            "exp": to_seconds(grant.expires_at),
            "iat": to_seconds(grant.created_at),
            "jti": grant.id,
            "kind": "Grant",
            "clientId": grant.client_id,
            "accountId": grant.user_id,
            "openid": {"scope": " ".join(grant.scopes)},
            "resources": {indicator: " ".join(scopes) for indicator, scopes in grant.resource_scopes.items()},
        },
        "expiresAt": to_milliseconds(grant.expires_at),
        "application": {"id": grant.client_id, "name": client_name(grant)},
    }
