"""Pages that only say something, and addresses that lead to the sign-in page."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from common.pipeline import CONSOLE_PREFIX
from experience.models import Interaction
from experience.pages.first_pages import first_page
from experience.pages.page import Page, hosted_page, no_session
from tenants.context import current_tenant_id
from tenants.hosts import ADMIN_TENANT, DEFAULT_TENANT, origin_of_tenant
from tenants.models import Tenant

Event = Interaction.Event


@hosted_page(guarded=False)
def unknown_session(page: Page) -> HttpResponse:
    """`/unknown-session`: no sign-in is under way here."""
    return page.render(
        "message",
        {
            "title": gettext("This session has ended"),
            "message": gettext("It has expired, or was finished elsewhere. Go back to the app and sign in again."),
        },
    )


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
