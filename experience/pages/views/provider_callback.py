"""`/callback/…`: the browser is back from a provider."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common.errors import AppError
from common.views import app_error_page
from experience.models import Interaction
from experience.one_tap import assert_credential_is_of_browser
from experience.pages.first_pages import first_event, first_page, leave
from experience.pages.one_tap import sign_in_with_credential
from experience.pages.outcomes import page_after
from experience.pages.page import SEE_OTHER, Page, Prompt, hosted_page, no_session
from experience.pages.provider_problems import refuse
from experience.pages.provider_start import request_of_state
from experience.pages.provider_users import enter, find_proof
from experience.provider_accounts import connector_of, waits_for
from experience.records import RecordType, VerificationRecord
from experience.selectors import find_interaction
from experience.services.enterprise_sso import finish_sso_sign_in
from experience.services.provider_returns import RECEIVED_COOKIE, origin_of_request
from experience.services.social import finish_social_sign_in
from experience.services.steps import FINISHED, read_records
from experience.services.submission import submit
from oidc.sessions.cookies import holds_interaction

Event = Interaction.Event

# An address of this length gets through every proxy.
_LONGEST_QUERY = 6_144


def _request_of_state(request: HttpRequest) -> str:
    return request_of_state(request.GET.get("state", ""))


def _request_of_form(request: HttpRequest) -> str:
    return request.POST.get("request", "")


@csrf_exempt
@never_cache
def callback(request: HttpRequest, connector_id: str) -> HttpResponse:
    """`/callback/<connector id>`: whoever has signed in there enters; what a provider posts comes back as a query.

    Google One Tap posts a credential from our own page.
    """
    if request.method != "POST":
        return _return(request, connector_id=connector_id)
    is_one_tap = "credential" in request.POST
    return _take_credential(request, connector_id=connector_id) if is_one_tap else _forward_post(request)


@csrf_exempt
@never_cache
@require_POST
def account_callback(request: HttpRequest) -> HttpResponse:
    """`/account/callback/social/<connector id>`: what a provider posts to the account center comes to it as a query."""
    return _forward_post(request)


def _forward_post(request: HttpRequest) -> HttpResponse:
    """Send a form of another site, which brings no cookies of ours, to the same address as a query (303)."""
    query = request.POST.urlencode()
    if len(query) > _LONGEST_QUERY:
        return app_error_page(request, AppError("guard.invalid_input"))
    return HttpResponseRedirect(f"{quote(request.path)}?{query}", status=SEE_OTHER)


@hosted_page(request_id=_request_of_form)
def _take_credential(page: Page, connector_id: str) -> HttpResponse:
    data = page.request.POST.dict()
    try:
        assert_credential_is_of_browser(data, page.request.COOKIES)
    except AppError as error:
        return refuse(page, error)
    return sign_in_with_credential(page, connector_id, data)


def _is_of_own_pages(request: HttpRequest) -> bool:
    """Whether the state is none of ours: then the tenant's own pages have made it, and know it."""
    return not holds_interaction(request, _request_of_state(request))


@hosted_page(guarded=False, request_id=_request_of_state, is_replaceable=_is_of_own_pages)
def _return(page: Page, connector_id: str) -> HttpResponse:
    pending, state = page.pending, page.request.GET.get("state", "")
    if pending is None:
        return no_session(page)
    interaction = find_interaction(pending, finished=True) if pending.prompt == Prompt.LOGIN else None
    if interaction is None:
        return _start_again(page)
    waiting = next(
        (record for record in read_records(interaction) if waits_for(record, connector_id=connector_id, state=state)),
        None,
    )
    if waiting is None:
        return _return_again(page, interaction, connector_id)
    data = {**page.request.GET.dict(), "redirectUri": f"{origin_of_request(interaction)}{page.request.path}"}
    try:
        verification_id = _finish(page, interaction, waiting, data)
    except AppError as error:
        return refuse(page, error)
    return enter(page, interaction, verification_id)


def _finish(page: Page, interaction: Interaction, waiting: VerificationRecord, data: dict[str, Any]) -> str:
    finish = finish_social_sign_in if waiting.type == RecordType.SOCIAL else finish_sso_sign_in
    return finish(
        interaction,
        connector_id=connector_of(waiting),
        data=data,
        verification_id=waiting.id,
        token=page.request.COOKIES.get(RECEIVED_COOKIE, ""),
    )


def _return_again(page: Page, interaction: Interaction, connector_id: str) -> HttpResponse:
    """Go on from what this address has done before: it was reloaded, or gone back to. It proves nothing new."""
    if FINISHED in interaction.context or interaction.user_id is not None:
        try:
            return leave(page, submit(interaction))
        except AppError as error:
            return page_after(page, error) or refuse(page, error)
    proof = find_proof(interaction, connector_id)
    return enter(page, interaction, proof.id) if proof else _start_again(page)


def _start_again(page: Page) -> HttpResponse:
    """Say that this was started elsewhere or long ago, with the way to what is under way in the browser."""
    return page.render(
        "message",
        {
            "title": gettext("This session has ended"),
            "message": gettext("This sign-in was started elsewhere, or took too long."),
            "link": page.url(first_page(page, first_event(page))),
            "label": gettext("Start again"),
        },
    )
