"""Entering the code of a message, in every journey."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext

from common.errors import AppError
from experience.models import Interaction
from experience.pages.first_pages import first_page, leave, restart
from experience.pages.forms import CodeForm, PageForm
from experience.pages.identifier_input import shown_identifier
from experience.pages.memory import Memory, recall, remember
from experience.pages.outcomes import attempt, finish
from experience.pages.page import SEE_OTHER, Page, hosted_page
from experience.pages.step import Action, Link, ask_agreement, render_step
from experience.services.identification import identify
from experience.services.interaction import change_event
from experience.services.profile import add_identifier
from experience.services.steps import steps_together
from experience.services.submission import conclude
from experience.services.verification import Proof, check_code, keep_proof, send_code

Event = Interaction.Event

# What comes first in the address -> the journeys to which the page belongs.
_EVENTS = {
    "sign-in": {Event.SIGN_IN},
    "register": {Event.REGISTER},
    "forgot-password": {Event.FORGOT_PASSWORD},
    "continue": {Event.SIGN_IN, Event.REGISTER},
}


@hosted_page()
def verification_code(page: Page, flow: str) -> HttpResponse:
    """`/<flow>/verification-code`: the code, another code, or the offer that a right code has led to."""
    interaction, memory = page.interaction, recall(page.interaction)
    if interaction is None or memory is None or not memory.verification_id or interaction.event not in _EVENTS[flow]:
        return restart(page)
    if memory.offer:
        return _offer(page, interaction, memory)
    form = CodeForm(page.request.POST if page.is_post and not page.action else None)
    if page.is_post and page.action == "resend":
        form = CodeForm.empty()
        if response := attempt(page, form, lambda: _resend(page, interaction, memory, flow)):
            return response
    elif page.is_post and form.is_valid():
        code = form.cleaned_data["code"]
        if response := attempt(page, form, lambda: _verify(page, interaction, memory, flow, code)):
            return response
    return _code_page(page, interaction, memory, flow, form)


def _code_page(page: Page, interaction: Interaction, memory: Memory, flow: str, form: PageForm) -> HttpResponse:
    identifier = memory.identifier
    if flow == "continue":
        back = page.url("continue", identifier.kind)
    else:
        back = page.url(first_page(page, interaction.event))
    method = page.settings.find_method(identifier.kind)
    links = []
    if flow == "sign-in" and method is not None and method.password:
        links.append(Link(gettext("Sign in with your password instead"), page.url("sign-in-password")))
    if flow == "sign-in" and page.settings.passkey_sign_in.enabled:
        links.append(Link(gettext("Sign in with a passkey"), page.url("sign-in-passkey")))
    sentence = (
        gettext("If there is an account for {identity}, we have sent a code to it.")
        if flow == "forgot-password"
        else gettext("We sent a code to {identity}.")
    )
    identity = format_html("<strong><bdi>{}</bdi></strong>", shown_identifier(identifier))
    lead = format_html('{} <a href="{}">{}</a>', format_html(sentence, identity=identity), back, gettext("Change"))
    return render_step(
        page,
        title=gettext("Check your phone") if identifier.kind == "phone" else gettext("Check your email"),
        form=form,
        lead=lead,
        links=links,
        actions=[Action("resend", gettext("Send a new code"), wait=memory.seconds_to_resend)],
    )


def _resend(page: Page, interaction: Interaction, memory: Memory, flow: str) -> HttpResponse:
    verification_id = send_code(interaction, identifier=memory.identifier, event=interaction.event)
    remember(interaction, memory.identifier, verification_id=verification_id)
    return page.redirect("verification-code", flow, notice="code-sent")


def _verify(page: Page, interaction: Interaction, memory: Memory, flow: str, code: str) -> HttpResponse:
    kind = memory.identifier.kind
    proof = check_code(interaction, identifier=memory.identifier, verification_id=memory.verification_id, code=code)
    if flow == "continue":
        return _add_to_profile(page, interaction, kind, proof)
    with steps_together():
        keep_proof(interaction, proof)
        try:
            identify(interaction, verification_id=proof.id)
        except AppError as error:
            offer = _find_offer(page, interaction.event, kind, error.code)
            if not offer:
                raise
            remember(interaction, memory.identifier, verification_id=proof.id, offer=offer)
            return HttpResponseRedirect(page.url("verification-code", flow), status=SEE_OTHER)
        redirect_to = conclude(interaction)
    return leave(page, redirect_to)


def _add_to_profile(page: Page, interaction: Interaction, kind: str, proof: Proof) -> HttpResponse:
    try:
        with steps_together():
            keep_proof(interaction, proof)
            # No code is sent to a username.
            add_identifier(interaction, kind=kind, verification_id=proof.id)  # type: ignore[arg-type]
            redirect_to = conclude(interaction)
    except AppError as error:
        if error.code != f"user.{kind}_already_in_use":
            raise
        # Its code is used up: another address is asked for, or to sign in where this one belongs.
        return page.redirect("continue", kind, notice=error.code)
    return leave(page, redirect_to)


def _find_offer(page: Page, event: str, kind: str, code: str) -> str:
    """Return the event that suits a proven address better: nobody's signs up, somebody's signs in."""
    settings = page.settings
    if event == Event.SIGN_IN and code == "user.user_not_exist":
        return Event.REGISTER if settings.allows_register and kind in settings.sign_up.identifiers else ""
    if event == Event.REGISTER and code == f"user.{kind}_already_in_use":
        method = settings.find_method(kind)
        return Event.SIGN_IN if settings.allows_sign_in and method and method.verification_code else ""
    return ""


def _offer(page: Page, interaction: Interaction, memory: Memory) -> HttpResponse:
    registers = memory.offer == Event.REGISTER
    form = PageForm(page.request.POST if page.is_post else None)
    if registers:
        ask_agreement(page, form, registers=True)
    if page.is_post and form.is_valid():

        def accept() -> HttpResponse:
            change_event(interaction, event=memory.offer)
            identify(interaction, verification_id=memory.verification_id)
            return finish(page, interaction)

        if response := attempt(page, form, accept):
            return response
    if registers:
        title, submit = gettext("Create your account"), gettext("Create account")
        sentence = gettext("There is no account for {identity} yet. Do you want to create one?")
    else:
        title, submit = gettext("You have an account"), gettext("Sign in")
        sentence = gettext("There is an account for {identity} already. Do you want to sign in?")
    identity = format_html("<strong><bdi>{}</bdi></strong>", shown_identifier(memory.identifier))
    back = page.url(first_page(page, interaction.event))
    return render_step(
        page,
        title=title,
        form=form,
        submit=submit,
        lead=format_html(sentence, identity=identity),
        links=[Link(gettext("Use another one"), back)],
    )
