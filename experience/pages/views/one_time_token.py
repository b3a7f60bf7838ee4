"""Magic links: whose link it is, and one button that signs them in.

Opening the page uses nothing up, so programs that follow the links in mail leave them working. No script presses the
button either, and it counts for the link that its page has named: whoever was sent somebody else's link sees whose
account it would put them in.
"""

from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext

from common.errors import AppError
from experience.models import Interaction
from experience.pages.first_pages import first_page, leave
from experience.pages.forms import RequestForm
from experience.pages.links import LinkOffer, read_offer
from experience.pages.memory import remember
from experience.pages.outcomes import attempt
from experience.pages.page import Page, hosted_page
from experience.pages.step import Action, Link, agreement_by_going_on, ask_agreement, render_step
from experience.selectors import find_interaction
from experience.services.identification import identify
from experience.services.interaction import start_interaction
from experience.services.steps import FINISHED, steps_together
from experience.services.submission import conclude, submit
from experience.services.verification import check_one_time_token, keep_proof
from identity.models import User
from oidc.authorization import magic_link
from oidc.authorization.pending import leave_magic_link
from oidc.sessions.cookies import read_session
from oidc.sessions.sessions import find_session

# What the page of links that do not work says; anything else in its address is a link that never was one.
_UNKNOWN = "one_time_token.token_not_found"
_REASONS = frozenset(
    {
        "one_time_token.email_mismatch",
        "one_time_token.token_expired",
        "one_time_token.token_consumed",
        "one_time_token.token_revoked",
        "one_time_token.interaction_event_mismatch",
        "user.email_already_in_use",
        "user.user_not_exist",
    }
)


@hosted_page()
def one_time_token(page: Page) -> HttpResponse:
    """`/one-time-token`: the owner of the link's address signs in, or gets an account."""
    if _is_somebody_else(page, _find_user(page)):
        return page.redirect("switch-account")
    return _link_page(page, None)


@hosted_page()
def switch_account(page: Page) -> HttpResponse:
    """`/switch-account`: the same for somebody who is signed in as somebody else, and may leave it at that."""
    user = _find_user(page)
    if not _is_somebody_else(page, user):
        return page.redirect("one-time-token")
    return _link_page(page, user)


@hosted_page()
def failed(page: Page) -> HttpResponse:
    """`/one-time-token/error`: why the link is worth nothing, and the other ways."""
    if page.is_post and page.action == "stay":
        return _stay(page)
    reason = page.request.GET.get("reason", "")
    return render_step(
        page,
        title=gettext("This link does not work"),
        form=None,
        lead=AppError(reason if reason in _REASONS else _UNKNOWN).message,
        links=[_other_way(page)],
        actions=_ways_to_stay(page, _find_user(page)),
    )


def _link_page(page: Page, other: User | None) -> HttpResponse:
    """Draw the link's offer and take it up by the button; `other` is whoever is signed in instead."""
    if page.is_post and page.action == "stay":
        return _stay(page)
    journey = find_interaction(page.authorization_request, finished=True)
    if journey and journey.context.get(FINISHED):
        # The button was pressed twice.
        return page.render("complete", {"redirect_to": submit(journey)})
    try:
        offer = read_offer(page)
    except AppError as error:
        return page.redirect("one-time-token-error", reason=error.code)
    form = RequestForm(page.request.POST if page.is_post else None, request_id=page.authorization_request.id)
    ask_agreement(page, form, registers=offer.registers)
    if page.is_post and form.is_valid() and (response := attempt(page, form, lambda: _take_up(page, offer))):
        return response
    title, lead = offer.title, offer.lead
    if other is not None:
        title = gettext("Switch accounts?")
        sentence = gettext("You are signed in as {account}. This link is for {identity}.")
        account = format_html("<bdi>{}</bdi>", _shown(other))
        lead = format_html(sentence, account=account, identity=offer.identity)
    return render_step(
        page,
        title=title,
        form=form,
        submit=offer.button,
        lead=lead,
        links=[_other_way(page)],
        actions=_ways_to_stay(page, other),
        terms="register" if offer.registers and agreement_by_going_on(page) else "",
    )


def _take_up(page: Page, offer: LinkOffer) -> HttpResponse:
    interaction, proof = page.interaction, None
    if interaction is None or not offer.proof:
        interaction = start_interaction(page.authorization_request, event=offer.event)
        proof = check_one_time_token(interaction, identifier=offer.identifier, token=offer.token)
    with steps_together():
        if proof is not None:
            keep_proof(interaction, proof)
        remember(interaction, offer.identifier)
        if interaction.user_id is None:
            identify(interaction, verification_id=offer.proof if proof is None else proof.id)
        redirect_to = conclude(interaction)
    return leave(page, redirect_to)


def _find_user(page: Page) -> User | None:
    session = find_session(read_session(page.request))
    return None if session is None else session.user


def _is_somebody_else(page: Page, user: User | None) -> bool:
    """Whether a user is signed in whom the link is not for; one who has to sign in again anyway does not count."""
    link = magic_link.find_link(page.authorization_request)
    if user is None or link is None or "login_prompt" in page.authorization_request.reasons:
        return False
    return not link.is_for(user)


def _ways_to_stay(page: Page, user: User | None) -> list[Action]:
    """Whoever is asked to sign in for the link's sake alone may go on without it."""
    if user is None or page.authorization_request.reasons != [magic_link.REASON]:
        return []
    return [Action("stay", gettext("Stay signed in as %(account)s") % {"account": _shown(user)})]


def _stay(page: Page) -> HttpResponse:
    redirect_to = leave_magic_link(page.authorization_request)
    return page.render("complete", {"redirect_to": redirect_to, "title": gettext("Taking you back to the app…")})


def _other_way(page: Page) -> Link:
    return Link(gettext("Sign in another way"), page.url(first_page(page, Interaction.Event.SIGN_IN)))


def _shown(user: User) -> str:
    return user.primary_email or str(user)
