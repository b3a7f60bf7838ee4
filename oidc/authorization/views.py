"""GET|POST /oidc/auth, and the resumption of a request once its user has answered."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from common.crypto import sha256_hex
from common.errors import AppError
from common.languages import language_of
from common.oauth.errors import OAuthError, access_denied
from common.oauth.rendering import to_oauth_error
from common.views import app_error_page
from oidc.authorization import protocol, responses
from oidc.authorization.answer import Answer
from oidc.authorization.parameters import GOOGLE_CREDENTIAL, Parameters, read_parameters
from oidc.authorization.pending import ABORTED
from oidc.authorization.pipeline import ARRIVAL, CHECKS, CLIENT_AND_REDIRECT, Issued, run, settle
from oidc.authorization.refusals import record_refusal
from oidc.authorization.request import Authorization
from oidc.authorization.signing_in import begin_session
from oidc.models import AuthorizationRequest
from oidc.sessions import cookies
from oidc.sessions.sessions import find_session, session_ttl
from oidc.wire.browser import browser_endpoint
from oidc.wire.cross_site import find_same_site_form
from oidc.wire.error_page import is_for_person, render_refusal
from oidc.wire.redirects import see_other
from oidc.wire.screens import consent_location, login_location
from tenants.hosts import origin_of_request
from tenants.rate_limits import TooManyRequestsError

Prompt = AuthorizationRequest.Prompt


@browser_endpoint("GET", "POST")
def authorize(request: HttpRequest) -> HttpResponse:
    """The authorization endpoint (RFC 6749 section 3.1)."""
    if (same_site := find_same_site_form(request)) is not None:
        return same_site
    authorization = Authorization(read_parameters(request), origin_of_request(request))
    run(ARRIVAL, authorization)
    run(CLIENT_AND_REDIRECT, authorization)
    return _proceed(request, authorization, cookies.read_session(request))


def resume_authorization(request: HttpRequest, pending: AuthorizationRequest) -> HttpResponse:
    """Resume a request whose user has signed in, consented or given up."""
    uid = pending.id
    parameters = replace(Parameters.from_json(pending.parameters), journey=pending.journey_id)
    authorization = Authorization(parameters, pending.origin)
    run(CLIENT_AND_REDIRECT, authorization)
    protocol.supported_response_mode(authorization)
    if pending.error:
        return _finish(request, _refuse(request, authorization, _refusal(authorization, pending)), uid)
    if pending.prompt == Prompt.CONSENT:
        _take_answer(request, authorization, pending)
        return _proceed(request, authorization, cookies.read_session(request), finished=uid)
    if pending.user_id is None:
        return _proceed(request, authorization, cookies.read_session(request), finished=uid)
    value = begin_session(request, pending)
    if value is None:
        return _finish(request, _refuse(request, authorization, access_denied()), uid)
    authorization.has_just_signed_in = True
    response = _proceed(request, authorization, sha256_hex(value), finished=uid)
    cookies.write_session(request, response, value, max_age=session_ttl())
    return response


def _refusal(authorization: Authorization, pending: AuthorizationRequest) -> OAuthError:
    """How the user has refused; the house's own word for giving up is not the standard's (RFC 6749 4.1.2.1)."""
    gave_up = pending.error == ABORTED and authorization.client.security.follows_openid
    return OAuthError("access_denied" if gave_up else pending.error, pending.error_description or None)


def _take_answer(request: HttpRequest, authorization: Authorization, pending: AuthorizationRequest) -> None:
    """Let the answer to the consent page count, and the sign-in before it, in the session that was asked alone."""
    session = find_session(cookies.read_session(request))
    if session is None or session.id != pending.session_id:
        return
    authorization.has_just_signed_in = True
    if pending.user_id == session.user_id:
        authorization.answer = Answer.from_json(pending.submission)


def _proceed(
    request: HttpRequest, authorization: Authorization, session_sha256: str | None, *, finished: str = ""
) -> HttpResponse:
    """Answer with a code, with an error, or with the page at which the user signs in or consents."""
    try:
        run(CHECKS, authorization)
        outcome = settle(authorization, session_sha256)
    except TooManyRequestsError as error:
        return _show_rate_limited(request, error)
    except AppError as error:
        record_refusal(authorization, error)
        answer = _refuse(request, authorization, error)
        if authorization.client.is_unverified and is_for_person(request):
            # Whoever registers itself could send anybody anywhere by a request that fails (RFC 9700 section 4.11.2).
            answer = render_refusal(request, error, back=answer.headers.get("Location", ""))
        return _finish(request, answer, finished)
    if not isinstance(outcome, Issued):
        return _ask_user(request, authorization, outcome.pending, finished=finished)
    response = responses.success(request, authorization, outcome.code)
    cookies.renew_session(request, response, max_age=session_ttl())
    return _finish(request, response, finished)


def _ask_user(
    request: HttpRequest, authorization: Authorization, pending: AuthorizationRequest, *, finished: str
) -> HttpResponse:
    client_id = authorization.client.id
    if pending.prompt == Prompt.CONSENT:
        response = see_other(consent_location(client_id))
    else:
        response = see_other(login_location(client_id, authorization.parameters.values))
        cookies.write_one_tap_credential(request, response, authorization.parameters.get(GOOGLE_CREDENTIAL))
    cookies.write_interactions(request, response, finished=finished, opened=(client_id, pending.id))
    cookies.write_branding(request, response, {**authorization.parameters.values, "client_id": client_id})
    return response


def _refuse(request: HttpRequest, authorization: Authorization, error: AppError) -> HttpResponse:
    translated = to_oauth_error(error)
    assert translated is not None  # noqa: S101 - every AppError has an OAuth form
    return responses.failure(request, authorization, translated)


def _show_rate_limited(request: HttpRequest, error: TooManyRequestsError) -> HttpResponse:
    """Nobody is sent to the application with this: it would start over. A person sees a page."""
    if "text/html" not in request.headers.get("Accept", ""):
        raise error
    with language_of(request):
        return app_error_page(request, error)


def _finish(request: HttpRequest, response: HttpResponse, uid: str) -> HttpResponse:
    """Take a finished interaction from the browser."""
    if uid:
        cookies.write_interactions(request, response, finished=uid)
    return response
