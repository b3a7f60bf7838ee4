"""Pages that only say something, and addresses that lead to the sign-in page."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from applications.clients import find_client
from applications.redirect_uris import find_home
from common.pipeline import CONSOLE_PREFIX
from experience.models import Interaction
from experience.pages.first_pages import first_page
from experience.pages.page import SEE_OTHER, Page, hosted_page, no_session
from experience.restrictions.errors import Reason
from oidc.sessions.cookies import read_session
from oidc.sessions.sessions import find_session
from tenants.context import current_tenant_id
from tenants.hosts import ADMIN_TENANT, DEFAULT_TENANT, origin_of_tenant
from tenants.models import Tenant

Event = Interaction.Event

# What somebody can do about it.
_RESTRICTIONS = {
    Reason.EMAIL: gettext_noop(
        "Your email address is not among those that may sign in here. Use another account, or ask the people who run"
        " this service."
    ),
    Reason.IP_ADDRESS: gettext_noop(
        "Sign-ins from this network are not allowed. Try again from another one, such as your company's."
    ),
    Reason.COUNTRY: gettext_noop(
        "Sign-ins from this country or region are not allowed. If you use a VPN, turn it off and try again."
    ),
}
# Whether the browser keeps cookies: the one that shows it, and the mark of an address that was sent there with it.
_PROBE = "_cookies"
_PROBED = "cookies"


@hosted_page(guarded=False)
def unknown_session(page: Page) -> HttpResponse:
    """`/unknown-session`: no sign-in is under way here. Says why, as far as that is known, and how to go on."""
    if response := _with_cookies(page):
        return response
    if find_session(read_session(page.request)):
        title = gettext("You are signed in")
        message = gettext("This sign-in was finished already. Go back to the app to continue.")
    else:
        title = gettext("This session has ended")
        message = gettext("It has expired, or was finished elsewhere. Go back to the app and sign in again.")
    return page.render("message", {"title": title, "message": message, "links": list(_ways_on(page))})


def _with_cookies(page: Page) -> HttpResponse | None:
    """Give a browser without any cookie one and send it here again; one that comes without it is told so."""
    request = page.request
    if request.COOKIES:
        return None
    if _PROBED not in request.GET:
        query = {**request.GET.dict(), _PROBED: "1"}
        response = HttpResponseRedirect(f"{request.path}?{urlencode(query)}", status=SEE_OTHER)
        response.set_cookie(
            _PROBE, "1", max_age=600, path=request.path, httponly=True, samesite="Lax", secure=request.is_secure()
        )
        return response
    context = {
        "title": gettext("Cookies are turned off"),
        "message": gettext("Signing in needs cookies. Allow them for this site, then go back to the app."),
        "links": list(_ways_on(page)),
    }
    return page.render("message", context)


def _ways_on(page: Page) -> Iterator[tuple[str, str]]:
    """To the sign-in that the same application has under way, else to the application, if it is known where that is."""
    if page.pending is not None:
        yield gettext("Start again"), page.url("sign-in")
        return
    client = find_client(page.request.GET.get("app_id", ""))
    if client is not None and (home := find_home(client)):
        yield gettext("Back to %(application)s") % {"application": client.name}, home


@hosted_page(guarded=False)
def landing(page: Page) -> HttpResponse:
    """`/`: on to the sign-in under way. A visitor without one is told where this is.

    The settings' `unknownSessionRedirectUrl` comes first, as on every page. Tenants `default` and `admin`, the
    installation's own, show the way to the console; the others say their name and nothing more.
    """
    if page.pending is not None:
        return page.redirect("sign-in")
    if page.settings.wire["unknownSessionRedirectUrl"]:
        return no_session(page)
    tenant_id = current_tenant_id()
    is_own = tenant_id in (DEFAULT_TENANT, ADMIN_TENANT)
    context: dict[str, Any] = {
        "title": "Gatehouse" if is_own else Tenant.objects.get(id=tenant_id).name,
        "message": gettext("This address signs people in to apps. Open the app that you want to use to sign in."),
    }
    if is_own:
        context["note"] = gettext("Developers set up apps, APIs and organizations in the console.")
        context["links"] = list(_ways_of_developers())
    return page.render("message", context)


def _ways_of_developers() -> Iterator[tuple[str, str]]:
    yield gettext("Open the console"), f"{origin_of_tenant(ADMIN_TENANT)}{CONSOLE_PREFIX}/"
    if settings.DEVELOPMENT_MAILBOX:
        yield gettext("Open the development mailbox"), reverse("development-mailbox")


@hosted_page(guarded=False)
def account_suspended(page: Page) -> HttpResponse:
    """`/account-suspended`: the account exists and may not be used."""
    link = page.url(first_page(page, Event.SIGN_IN)) if page.pending else ""
    return page.render(
        "message",
        {
            "title": gettext("Your account is suspended"),
            "message": gettext("It cannot be used at the moment. Ask the people who run this service for help."),
            "link": link,
            "label": gettext("Use another account"),
        },
    )


@hosted_page(guarded=False)
def sign_in_restricted(page: Page) -> HttpResponse:
    """`/sign-in-restricted`: the tenant lets nobody sign in with this address, or from this place."""
    reason = page.request.GET.get("reason", "")
    link = page.url(first_page(page, Event.SIGN_IN)) if page.pending else ""
    return page.render(
        "message",
        {
            "title": gettext("You cannot sign in"),
            "message": gettext(_RESTRICTIONS[Reason(reason) if reason in _RESTRICTIONS else Reason.EMAIL]),
            "link": link,
            "label": gettext("Back to sign-in"),
        },
    )
