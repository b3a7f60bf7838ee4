"""The one shape of a step's page: a heading, a form, and what else one can do."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from experience.models import SignInExperience
from experience.pages.countries import region_of
from experience.pages.forms import PageForm, add_agreement
from experience.pages.identifier_input import shown_identifier
from experience.pages.page import Page
from experience.records import Identifier

Policy = SignInExperience.AgreeToTerms


class Link(NamedTuple):
    """A way to another page, with the question it answers."""

    label: str
    url: str
    question: str = ""


class Way(NamedTuple):
    """One of several ways to go on: a link, or without a `url` a button of the page's own form."""

    label: str
    text: str
    url: str = ""
    value: str = ""


class Action(NamedTuple):
    """A button of its own below the form; `wait` is for how many seconds a page with scripts holds it back."""

    name: str
    label: str
    wait: int = 0


def render_step(
    page: Page,
    *,
    title: str,
    form: PageForm | None,
    submit: str | None = "",
    lead: str | SafeString = "",
    account: str = "",
    links: Sequence[Link] = (),
    actions: Sequence[Action] = (),
    terms: str = "",
    ways: Sequence[Way] = (),
    template: str = "step",
    **more: Any,
) -> HttpResponse:
    """Draw a step. `account` is for password managers; `terms` says when the user agrees by going on.

    Without a `submit` (`None`) the form has no button of its own: others send it. `ways` are to choose from. A template
    that extends the step's takes `more`.
    """
    if form is not None:
        form.show_focus()
    context = {
        "title": title,
        "form": form,
        "submit": gettext("Continue") if submit == "" else submit,
        "lead": lead,
        "account": account,
        "links": links,
        "actions": actions,
        "wait": any(action.wait for action in actions),
        "terms": terms,
        "ways": ways,
        **more,
    }
    return page.render(template, context)


def identity_line(identifier: Identifier, back: str) -> SafeString:
    """Return who is signing in, with the way to change that."""
    return format_html(
        '<strong><bdi>{}</bdi></strong> · <a href="{}">{}</a>', shown_identifier(identifier), back, gettext("Change")
    )


def browser_region(page: Page) -> str | None:
    """Return the country whose phone numbers probably need no country code: the browser's, else the tenant's."""
    return region_of(
        page.request.headers.get("Accept-Language", ""), page.settings.wire["languageInfo"]["fallbackLanguage"]
    )


def asks_agreement(page: Page, *, registers: bool) -> bool:
    """Whether there are terms, and the tenant's policy wants a box for them where users sign in or register."""
    policy = page.settings.wire["agreeToTermsPolicy"]
    is_asked = policy == Policy.MANUAL or (registers and policy == Policy.MANUAL_REGISTRATION_ONLY)
    return is_asked and _has_terms(page)


def _has_terms(page: Page) -> bool:
    return bool(page.look.terms_url or page.look.privacy_url)


def ask_agreement(page: Page, form: PageForm, *, registers: bool) -> None:
    """Add the box for the terms if one is wanted here."""
    if asks_agreement(page, registers=registers):
        add_agreement(form)


def agreement_by_going_on(page: Page) -> bool:
    """Whether a new user agrees to the terms by going on, which the page then says."""
    return _has_terms(page) and not asks_agreement(page, registers=True)
