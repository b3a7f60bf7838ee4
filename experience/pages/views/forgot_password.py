"""Resetting a forgotten password: prove the address, then choose another password."""

from django.http import HttpResponse
from django.utils.translation import gettext

from experience.models import Interaction
from experience.pages.captcha import captcha_token, captcha_widget
from experience.pages.first_pages import first_page, restart
from experience.pages.forms import IdentifierForm, NewPasswordForm
from experience.pages.identifier_input import kinds_asked, shown_identifier
from experience.pages.memory import recall, remember
from experience.pages.outcomes import attempt, finish
from experience.pages.page import Page, hosted_page
from experience.pages.step import Link, browser_region, render_step
from experience.services.interaction import start_interaction
from experience.services.profile import set_new_password
from experience.services.verification import send_code

Event = Interaction.Event


@hosted_page()
def forgot_password(page: Page) -> HttpResponse:
    """`/forgot-password` and, as a first screen, `/reset-password`: the address of the account."""
    title = gettext("Reset your password")
    back = Link(gettext("Back to sign-in"), page.url(first_page(page, Event.SIGN_IN)))
    ways = [kind for kind, enabled in page.public_settings["forgotPassword"].items() if enabled]
    kinds = kinds_asked(page.parameter("identifier"), ways)
    if not kinds:
        lead = gettext("Passwords cannot be reset here. Ask for help.")
        return render_step(page, title=title, form=None, lead=lead, links=[back])
    memory = recall(page.interaction)
    known = memory.identifier if memory and memory.identifier.kind in kinds else None
    hint = shown_identifier(known) if known else page.parameter("login_hint")
    form = IdentifierForm(
        page.request.POST if page.is_post else None,
        kinds=kinds,
        region=browser_region(page),
        initial={"identifier": hint},
    )
    if page.is_post and form.is_valid():

        def begin() -> HttpResponse:
            token = captcha_token(page)
            interaction = start_interaction(
                page.authorization_request, event=Event.FORGOT_PASSWORD, captcha_token=token
            )
            verification_id = send_code(interaction, identifier=form.identifier, event=Event.FORGOT_PASSWORD)
            remember(interaction, form.identifier, verification_id=verification_id)
            return page.redirect("verification-code", "forgot-password")

        if response := attempt(page, form, begin):
            return response
    lead = gettext("Tell us who you are and we send you a code.")
    return render_step(
        page,
        title=title,
        form=form,
        lead=lead,
        submit=gettext("Send code"),
        links=[back],
        captcha=captcha_widget(page),
    )


@hosted_page()
def reset_password(page: Page) -> HttpResponse:
    """`/forgot-password/reset`: the new password, once the address is proved."""
    interaction, memory = page.interaction, recall(page.interaction)
    if interaction is None or interaction.event != Event.FORGOT_PASSWORD or interaction.user_id is None:
        return restart(page)
    form = NewPasswordForm(page.request.POST if page.is_post else None, policy=page.settings.password_policy)
    if page.is_post and form.is_valid():

        def save() -> HttpResponse:
            set_new_password(interaction, password=form.cleaned_data["password"])
            return finish(page, interaction)

        if response := attempt(page, form, save):
            return response
    return render_step(
        page,
        title=gettext("Choose a new password"),
        form=form,
        submit=gettext("Save password"),
        account=shown_identifier(memory.identifier) if memory else "",
    )
