"""A user lets an application have what it asks for: the grant, and its place in the user's session."""

from typing import NamedTuple

from applications.scopes import OFFLINE_ACCESS
from oidc.authorization.errors import nothing_granted
from oidc.authorization.request import Authorization
from oidc.models import Grant, Session, SessionAuthorization
from oidc.sessions import grants
from oidc.sessions.grants import ScopeSet
from oidc.sessions.sessions import extend_session


class Access(NamedTuple):
    """What the application got: its place in the session, and the scopes it asked for and may have."""

    place: SessionAuthorization
    scopes: ScopeSet


def grant_access(
    authorization: Authorization,
    session: Session,
    *,
    place: SessionAuthorization | None,
    grant: Grant | None,
    missing: ScopeSet,
) -> Access:
    """Add what is missing to the grant, or make a new one of it, and let it take the application's place.

    The oldest grants beyond the client's limit go. The session's row must be locked. Raises `access_denied` where
    nothing at all is granted.
    """
    client = authorization.client
    grant = grants.grant_consent(grant, missing, user_id=session.user_id, client=client)
    granted = grants.held_by(grant, scopes=authorization.scopes, indicators=authorization.resources)
    if not granted:
        raise nothing_granted()
    place = grants.link_to_session(
        place,
        session=session,
        grant=grant,
        persists_logout=OFFLINE_ACCESS in granted.scopes,
        origin=authorization.origin,
    )
    if client.max_allowed_grants:
        grants.enforce_grant_limit(grant, limit=client.max_allowed_grants)
    extend_session(session)
    return Access(place, granted)
