"""Where a browser passes through the provider on its way to answering a device.

The pages themselves are the hosted experience's, or of the tenant's own making. The addresses below `/oidc` allow
nothing: a post that does not prove that it comes from the page of this browser leads there and decides nothing.
"""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from common.errors import AppError
from common.oauth.bodies import read_form
from oidc.authorization.errors import session_not_found
from oidc.authorization.signing_in import begin_session
from oidc.device.browsers import RETURN_MARK, ensure_browser, find_posting_browser, new_return_mark
from oidc.device.errors import page_error_name
from oidc.device.grants import deny_device, find_by_user_code, open_sign_in, reasons_to_sign_in
from oidc.device.locations import DEVICE_PATH, SUSPENDED_PATH, confirm_location, entry_location
from oidc.device.user_codes import LONGEST_TYPED
from oidc.models import AuthorizationRequest, DeviceGrant
from oidc.sessions import cookies
from oidc.sessions.sessions import find_session, session_ttl
from oidc.wire.browser import browser_endpoint
from oidc.wire.redirects import see_other
from oidc.wire.screens import login_location
from tenants.hosts import origin_of_request

_FORWARDED = ("user_code", "input_code", "error")


@browser_endpoint("GET", "POST")
def verification(request: HttpRequest) -> HttpResponse:
    """`/oidc/device`: gives the browser its XSRF value and leads on to the page; takes the page's form."""
    if request.method == "POST":
        return _take_form(request)
    query = {name: request.GET[name] for name in _FORWARDED if name in request.GET}
    response = see_other(f"{DEVICE_PATH}?{urlencode({**query, RETURN_MARK: new_return_mark()})}")
    ensure_browser(request, response)
    return response


def _take_form(request: HttpRequest) -> HttpResponse:
    """Take a code, to be confirmed at the page; with `confirm` the sign-in or the question follows, `abort` is the end.

    The last two need the `xsrf` of this browser.
    """
    form = read_form(request)
    typed = (form.get("user_code") or "")[:LONGEST_TYPED]
    browser_id = find_posting_browser(request, form.get("xsrf"))
    if not typed:
        return see_other(entry_location(AppError("device_flow.no_code")))
    if browser_id is None or not (form.get("confirm") or form.get("abort")):
        return see_other(f"{DEVICE_PATH}?{urlencode({'user_code': typed})}")
    try:
        device = find_by_user_code(typed, browser_id=browser_id)
        return _abort(request, device) if form.get("abort") else go_on(request, device)
    except AppError as error:
        if page_error_name(error) is None:
            raise
        return see_other(entry_location(error, typed=typed))


def _abort(request: HttpRequest, device: DeviceGrant) -> HttpResponse:
    deny_device(device.id, session_sha256=cookies.read_session(request))
    return see_other(entry_location(AppError("device_flow.aborted")))


def go_on(request: HttpRequest, device: DeviceGrant) -> HttpResponse:
    """Lead who has compared the code, or typed it, to signing in or to the question."""
    if reasons_to_sign_in(device, find_session(cookies.read_session(request))):
        return send_to_sign_in(request, device)
    return see_other(confirm_location(device.user_code))


@browser_endpoint("GET")
def resume(request: HttpRequest, uid: str) -> HttpResponse:
    """`/oidc/device/<uid>`: the other address of an interaction's resumption."""
    return see_other(cookies.resume_path(uid))


def send_to_sign_in(request: HttpRequest, device: DeviceGrant) -> HttpResponse:
    """Lead the browser to the page at which somebody signs in to answer a device."""
    session = find_session(cookies.read_session(request))
    pending = open_sign_in(device, session, origin=origin_of_request(request))
    parameters = {name: value for name, value in device.parameters.items() if isinstance(value, str)}
    response = see_other(login_location(device.application_id, parameters))
    cookies.write_interactions(request, response, opened=(device.application_id, pending.id))
    cookies.write_branding(request, response, {**parameters, "client_id": device.application_id})
    return response


def resume_device(request: HttpRequest, pending: AuthorizationRequest) -> HttpResponse:
    """Go on with answering a device after a sign-in at the hosted pages; the user is asked now."""
    device = pending.device_grant
    if device is None:
        raise session_not_found()
    if pending.error:
        return _finish(request, _give_up(device), pending)
    if pending.user_id is None:
        return _finish(request, see_other(confirm_location(device.user_code)), pending)
    value = begin_session(request, pending)
    if value is None:
        return _finish(request, see_other(SUSPENDED_PATH), pending)
    response = see_other(confirm_location(device.user_code))
    cookies.write_session(request, response, value, max_age=session_ttl())
    return _finish(request, response, pending)


def _give_up(device: DeviceGrant) -> HttpResponse:
    try:
        deny_device(device.id)
    except AppError as error:
        return see_other(entry_location(error))
    return see_other(entry_location(AppError("device_flow.aborted")))


def _finish(request: HttpRequest, response: HttpResponse, pending: AuthorizationRequest) -> HttpResponse:
    """Take the finished interaction from the browser."""
    cookies.write_interactions(request, response, finished=pending.id)
    return response
