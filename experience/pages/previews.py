"""Previews of the hosted pages: which there are, and the journey that each would be in."""

from collections.abc import Callable, Mapping
from inspect import unwrap

from django.http import HttpResponse

from applications.clients import Client
from applications.scopes import EMAIL, OFFLINE_ACCESS, PROFILE
from experience.models import Interaction
from experience.pages.preview_page import ADDRESS, PreviewPage, Theme, at_the_pages, bound_preview
from experience.pages.stage import Stage
from experience.pages.views import (
    consent,
    factor_setup,
    forgot_password,
    messages,
    profile,
    register,
    second_factor,
    sign_in,
    verification_code,
)
from experience.records import Identifier
from experience.second_factors.holdings import HeldFactor, Holdings
from experience.second_factors.rules import Situation
from experience.sign_in_settings import SignInSettings
from identity.factor_types import FactorType
from identity.models import User
from oidc.consent.question import Question
from oidc.consent.selectors import Presentation
from oidc.sessions.grants import ScopeSet
from tenants.context import current_tenant_id
from tenants.models import Tenant

Event = Interaction.Event

_Draw = Callable[[PreviewPage], HttpResponse]
_SAMPLES = {"username": Identifier("username", "alex"), "phone": Identifier("phone", "12025550143")}


def render_preview(
    name: str, *, settings: SignInSettings, language: str, theme: Theme, nonce: str, framed_by: str
) -> HttpResponse:
    """Return the picture of a page of `PAGES` with these settings, saved or not, in the language of a tag.

    Without journey, user or application: what is shown of them is made up. 1 statement, for the tenant's name.
    """
    called = Tenant.objects.get(id=current_tenant_id()).name
    with at_the_pages(language):
        page = PreviewPage(nonce, settings=settings, language=language, theme=theme, name=called)
        response = PAGES[name](page)
        if response.status_code != 200:
            # With these settings the page leads on to another one.
            response = page.render("message", {"title": "Not in use", "message": "Nobody is led to this page."})
    return bound_preview(response, nonce=nonce, framed_by=framed_by)


def _view(view: Callable[..., HttpResponse], *, event: Event = Event.SIGN_IN, **captured: str) -> _Draw:
    """Draw a page by its own view, in a journey of this event."""

    def draw(page: PreviewPage) -> HttpResponse:
        page.remember(_identifier(page, event), event=event)
        response: HttpResponse = unwrap(view)(page, **captured)
        return response

    return draw


def _identifier(page: PreviewPage, event: Event) -> Identifier:
    """Return what the tenant's users sign in or up with first."""
    signs_in = [method.identifier for method in page.settings.sign_in_methods if method.password]
    kinds = list(page.settings.sign_up.identifiers) if event == Event.REGISTER else signs_in
    return _SAMPLES.get(kinds[0], ADDRESS) if kinds else ADDRESS


def _code(page: PreviewPage) -> HttpResponse:
    page.remember(ADDRESS)
    response: HttpResponse = unwrap(verification_code.verification_code)(page, flow="sign-in")
    return response


def _profile(page: PreviewPage) -> HttpResponse:
    sign_up = page.settings.sign_up
    asked = [*sign_up.secondary, *sign_up.identifiers, "username"]
    return _view(profile.continue_profile, event=Event.REGISTER, part=asked[0])(page)


def _stage(page: PreviewPage, *factors: str) -> Stage:
    """Be where a user is who has set up whatever the tenant takes as second factor."""
    held = tuple(HeldFactor(name) for name in factors if name in (FactorType.TOTP, FactorType.BACKUP_CODE))
    holdings = Holdings(stored=held, email=ADDRESS.value, phone=_SAMPLES["phone"].value)
    situation = Situation(event=Event.SIGN_IN, settings=page.settings.mfa, holdings=holdings)
    return Stage(page.interaction_shown, User(id="preview"), situation)


def _mfa(page: PreviewPage) -> HttpResponse:
    """Draw the page of the first second factor; passkeys are the browser's to show."""
    factors = [name for name in page.settings.mfa.factors if name != FactorType.WEBAUTHN]
    if not factors:
        return page.redirect("sign-in")
    stage = _stage(page, *factors)
    response: HttpResponse = unwrap(second_factor.mfa_verification_factor)(page, stage, factor=stage.usable[0])
    return response


def _mfa_setup(page: PreviewPage) -> HttpResponse:
    if not page.settings.mfa.factors:
        return page.redirect("sign-in")
    response: HttpResponse = unwrap(factor_setup.mfa_onboarding)(page, _stage(page))
    return response


def _consent(page: PreviewPage) -> HttpResponse:
    question = Question(
        client=_sample_client(),
        presentation=Presentation(display_name="Sample app"),
        user=User(id="preview", name="Alex Doe", primary_email=ADDRESS.value),
        missing=ScopeSet((PROFILE, EMAIL, OFFLINE_ACCESS)),
        resources=(),
        organizations=None,
        redirect_uri="https://app.example.com/callback",
    )
    return page.render("consent", consent.consent_context(page, question))


def _sample_client() -> Client:
    return Client(
        id="preview",
        name="Sample app",
        type="Traditional",
        is_confidential=True,
        is_third_party=True,
        is_native=False,
        is_access_controlled=False,
        grant_types=frozenset(),
        redirect_uris=(),
        post_logout_redirect_uris=(),
        cors_allowed_origins=(),
        id_token_ttl=0,
        refresh_token_ttl=0,
        rotates_refresh_token=False,
        always_issues_refresh_token=False,
        max_allowed_grants=None,
        backchannel_logout_uri=None,
        wants_sid=False,
        secrets=(),
    )


#: Every page that can be previewed, by the name that an address gives it.
PAGES: Mapping[str, _Draw] = {
    "sign-in": _view(sign_in.sign_in),
    "password": _view(sign_in.sign_in_password),
    "register": _view(register.register, event=Event.REGISTER),
    "new-password": _view(profile.register_password, event=Event.REGISTER),
    "code": _code,
    "profile": _profile,
    "forgot-password": _view(forgot_password.forgot_password, event=Event.FORGOT_PASSWORD),
    "mfa": _mfa,
    "mfa-setup": _mfa_setup,
    "consent": _consent,
    "error": _view(messages.unknown_session),
    "suspended": _view(messages.account_suspended),
}
