"""Sending the browser to a provider, and to its own enterprise's by an email address."""

from collections.abc import Callable, Sequence

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from common.errors import AppError
from common.ids import new_secret
from experience.models import Interaction
from experience.pages.first_pages import first_event
from experience.pages.forms import IdentifierForm, PageForm
from experience.pages.memory import remember_agreement, remember_choice
from experience.pages.page import SEE_OTHER, Page
from experience.pages.provider_buttons import ProviderButtons, pressed_button
from experience.pages.provider_problems import refuse
from experience.services.enterprise_sso import list_connector_ids_of_email, start_sso_sign_in
from experience.services.interaction import start_interaction
from experience.services.provider_returns import Started, origin_of_request
from experience.services.social import start_social_sign_in

# Between the id of the request, by which the browser's return finds it, and what nobody can guess.
_SEPARATOR = "."


def request_of_state(state: str) -> str:
    """Return the id of the authorization request that a state was made for; empty if it is none of ours."""
    request_id, separator, _ = state.partition(_SEPARATOR)
    return request_id if separator else ""


def start_social(page: Page, connector_id: str, *, agreed: bool = False) -> HttpResponse:
    """Begin a journey and go to a social provider; what fails is told on the first page.

    `agreed`: the user has accepted the terms on this page.
    """
    return _start(page, _begin(page, agreed=agreed), connector_id, start_social_sign_in)


def start_pressed(page: Page, form: PageForm, buttons: ProviderButtons | None) -> HttpResponse | None:
    """Go where the button leads that has sent the form of a first page; `None` if it was none, or the terms count."""
    pressed = pressed_button(page)
    if buttons is None or pressed not in [button.id for button in (*buttons.first, *buttons.more)]:
        return None
    return start_social(page, pressed, agreed="agreed" in form.fields) if form.accepts_terms() else None


def start_sso_of_form(page: Page, form: IdentifierForm) -> HttpResponse | None:
    """Go to the enterprise of the address that was entered, whatever the password; `None` if it is of none."""
    identifier = form.cleaned_data.get("identifier") if form.errors.keys() <= {"password"} else None
    if identifier is None or identifier.kind != "email":
        return None
    return start_sso_of_email(page, identifier.value, agreed="agreed" in form.fields)


def start_sso(page: Page, connector_ids: Sequence[str], *, email: str = "", agreed: bool = False) -> HttpResponse:
    """Begin a journey and go to the enterprise's identity provider, or choose first if there are several."""
    interaction = _begin(page, agreed=agreed)
    if len(connector_ids) > 1:
        remember_choice(interaction, connector_ids, email=email)
        return page.redirect("single-sign-on-connectors")
    return continue_to_sso(page, interaction, connector_ids[0], email=email)


def continue_to_sso(page: Page, interaction: Interaction, connector_id: str, *, email: str) -> HttpResponse:
    """Go to an enterprise's identity provider in the journey under way; it may fill the address in."""

    def start(interaction: Interaction, *, connector_id: str, state: str, redirect_uri: str) -> Started:
        return start_sso_sign_in(
            interaction, connector_id=connector_id, state=state, redirect_uri=redirect_uri, login_hint=email
        )

    return _start(page, interaction, connector_id, start)


def start_sso_of_email(page: Page, email: str, *, agreed: bool = False) -> HttpResponse | None:
    """Go to where the users of an address sign in; `None` if it is of no enterprise."""
    connector_ids = list_connector_ids_of_email(email)
    return start_sso(page, connector_ids, email=email, agreed=agreed) if connector_ids else None


def _begin(page: Page, *, agreed: bool) -> Interaction:
    interaction = start_interaction(page.authorization_request, event=first_event(page))
    if agreed:
        remember_agreement(interaction)
    return interaction


def _start(page: Page, interaction: Interaction, connector_id: str, start: Callable[..., Started]) -> HttpResponse:
    state = f"{interaction.request_id}{_SEPARATOR}{new_secret()}"
    address = f"{origin_of_request(interaction)}{reverse('pages:callback', args=[connector_id])}"
    try:
        started = start(interaction, connector_id=connector_id, state=state, redirect_uri=address)
    except AppError as error:
        return refuse(page, error)
    return _forward(page, started.url)


def _forward(page: Page, url: str) -> HttpResponse:
    """Leave for another site; after a form post by a page that goes on by itself, as `first_pages.leave` does."""
    if not page.is_post:
        return HttpResponseRedirect(url, status=SEE_OTHER)
    return page.render("complete", {"redirect_to": url, "title": gettext("One moment …")})
