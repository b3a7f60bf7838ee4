"""What a sign-in at the hosted pages brings: a session in the browser that opened the request."""

from django.db import transaction
from django.http import HttpRequest

from identity.selectors import lock_active_user
from oidc.authorization.assurance import goes_on, proves_nothing, with_outcome
from oidc.models import AuthorizationRequest
from oidc.sessions import cookies
from oidc.sessions.sessions import find_session, start_session


@transaction.atomic(savepoint=False)
def begin_session(request: HttpRequest, pending: AuthorizationRequest) -> str | None:
    """Begin the session and return its cookie's value; `None` for a user who may not sign in any more.

    So it is for who has added a second factor to a session that was ended meanwhile. Whoever had none to add goes on in
    the session, as of when they signed in: applications ask for a new sign-in after `max_age`.
    """
    user = lock_active_user(pending.user_id) if pending.user_id else None
    if user is None:
        return None
    replacing = find_session(cookies.read_session(request), lock=True)
    if not goes_on(pending, replacing):
        return None
    _, value = start_session(
        user,
        client_id=pending.client_id,
        submission=with_outcome(pending),
        replacing=replacing,
        authenticated_at=replacing.authenticated_at if replacing and proves_nothing(pending) else None,
    )
    return value
