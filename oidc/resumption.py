"""GET /oidc/auth/<uid>: a request goes on once its user has answered."""

from django.http import HttpRequest, HttpResponse

from events.transactions import one_transaction
from oidc.authorization.errors import session_not_found
from oidc.authorization.pending import resume_request
from oidc.authorization.views import resume_authorization
from oidc.device.views import resume_device
from oidc.sessions import cookies
from oidc.wire.browser import browser_endpoint


@browser_endpoint("GET")
def resume(request: HttpRequest, uid: str) -> HttpResponse:
    """Resume the request, an application's or a device's, in the browser that opened it; once."""
    if not cookies.may_resume(request, uid):
        raise session_not_found()
    # One commit for the request that is taken up, the session that begins and the code that is issued. A refusal on the
    # way takes none of that back: who has signed in is signed in.
    with one_transaction():
        pending = resume_request(uid)
        if pending.device_grant_id is not None:
            return resume_device(request, pending)
        return resume_authorization(request, pending)
