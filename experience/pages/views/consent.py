"""Consent: a third-party application asks for access, and the user allows or declines it."""

from django.http import HttpResponse
from django.utils.translation import gettext

from common.oauth.errors import OAuthError
from experience.pages.look import look_of_third_party, safe_url
from experience.pages.page import Page, Prompt, hosted_page
from experience.pages.permissions import place_of, sections_of, sentences_of
from experience.pages.unverified_client import unverified_client_of
from identity.models import User
from oidc.authorization.pending import abort, ask_to_sign_in
from oidc.consent.agreement import agree, decline
from oidc.consent.question import Question, read_question
from oidc.models import Session
from oidc.sessions.cookies import read_session
from oidc.sessions.sessions import find_session

MOST_ORGANIZATIONS = 1000


@hosted_page(prompt=Prompt.CONSENT)
def consent(page: Page) -> HttpResponse:
    """`/consent`: what is asked for; the user allows it, declines it, or is somebody else."""
    session = find_session(read_session(page.request))
    try:
        if page.is_post and page.action == "allow":
            return _allow(page, session)
        if page.is_post and page.action == "decline":
            return _leave(page, decline(page.authorization_request, session))
        if page.is_post and page.action == "switch":
            ask_to_sign_in(page.authorization_request)
            return page.redirect("sign-in")
        return _draw(page, read_question(page.authorization_request, session))
    except OAuthError as error:
        if error.code == "session.not_found":
            raise
        # What the application asks became impossible meanwhile: it is told, the user is not asked.
        description = error.description or ""
        return _leave(page, abort(page.authorization_request, error=error.error, description=description))


def _allow(page: Page, session: Session | None) -> HttpResponse:
    chosen = [found for found in page.request.POST.getlist("organization") if found][:MOST_ORGANIZATIONS]
    return page.render("complete", {"redirect_to": agree(page.authorization_request, session, organization_ids=chosen)})


def _leave(page: Page, redirect_to: str) -> HttpResponse:
    return page.render("complete", {"redirect_to": redirect_to, "title": gettext("Taking you back to the app…")})


def _draw(page: Page, question: Question) -> HttpResponse:
    return page.render("consent", consent_context(page, question))


def consent_context(page: Page, question: Question) -> dict[str, object]:
    """Return what the page shows of a question; a third party's comes under its own name and logo."""
    application, presentation = question.application_name, question.presentation
    unverified = unverified_client_of(question)
    if question.client.is_third_party:
        own = application if unverified is None else unverified.host
        page.look = look_of_third_party(page.look, name=own, branding=presentation.branding)
    is_known = not question.missing
    title = gettext("Continue to %(application)s?") if is_known else gettext("Let %(application)s use your account?")
    organizations = _organizations(page, question)
    return {
        "title": title % {"application": application} if unverified is None else unverified.title,
        "is_known": is_known,
        "unverified": unverified,
        "application": application,
        "account": _shown_names(question.user),
        "sections": sections_of(question),
        "organizations": organizations,
        "is_any_chosen": any(organization["is_chosen"] for organization in organizations),
        "asks_organizations": question.organizations is not None,
        "takes_one_organization": question.takes_one_organization,
        "terms_url": safe_url(presentation.terms_of_use_url),
        "privacy_url": safe_url(presentation.privacy_policy_url),
        "place": place_of(question.redirect_uri),
    }


def _shown_names(user: User) -> list[str]:
    """The user's name and what else tells them who is signed in, at most two lines."""
    phone = f"+{user.primary_phone}" if user.primary_phone else None
    names = [user.name, user.primary_email, user.username, phone]
    return [name for name in names if name][:2] or [user.id]


def _organizations(page: Page, question: Question) -> list[dict[str, object]]:
    wanted = page.parameter("organization_id")
    return [
        {
            "id": organization.id,
            "name": organization.name,
            "is_chosen": organization.is_consented or organization.id == wanted,
            "sentences": sentences_of(organization.resources),
        }
        for organization in question.organizations or ()
    ]
