"""Pages that only say something, and addresses that lead to the sign-in page."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from common.pipeline import CONSOLE_PREFIX
from experience.models import Interaction
from experience.pages.outcomes import first_page
from experience.pages.page import Page, hosted_page
from tenants.hosts import ADMIN_TENANT, origin_of_tenant

Event = Interaction.Event


@hosted_page(guarded=False)
def unknown_session(page: Page) -> HttpResponse:
    """`/unknown-session`: no sign-in is under way here."""
    return page.render(
        "message",
        {
            "title": gettext("This session has ended"),
            "message": gettext("It has expired, or was finished elsewhere. Go back to the app and sign in again."),
            "links": _first_looks() if settings.DEVELOPMENT_MAILBOX else (),
        },
    )


def _first_looks() -> list[tuple[str, str]]:
    """Where to go from a development installation's bare address."""
    return [
        (gettext("Open the console"), f"{origin_of_tenant(ADMIN_TENANT)}{CONSOLE_PREFIX}/"),
        (gettext("Open the development mailbox"), reverse("development-mailbox")),
    ]


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


@hosted_page()
def to_sign_in(page: Page) -> HttpResponse:
    """`/` and `/single-sign-on`: on to the first page of the sign-in under way."""
    return page.redirect("sign-in")
