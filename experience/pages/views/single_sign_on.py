"""`/single-sign-on…`: to the user's enterprise, by their email address."""

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext

from common.email_addresses import is_valid_email
from connectors.enterprise.selectors import find_sso_connection
from experience.models import Interaction
from experience.pages.first_pages import restart
from experience.pages.forms import IdentifierForm, PageForm
from experience.pages.memory import recall_choice
from experience.pages.page import Page, hosted_page
from experience.pages.provider_buttons import pressed_button, sso_buttons
from experience.pages.provider_start import continue_to_sso, start_sso_of_email
from experience.pages.step import Link, identity_line, render_step
from experience.records import Identifier

Event = Interaction.Event


@hosted_page(is_first=True)
def single_sign_on(page: Page) -> HttpResponse:
    """`/single-sign-on`: the enterprise of the address that the application knows, else the question for one."""
    hint = page.parameter("login_hint")
    if page.settings.is_sso_enabled and is_valid_email(hint) and (response := start_sso_of_email(page, hint)):
        return response
    return page.redirect("single-sign-on-email")


@hosted_page()
def email(page: Page) -> HttpResponse:
    """`/single-sign-on/email`: the address by which the enterprise is found."""
    if not page.settings.is_sso_enabled:
        return page.redirect("sign-in")
    form = IdentifierForm(
        page.request.POST if page.is_post else None,
        kinds=("email",),
        region=None,
        initial={"identifier": page.parameter("login_hint")},
    )
    if page.is_post and form.is_valid():
        if response := start_sso_of_email(page, form.identifier.value):
            return response
        sentence = gettext("Single sign-on is not set up for this address.")
        form.add_error("identifier", forms.ValidationError(sentence, code="single_sign_on.no_connector"))
    return render_step(
        page,
        title=gettext("Single sign-on"),
        form=form,
        lead=gettext("Enter your work email address to sign in with your organization."),
        links=[Link(gettext("Sign in another way"), page.url("sign-in"))],
    )


@hosted_page()
def connectors(page: Page) -> HttpResponse:
    """`/single-sign-on/connectors`: which of the address's enterprises."""
    interaction, choice = page.interaction, recall_choice(page.interaction)
    if interaction is None or choice is None or not page.settings.is_sso_enabled:
        return restart(page)
    found = [each for connector_id in choice.connector_ids if (each := find_sso_connection(connector_id))]
    chosen = pressed_button(page)
    if chosen and chosen in [connection.id for connection in found]:
        return continue_to_sso(page, interaction, chosen, email=choice.email)
    back = page.url("single-sign-on-email")
    return render_step(
        page,
        title=gettext("Choose your organization"),
        form=PageForm.empty(),
        submit=None,
        lead=identity_line(Identifier("email", choice.email), back) if choice.email else "",
        providers=sso_buttons(page, found),
        links=[Link(gettext("Sign in another way"), page.url("sign-in"))],
    )
