"""What a sign-in at the hosted pages brings: a session in the browser that opened the request."""

from django.db import transaction
from django.http import HttpRequest

from identity.models import User
from oidc.models import AuthorizationRequest
from oidc.sessions import cookies
from oidc.sessions.sessions import find_session, start_session
from tenants.database import rows


@transaction.atomic
def begin_session(request: HttpRequest, pending: AuthorizationRequest) -> str | None:
    """Begin the session and return its cookie's value; `None` for a user who may not sign in any more."""
    user = rows.find(User, "r.id = %s AND NOT r.is_suspended", pending.user_id, lock="FOR NO KEY UPDATE")
    if user is None:
        return None
    _, value = start_session(
        user,
        client_id=pending.client_id,
        submission=pending.submission,
        replacing=find_session(cookies.read_session(request), lock=True),
    )
    return value
