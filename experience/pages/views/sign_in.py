"""Signing in: who one is, the password if one is asked for, and the other ways."""

from collections.abc import Sequence
from functools import partial

from django.http import HttpResponse
from django.utils.translation import gettext

from common.errors import AppError
from experience.models import Interaction
from experience.pages.captcha import captcha_token, captcha_widget
from experience.pages.entering import sign_in_with
from experience.pages.first_pages import first_page, restart
from experience.pages.forms import IdentifierForm, PageForm, PasswordForm, add_password
from experience.pages.identifier_input import kinds_asked, shown_identifier
from experience.pages.memory import recall, remember, remember_agreement
from experience.pages.one_tap import OneTapOffer, one_tap_offer
from experience.pages.outcomes import attempt, finish, page_after
from experience.pages.page import Page, hosted_page
from experience.pages.passkey_offer import PasskeyOffer, passkey_offer
from experience.pages.provider_buttons import ProviderButtons, pressed_button, social_buttons
from experience.pages.provider_start import start_pressed, start_sso_of_form
from experience.pages.step import (
    Action,
    Link,
    Way,
    ask_agreement,
    browser_region,
    identity_line,
    render_step,
)
from experience.pages.ways import destination, name_of, use_of
from experience.public_connectors import has_offered_enterprise
from experience.records import Identifier
from experience.services.interaction import start_interaction
from experience.services.step_up import start_step_up
from experience.services.steps import STRENGTHENS
from experience.services.verification import check_password, send_code
from experience.sign_in_settings import SignInMethod
from identity.factor_types import FactorType
from oidc.authorization.assurance import REASON

Event = Interaction.Event


@hosted_page(is_first=True)
def sign_in(page: Page) -> HttpResponse:
    """`/sign-in`: the identifier, with the password next to it where every method has one and no code."""
    if response := _step_up(page):
        return response
    if not page.settings.allows_sign_in:
        return page.redirect("register")
    return _identifier_page(page, page.settings.sign_in_methods, with_register=True)


@hosted_page(is_first=True)
def identifier_sign_in(page: Page) -> HttpResponse:
    """`/identifier-sign-in`: the same, for the kinds of identifier that the application asked for."""
    if response := _step_up(page):
        return response
    if not page.settings.allows_sign_in:
        return page.redirect("register")
    asked = kinds_asked(page.parameter("identifier"), [method.identifier for method in page.settings.sign_in_methods])
    methods = tuple(method for method in page.settings.sign_in_methods if method.identifier in asked)
    return _identifier_page(page, methods, with_register=False)


def _step_up(page: Page) -> HttpResponse | None:
    """Ask who is signed in for a second factor alone, if that is all the application's request lacks."""
    if page.is_post or list(page.authorization_request.reasons) != [REASON]:
        return None
    interaction = page.interaction or start_step_up(page.authorization_request)
    if interaction is None or STRENGTHENS not in interaction.context:
        return None
    try:
        return finish(page, interaction)
    except AppError as error:
        # Without the session that it began with, the journey is a whole sign-in.
        return None if error.code == "session.identifier_not_found" else page_after(page, error)


def _identifier_page(page: Page, methods: tuple[SignInMethod, ...], *, with_register: bool) -> HttpResponse:
    title, passkey = gettext("Sign in"), passkey_offer(page)
    links = []
    with_password = all(method.password and not method.verification_code for method in methods)
    if with_password and can_reset_password(page):
        links.append(Link(gettext("Forgot your password?"), page.url("forgot-password")))
    if with_register and page.settings.allows_register:
        links.append(Link(gettext("Create account"), page.url("register"), question=gettext("No account yet?")))
    if has_offered_enterprise(page.settings):
        links.append(Link(gettext("Single sign-on"), page.url("single-sign-on-email")))
    providers = social_buttons(page) if with_register else None
    one_tap = one_tap_offer(page) if providers else None
    if not methods:
        return _page_without_methods(
            page, title=title, links=links, passkey=passkey, providers=providers, one_tap=one_tap
        )
    form = IdentifierForm(
        page.request.POST if page.is_post else None,
        kinds=kinds_asked("", [method.identifier for method in methods]),
        region=browser_region(page),
        autocomplete="username webauthn" if passkey and passkey.autofills else "username",
        initial={"identifier": page.parameter("login_hint")},
    )
    if with_password:
        add_password(form)
    ask_agreement(page, form, registers=False)
    if response := start_pressed(page, form, providers):
        return response
    if page.is_post and not pressed_button(page):
        is_valid = form.is_valid()
        if response := start_sso_of_form(page, form):
            return response

        def begin() -> HttpResponse:
            token = captcha_token(page)
            if with_password:
                check = partial(check_password, identifier=form.identifier, password=form.cleaned_data["password"])
                return sign_in_with(page, None, check, captcha_token=token)
            interaction = start_interaction(page.authorization_request, event=Event.SIGN_IN, captcha_token=token)
            if "agreed" in form.fields:
                remember_agreement(interaction)
            method = next(method for method in methods if method.identifier == form.identifier.kind)
            if method.password and (method.is_password_primary or not method.verification_code):
                remember(interaction, form.identifier)
                return page.redirect("sign-in-password")
            return _send_code(page, interaction, form.identifier)

        if is_valid and (response := attempt(page, form, begin)):
            return response
    return render_step(
        page,
        title=title,
        form=form,
        submit=title if with_password else gettext("Continue"),
        links=links,
        passkey=passkey,
        providers=providers,
        one_tap=one_tap,
        captcha=captcha_widget(page),
    )


