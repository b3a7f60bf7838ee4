"""The page on which a journey begins, the way back to it, and the way on from its end."""

from datetime import datetime

from django.http import HttpResponse

from experience.models import Interaction
from experience.pages.page import Page
from experience.selectors import find_interaction
from experience.services.steps import FINISHED, PASSWORD_EXPIRES

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


def leave(page: Page, redirect_to: str | None) -> HttpResponse:
    """Go on from a journey that has ended, to where `submit` says.

    The answer is a page that goes on to the application by itself: browsers hold the targets of redirects after a form
    post to the policy's `form-action` (CSP 3), and an application may redirect anywhere.
    """
    if redirect_to is None:
        return page.redirect(first_page(page, Event.SIGN_IN), notice="password-changed")
    if expiry := _find_expiry(page):
        return page.render("password_expires", {"redirect_to": redirect_to, "expiry": expiry})
    return page.render("complete", {"redirect_to": redirect_to})


def _find_expiry(page: Page) -> datetime | None:
    """Return when the password expires that has just been given, if its user is to be told.

    One statement, where passwords expire.
    """
    if page.settings.password_expiration.valid_for is None:
        return None
    finished = find_interaction(page.authorization_request, finished=True)
    stored = finished.context.get(PASSWORD_EXPIRES) if finished else None
    return datetime.fromisoformat(stored) if stored else None


def restart(page: Page, *, notice: str = "") -> HttpResponse:
    """Go back to where the journey under way, or any, began.

    A form of a journey that has been finished meanwhile, as by a double click, leads on instead.
    """
    journey = find_interaction(page.authorization_request, finished=True) if page.is_post else None
    if journey and FINISHED in journey.context:
        return leave(page, journey.context[FINISHED])
    event = page.interaction.event if page.interaction else first_event(page)
    query = {"notice": notice} if notice else {}
    return page.redirect(first_page(page, event), **query)
