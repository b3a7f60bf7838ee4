"""Creating an account: the first identifier, and whatever else signing up asks for."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import gettext

from experience.models import Interaction
from experience.pages.captcha import captcha_token, captcha_widget
from experience.pages.forms import IdentifierForm, PageForm
from experience.pages.identifier_input import kinds_asked
from experience.pages.memory import remember
from experience.pages.one_tap import OneTapOffer, one_tap_offer
from experience.pages.outcomes import attempt, finish
from experience.pages.page import Page, hosted_page
from experience.pages.provider_buttons import ProviderButtons, pressed_button, social_buttons
from experience.pages.provider_start import start_pressed, start_sso_of_form
from experience.pages.step import (
    Link,
    agreement_by_going_on,
    ask_agreement,
    browser_region,
    render_step,
)
from experience.records import IdentifierKind
from experience.services.interaction import start_interaction
from experience.services.profile import set_username
from experience.services.verification import send_code

Event = Interaction.Event


@hosted_page(is_first=True)
def register(page: Page) -> HttpResponse:
    """`/register`: the identifier of the account to be."""
    if not page.settings.allows_register:
        return page.redirect("sign-in")
    return _identifier_page(page, kinds_asked("", page.settings.sign_up.identifiers), with_sign_in=True)


@hosted_page(is_first=True)
def identifier_register(page: Page) -> HttpResponse:
    """`/identifier-register`: the same, for the kinds of identifier that the application asked for."""
    if not page.settings.allows_register:
        return page.redirect("sign-in")
    kinds = kinds_asked(page.parameter("identifier"), page.settings.sign_up.identifiers)
    return _identifier_page(page, kinds, with_sign_in=False)


def _identifier_page(page: Page, kinds: Sequence[IdentifierKind], *, with_sign_in: bool) -> HttpResponse:
    title = gettext("Create your account")
    links = []
    if with_sign_in and page.settings.allows_sign_in:
        links.append(Link(gettext("Sign in"), page.url("sign-in"), question=gettext("Already have an account?")))
    providers = social_buttons(page) if with_sign_in else None
    one_tap = one_tap_offer(page) if providers else None
    if not kinds:
        return _page_without_identifiers(page, title=title, links=links, providers=providers, one_tap=one_tap)
    form = IdentifierForm(
        page.request.POST if page.is_post else None,
        kinds=kinds,
        region=browser_region(page),
        initial={"identifier": page.parameter("login_hint")},
    )
    ask_agreement(page, form, registers=True)
    if response := start_pressed(page, form, providers):
        return response
    if page.is_post and not pressed_button(page) and form.is_valid():
        if response := start_sso_of_form(page, form):
            return response

        def begin() -> HttpResponse:
            token = captcha_token(page)
            interaction = start_interaction(page.authorization_request, event=Event.REGISTER, captcha_token=token)
            identifier = form.identifier
            if identifier.kind == "username":
                set_username(interaction, username=identifier.value)
                remember(interaction, identifier)
                return finish(page, interaction)
            verification_id = send_code(interaction, identifier=identifier, event=Event.REGISTER)
            remember(interaction, identifier, verification_id=verification_id)
            return page.redirect("verification-code", "register")

        if response := attempt(page, form, begin):
            return response
    return render_step(
        page,
        title=title,
        form=form,
        submit=gettext("Continue"),
        links=links,
        terms="register" if agreement_by_going_on(page) else "",
        providers=providers,
        one_tap=one_tap,
        captcha=captcha_widget(page),
    )


def _page_without_identifiers(
    page: Page, *, title: str, links: Sequence[Link], providers: ProviderButtons | None, one_tap: OneTapOffer | None
) -> HttpResponse:
    """Draw the page of a tenant whose users sign up with a provider's account alone."""
    if providers is None:
        return render_step(page, title=title, form=None, lead=gettext("Nobody can sign up here yet."), links=links)
    form = PageForm(page.request.POST if page.is_post else None)
    ask_agreement(page, form, registers=True)
    return start_pressed(page, form, providers) or render_step(
        page,
        title=title,
        form=form,
        submit=None,
        links=links,
        terms="register" if agreement_by_going_on(page) else "",
        providers=providers,
        one_tap=one_tap,
    )