def _page_without_methods(
    page: Page,
    *,
    title: str,
    links: Sequence[Link],
    passkey: PasskeyOffer | None,
    providers: ProviderButtons | None,
    one_tap: OneTapOffer | None,
) -> HttpResponse:
    """Draw the page of a tenant whose users sign in with a provider's account, or a passkey, alone."""
    form = PageForm(page.request.POST if page.is_post else None)
    ask_agreement(page, form, registers=False)
    if response := start_pressed(page, form, providers):
        return response
    lead = "" if passkey or providers else gettext("Nobody can sign in here yet.")
    return render_step(
        page,
        title=title,
        form=form if providers else None,
        submit=None,
        lead=lead,
        links=links,
        passkey=passkey,
        providers=providers,
        one_tap=one_tap,
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
        form = PasswordForm.empty()
        if response := attempt(page, form, lambda: _send_code(page, interaction, identifier)):
            return response
    elif page.is_post and form.is_valid():
        check = partial(check_password, identifier=identifier, password=form.cleaned_data["password"])
        if response := attempt(page, form, lambda: sign_in_with(page, interaction, check)):
            return response
    links = []
    if can_reset_password(page):
        links.append(Link(gettext("Forgot your password?"), page.url("forgot-password")))
    if page.settings.passkey_sign_in.enabled:
        links.append(Link(gettext("Sign in with a passkey"), page.url("sign-in-passkey")))
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


@hosted_page()
def verification_methods(page: Page) -> HttpResponse:
    """`/sign-in/verification-methods`: the ways to sign in with the identifier given before."""
    interaction, memory = page.interaction, recall(page.interaction)
    if interaction is None or memory is None or interaction.event != Event.SIGN_IN:
        return restart(page)
    identifier = memory.identifier
    method = page.settings.find_method(identifier.kind)
    form = PageForm.empty()
    asks_for_code = page.is_post and page.request.POST.get("way") == "code" and method and method.verification_code
    if asks_for_code and (response := attempt(page, form, lambda: _send_code(page, interaction, identifier))):
        return response
    ways = []
    if page.settings.passkey_sign_in.enabled:
        passkey = FactorType.WEBAUTHN
        ways.append(Way(name_of(passkey), use_of(passkey), page.url("sign-in-passkey")))
    if method and method.password:
        ways.append(Way(gettext("Password"), gettext("Enter your password"), page.url("sign-in-password")))
    if method and method.verification_code:
        ways.append(Way(gettext("Verification code"), destination(shown_identifier(identifier)), value="code"))
    return render_step(
        page,
        title=gettext("Sign in another way"),
        form=form,
        lead=identity_line(identifier, page.url(first_page(page, Event.SIGN_IN))),
        ways=ways,
        template="ways",
    )


def can_reset_password(page: Page) -> bool:
    """Whether there is a way to reset a forgotten password."""
    return any(page.public_settings["forgotPassword"].values())


def _send_code(page: Page, interaction: Interaction, identifier: Identifier) -> HttpResponse:
    verification_id = send_code(interaction, identifier=identifier, event=Event.SIGN_IN)
    remember(interaction, identifier, verification_id=verification_id)
    return page.redirect("verification-code", "sign-in")
