"""Devices: their user enters the code they show, signs in, and lets them use the account or does not (RFC 8628)."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.html import format_html
from django.utils.translation import gettext

from applications.client_lookup import get_client
from common.errors import AppError
from common.ids import new_id
from experience.pages.forms import DeviceCodeForm, PageForm
from experience.pages.look import look_of_third_party
from experience.pages.page import SEE_OTHER, Page, hosted_page
from experience.pages.step import Action, render_step
from experience.pages.views.consent import MOST_ORGANIZATIONS, consent_context
from oidc.consent.selectors import presentation_of
from oidc.device.browsers import RETURN_MARK, refuses_cookies
from oidc.device.errors import PAGE_ERRORS, page_error_name
from oidc.device.grants import approve_device, deny_device, find_by_user_code, read_device_question, reasons_to_sign_in
from oidc.device.locations import PROVIDER_PATH, entry_location
from oidc.device.user_codes import LONGEST_TYPED, shown
from oidc.device.views import go_on, send_to_sign_in
from oidc.models import DeviceGrant, Session
from oidc.sessions import cookies
from oidc.sessions.sessions import find_session, session_ttl
from tenants.context import current_tenant_id

# What is wrong is not the code that was typed.
_ABOUT_NO_CODE = ("device_flow.aborted", "session.verification_blocked_too_many_attempts")

View = Callable[[Page, str], HttpResponse]


def _names_browser(view: View) -> Callable[[Page], HttpResponse]:
    """Guesses are counted by browser: one without a name gets one."""

    @wraps(view)
    def named(page: Page) -> HttpResponse:
        known = cookies.find_device_browser(page.request)
        name = known or new_id()
        response = view(page, name)
        if known is None:
            cookies.write_device_browser(page.request, response, name)
        return response

    return named


def _with_cookies(view: Callable[[Page], HttpResponse]) -> Callable[[Page], HttpResponse]:
    """A browser without the XSRF cookie gets it from the provider; one that refuses it is told so."""

    @wraps(view)
    def checked(page: Page) -> HttpResponse:
        if page.is_post or cookies.has_device_xsrf(page.request):
            return view(page)
        query = page.request.GET.copy()
        if not refuses_cookies(page.request):
            return HttpResponseRedirect(f"{PROVIDER_PATH}?{query.urlencode()}" if query else PROVIDER_PATH)
        query.pop(RETURN_MARK)
        context = {
            "title": gettext("Cookies are turned off"),
            "message": gettext("Connecting a device needs cookies. Allow them for this site, then try again."),
            "link": f"{page.request.path}?{query.urlencode()}" if query else page.request.path,
            "label": gettext("Try again"),
        }
        response = page.render("message", context)
        response.status_code = 400
        return response

    return checked


@hosted_page(guarded=False, stands_alone=True)
@_with_cookies
@_names_browser
def device(page: Page, browser_id: str) -> HttpResponse:
    """`/device`: the code; with `user_code` what the device behind it asks for, which the user allows or declines."""
    query, entered = page.request.GET, page.request.POST.get("user_code")
    typed = (query.get("user_code", "") if entered is None else entered)[:LONGEST_TYPED]
    if not page.is_post and "user_code" not in query:
        return _draw_entry(page, query.get("input_code", "")[:LONGEST_TYPED], _error_named(query.get("error", "")))
    try:
        found = find_by_user_code(typed, browser_id=browser_id)
        page.turn_to(found)
        return _answer(page, found) if entered is None else go_on(page.request, found)
    except AppError as error:
        if page_error_name(error):
            return _see(entry_location(error, typed=typed))
        if error.code != "session.verification_blocked_too_many_attempts":
            raise
        return _draw_entry(page, typed, error)


@hosted_page(guarded=False, stands_alone=True)
def success(page: Page) -> HttpResponse:
    """`/device/success`: the device goes on by itself."""
    message = gettext("Go on there. You can close this page.")
    return page.render("message", {"title": gettext("Your device is connected"), "message": message})


def _error_named(name: str) -> AppError | None:
    return AppError(PAGE_ERRORS[name]) if name in PAGE_ERRORS else None


def _see(location: str) -> HttpResponse:
    return HttpResponseRedirect(location, status=SEE_OTHER)


def _draw_entry(page: Page, typed: str, error: AppError | None) -> HttpResponse:
    form = DeviceCodeForm({"user_code": typed} if typed or error else None)
    if error is not None:
        form.errors.clear()
        form.add_app_error(error, field="user_code" if error.code not in _ABOUT_NO_CODE else None)
    lead = gettext("Enter the code that your device shows.")
    return render_step(page, title=gettext("Connect a device"), form=form, lead=lead)


def _session(page: Page) -> Session | None:
    return find_session(cookies.read_session(page.request))


def _answer(page: Page, found: DeviceGrant) -> HttpResponse:
    """Do what the button says; without one, ask. Nothing is allowed but by its button, on the page for this account."""
    session = _session(page)
    if page.is_post and page.action == "decline":
        deny_device(found.id, session_sha256=cookies.read_session(page.request))
        return _see(entry_location(AppError("device_flow.aborted")))
    if page.is_post and page.action == "switch":
        return send_to_sign_in(page.request, found)
    if session is None or reasons_to_sign_in(found, session):
        return send_to_sign_in(page.request, found) if page.is_post else _draw_compare(page, found)
    if page.is_post and page.action == "allow" and _is_for(page, found, session):
        return _allow(page, found, session)
    return _draw_question(page, found, session)


def _allow(page: Page, found: DeviceGrant, session: Session) -> HttpResponse:
    approve_device(
        found.id,
        session_sha256=cookies.read_session(page.request),
        user_id=session.user_id,
        organization_ids=page.request.POST.getlist("organization")[:MOST_ORGANIZATIONS],
    )
    response = page.redirect("device-success")
    cookies.renew_session(page.request, response, max_age=session_ttl())
    return response


def _token(found: DeviceGrant, session: Session) -> str:
    """Return what ties a page to the device and the session that it was drawn for."""
    content = "\n".join((current_tenant_id(), found.id, session.id, session.user_id))
    return salted_hmac("experience.device", content, algorithm="sha256").hexdigest()


def _is_for(page: Page, found: DeviceGrant, session: Session) -> bool:
    return constant_time_compare(page.request.POST.get("for", ""), _token(found, session))


def _draw_compare(page: Page, found: DeviceGrant) -> HttpResponse:
    """Who came by a link has not seen the code yet, and nobody is signed in whom one could ask more."""
    client = get_client(found.application_id)
    presentation = presentation_of(client.id)
    application = presentation.display_name or client.name
    if client.is_third_party:
        page.look = look_of_third_party(page.look, name=application, branding=presentation.branding)
    return render_step(
        page,
        title=gettext("Connect %(application)s?") % {"application": application},
        form=PageForm(),
        submit=gettext("Continue"),
        lead=format_html(
            '{} <strong class="user-code"><bdi dir="ltr">{}</bdi></strong>', _warning(), shown(found.user_code)
        ),
        actions=[Action("decline", gettext("Cancel"))],
    )


def _draw_question(page: Page, found: DeviceGrant, session: Session) -> HttpResponse:
    context = consent_context(page, read_device_question(found, session))
    return page.render(
        "device",
        {**context, "warning": _warning(), "user_code": shown(found.user_code), "for": _token(found, session)},
    )


def _warning() -> str:
    return gettext("Continue only if you started this yourself and your device shows this code:")
