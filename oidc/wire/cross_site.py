"""Forms that another site posts here, which come without the browser's `SameSite=Lax` cookies."""

from django.http import HttpRequest, HttpResponse

from common.oauth.bodies import read_pairs
from oidc.wire.pages import page
from tenants.hosts import origin_of_request

# The field that a form sent on has: nothing is sent on twice.
_SENT_ON = "gatehouse_same_site"


def find_same_site_form(request: HttpRequest) -> HttpResponse | None:
    """Return a page that posts the same form again from here, so that the cookies come with it; `None` if not needed.

    Both the authorization and the logout endpoint have to take posts (OpenID Connect Core section 3.1.2.1,
    RP-Initiated Logout 1.0 section 2). Raises `invalid_request` for a body that cannot be read.
    """
    if request.method != "POST" or not _is_cross_site(request):
        return None
    pairs = [(name, value) for name, value in read_pairs(request) if isinstance(value, str)]
    if any(name == _SENT_ON for name, _ in pairs):
        return None
    return page(request, "form", action=request.path, fields=[*pairs, (_SENT_ON, "1")], form_id="op.sameSiteForm")


def _is_cross_site(request: HttpRequest) -> bool:
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "cross-site"
    origin = request.headers.get("Origin")
    return origin is not None and origin != origin_of_request(request)
