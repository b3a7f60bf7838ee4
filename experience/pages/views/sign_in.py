"""Signing in: who one is, and the password if one is asked for."""

from django.http import HttpResponse
from django.utils.translation import gettext

from experience.models import Interaction
from experience.pages.forms import IdentifierForm, PageForm, PasswordForm, add_password
from experience.pages.identifier_input import kinds_asked, shown_identifier
from experience.pages.memory import recall, remember
from experience.pages.outcomes import attempt, first_page, leave, restart
from experience.pages.page import Page, hosted_page
from experience.pages.step import (
    Action,
    Link,
    ask_agreement,
    browser_region,
    identity_line,
    render_step,
)
from experience.records import Identifier
from experience.services.identification import identify
from experience.services.interaction import new_interaction, start_interaction
from experience.services.steps import steps_together
from experience.services.submission import submit
from experience.services.verification import check_password, keep_proof, send_code
from experience.sign_in_settings import SignInMethod

Event = Interaction.Event


@hosted_page(is_first=True)
def sign_in(page: Page) -> HttpResponse:
    """`/sign-in`: the identifier, with the password next to it where every method has one and no code."""
    if not page.settings.allows_sign_in:
        return page.redirect("register")
    return _identifier_page(page, page.settings.sign_in_methods, with_register=True)


@hosted_page(is_first=True)
def identifier_sign_in(page: Page) -> HttpResponse:
    """`/identifier-sign-in`: the same, for the kinds of identifier that the application asked for."""
    if not page.settings.allows_sign_in:
        return page.redirect("register")
    asked = kinds_asked(page.parameter("identifier"), [method.identifier for method in page.settings.sign_in_methods])
    methods = tuple(method for method in page.settings.sign_in_methods if method.identifier in asked)
    return _identifier_page(page, methods, with_register=False)


def _identifier_page(page: Page, methods: tuple[SignInMethod, ...], *, with_register: bool) -> HttpResponse:
    title = gettext("Sign in")
    links = []
    with_password = all(method.password and not method.verification_code for method in methods)
    if with_password and can_reset_password(page):
        links.append(Link(gettext("Forgot your password?"), page.url("forgot-password")))
    if with_register and page.settings.allows_register:
        links.append(Link(gettext("Create account"), page.url("register"), question=gettext("No account yet?")))
    if not methods:
        return render_step(page, title=title, form=None, lead=gettext("Nobody can sign in here yet."), links=links)
    form = IdentifierForm(
        page.request.POST if page.is_post else None,
        kinds=kinds_asked("", [method.identifier for method in methods]),
        region=browser_region(page),
        autocomplete="username",
        initial={"identifier": page.parameter("login_hint")},
    )
    if with_password:
        add_password(form)
    ask_agreement(page, form, registers=False)
    if page.is_post and form.is_valid():

        def begin() -> HttpResponse:
            if with_password:
                return _sign_in_with_password(page, None, form.identifier, form.cleaned_data["password"])
            interaction = start_interaction(page.authorization_request, event=Event.SIGN_IN)
            method = next(method for method in methods if method.identifier == form.identifier.kind)
            if method.password and (method.is_password_primary or not method.verification_code):
                remember(interaction, form.identifier)
                return page.redirect("sign-in-password")
            return _send_code(page, interaction, form.identifier)

        if response := attempt(page, form, begin):
            return response
    return render_step(
        page, title=title, form=form, submit=title if with_password else gettext("Continue"), links=links
    )


@hosted_page()
def sign_in_password(page: Page) -> HttpResponse:
    """`/sign-in/password`: the password of the identifier given before."""
    interaction, memory = page.interaction, recall(page.interaction)
    if interaction is None or memory is None or interaction.event != Event.SIGN_IN:
        return restart(page)
    identifier = memory.identifier
    method = page.settings.find_method(identifier.kind)
    with_code = method is not None and method.verification_code
    form: PageForm = PasswordForm(page.request.POST if page.is_post and not page.action else None)
    if page.is_post and page.action == "code" and with_code:
        form = PasswordForm({})
        form.full_clean()
        form.errors.clear()
        if response := attempt(page, form, lambda: _send_code(page, interaction, identifier)):
            return response
    elif page.is_post and form.is_valid():
        password = form.cleaned_data["password"]
        if response := attempt(page, form, lambda: _sign_in_with_password(page, interaction, identifier, password)):
            return response
    links = []
    if can_reset_password(page):
        links.append(Link(gettext("Forgot your password?"), page.url("forgot-password")))
    return render_step(
        page,
        title=gettext("Enter your password"),
        form=form,
        submit=gettext("Sign in"),
        lead=identity_line(identifier, page.url(first_page(page, Event.SIGN_IN))),
        account=shown_identifier(identifier),
        links=links,
        actions=[Action("code", gettext("Sign in with a verification code instead"))] if with_code else [],
    )


def can_reset_password(page: Page) -> bool:
    """Whether there is a way to reset a forgotten password."""
    return any(page.public_settings["forgotPassword"].values())


def _sign_in_with_password(
    page: Page, interaction: Interaction | None, identifier: Identifier, password: str
) -> HttpResponse:
    """Sign in at once; the journey begins with it, where none is under way."""
    asked = page.authorization_request
    proof = check_password(
        interaction or new_interaction(asked, event=Event.SIGN_IN), identifier=identifier, password=password
    )
    with steps_together():
        interaction = interaction or start_interaction(asked, event=Event.SIGN_IN)
        keep_proof(interaction, proof)
        identify(interaction, verification_id=proof.id)
        redirect_to = submit(interaction)
    return leave(page, redirect_to)


def _send_code(page: Page, interaction: Interaction, identifier: Identifier) -> HttpResponse:
    verification_id = send_code(interaction, identifier=identifier, event=Event.SIGN_IN)
    remember(interaction, identifier, verification_id=verification_id)
    return page.redirect("verification-code", "sign-in")
