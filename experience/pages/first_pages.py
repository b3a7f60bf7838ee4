"""The page on which a journey begins, and the way back to it."""

from django.http import HttpResponse

from experience.models import Interaction
from experience.pages.page import Page

Event = Interaction.Event

# By the application's `first_screen`.
_FIRST_PAGES = {
    Event.SIGN_IN: {"identifier:sign_in": "identifier-sign-in"},
    Event.REGISTER: {"identifier:register": "identifier-register"},
    Event.FORGOT_PASSWORD: {"reset_password": "reset-password"},
}
_DEFAULT_PAGES = {Event.SIGN_IN: "sign-in", Event.REGISTER: "register", Event.FORGOT_PASSWORD: "forgot-password"}


def first_page(page: Page, event: str) -> str:
    """Return the name of the page on which a journey of this event begins."""
    key = Event(event)
    return _FIRST_PAGES[key].get(page.parameter("first_screen"), _DEFAULT_PAGES[key])


def first_event(page: Page) -> Interaction.Event:
    """Return the event of a journey that begins without a word about it: to sign in, if the tenant lets users."""
    return Event.SIGN_IN if page.settings.allows_sign_in else Event.REGISTER


def restart(page: Page, *, notice: str = "") -> HttpResponse:
    """Go back to where the journey under way, or any, began."""
    event = page.interaction.event if page.interaction else first_event(page)
    query = {"notice": notice} if notice else {}
    return page.redirect(first_page(page, event), **query)
