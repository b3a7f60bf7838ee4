"""Whether the user is asked before they are signed out (OpenID Connect RP-Initiated Logout 1.0 section 2)."""

from applications.clients import find_client
from oidc.logout.request import LogoutRequest
from oidc.models import Session, SessionAuthorization


def must_ask(wanted: LogoutRequest, session: Session | None) -> bool:
    """Whether a hint is missing, or names somebody else, and an application of the session goes by the letter.

    Other applications sign their users out without a question. At most 1 statement.
    """
    if session is None or wanted.subject == session.user_id:
        return False
    places = SessionAuthorization.objects.filter(session=session).values_list("application_id", flat=True)
    clients = (find_client(application_id) for application_id in places)
    return any(client is not None and client.security.follows_openid for client in clients)
