"""GET|POST /oidc/session/end, its confirmation and its last page (OpenID Connect RP-Initiated Logout 1.0)."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from common.oauth.bodies import collect, query_pairs, read_form
from oidc.logout.followers import destination_of_sign_out
from oidc.logout.question import must_ask
from oidc.logout.request import check_logout, from_xsrf, to_xsrf
from oidc.sessions import cookies
from oidc.sessions.sessions import end_session, find_session
from oidc.wire.browser import browser_endpoint
from oidc.wire.cross_site import find_same_site_form
from oidc.wire.pages import auto_submitted_form, page
from oidc.wire.redirects import see_other, with_query
from tenants.hosts import issuer_of, origin_of_request

_END = "/oidc/session/end"


@browser_endpoint("GET", "POST")
def end(request: HttpRequest) -> HttpResponse:
    """Check the request and answer with a form that confirms it by itself, or asks the user to."""
    if (same_site := find_same_site_form(request)) is not None:
        return same_site
    form = read_form(request) if request.method == "POST" else collect(query_pairs(request))
    wanted = check_logout(form, issuer=issuer_of(origin_of_request(request)))
    session_sha256 = cookies.read_session(request)
    fields = {"xsrf": to_xsrf(wanted, session_sha256=session_sha256)}
    action, form_id = f"{_END}/confirm", "op.logoutForm"
    if must_ask(wanted, find_session(session_sha256)):
        return page(request, "sign_out", action=action, form_id=form_id, fields=list(fields.items()))
    fields["logout"] = "yes"
    return auto_submitted_form(request, action=action, fields=fields, form_id=form_id, title=_("Sign out"))


@browser_endpoint("POST")
def confirm(request: HttpRequest) -> HttpResponse:
    """End the browser's session and send the user where the application wants them, else to the last page."""
    form = read_form(request)
    session_sha256 = cookies.read_session(request)
    wanted = from_xsrf(form.require("xsrf"), session_sha256=session_sha256)
    if form.get("logout") == "no":
        return page(request, "still_signed_in")
    destination = _destination(wanted.redirect_uri, wanted.state)
    if not form.get("logout"):
        return see_other(destination)
    with transaction.atomic():
        if session := find_session(session_sha256, lock=True):
            destination = destination_of_sign_out(session, destination)
            end_session(session)
    response = see_other(destination)
    cookies.delete_session(response)
    return response


@browser_endpoint("GET")
def success(request: HttpRequest) -> HttpResponse:
    """The page for a user with nowhere to go back to."""
    return page(request, "signed_out")


def _destination(redirect_uri: str, state: str) -> str:
    if not redirect_uri:
        return f"{_END}/success"
    return with_query(redirect_uri, {"state": state} if state else {})
