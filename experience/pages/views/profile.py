"""`/continue/<part>`: what the account still lacks before the sign-in may end."""

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.utils.translation import gettext

from experience.models import Interaction
from experience.pages.first_pages import restart
from experience.pages.forms import IdentifierForm, NewPasswordForm, PageForm
from experience.pages.identifier_input import shown_identifier
from experience.pages.memory import recall, remember
from experience.pages.outcomes import attempt, finish
from experience.pages.page import Page, hosted_page
from experience.pages.step import Link, browser_region, render_step
from experience.records import IdentifierKind
from experience.services.profile import set_password, set_username
from experience.services.verification import send_code

Event = Interaction.Event

_KINDS: dict[str, tuple[IdentifierKind, ...]] = {
    "username": ("username",),
    "email": ("email",),
    "phone": ("phone",),
    "emailOrPhone": ("email", "phone"),
}


@hosted_page()
def register_password(page: Page) -> HttpResponse:
    """`/register/password`: the password of an account under way."""
    return _password_page(page)


@hosted_page()
def continue_profile(page: Page, part: str) -> HttpResponse:
    """`/continue/<part>`: one missing part of the profile."""
    if part == "password":
        return _password_page(page)
    if part not in _KINDS:
        raise Http404
    return _identifier_page(page, _KINDS[part])


def _interaction(page: Page) -> Interaction | None:
    interaction = page.interaction
    return None if interaction is None or interaction.event == Event.FORGOT_PASSWORD else interaction


def _password_page(page: Page) -> HttpResponse:
    interaction, memory = _interaction(page), recall(page.interaction)
    if interaction is None:
        return restart(page)
    form = NewPasswordForm(page.request.POST if page.is_post else None, policy=page.settings.password_policy)

    def save() -> HttpResponse:
        set_password(interaction, password=form.cleaned_data["password"])
        return finish(page, interaction)

    if response := _run(page, form, save):
        return response
    return render_step(
        page,
        title=gettext("Choose a password"),
        form=form,
        account=shown_identifier(memory.identifier) if memory else "",
    )


def _identifier_page(page: Page, kinds: tuple[IdentifierKind, ...]) -> HttpResponse:
    interaction = _interaction(page)
    if interaction is None:
        return restart(page)
    form = IdentifierForm(page.request.POST if page.is_post else None, kinds=kinds, region=browser_region(page))

    def save() -> HttpResponse:
        identifier = form.identifier
        if identifier.kind == "username":
            set_username(interaction, username=identifier.value)
            return finish(page, interaction)
        verification_id = send_code(interaction, identifier=identifier, event=interaction.event)
        remember(interaction, identifier, verification_id=verification_id)
        return page.redirect("verification-code", "continue")

    if response := _run(page, form, save):
        return response
    links = []
    if interaction.event == Event.REGISTER and page.settings.allows_sign_in:
        links.append(Link(gettext("Sign in"), page.url("sign-in"), question=gettext("Already have an account?")))
    return render_step(page, title=_title(kinds), form=form, lead=gettext("One more step to finish."), links=links)


def _title(kinds: tuple[IdentifierKind, ...]) -> str:
    match kinds:
        case ("username",):
            return gettext("Choose a username")
        case ("email",):
            return gettext("Add your email address")
        case ("phone",):
            return gettext("Add your phone number")
    return gettext("Add your email address or phone number")


def _run(page: Page, form: PageForm, save: Callable[[], HttpResponse]) -> HttpResponse | None:
    return attempt(page, form, save) if page.is_post and form.is_valid() else None
