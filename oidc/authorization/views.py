"""GET|POST /oidc/auth, and GET /oidc/auth/<uid>, at which a request goes on once its user has signed in."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from common.crypto import sha256_hex
from common.errors import AppError
from identity.models import User
from oidc import cookies
from oidc.authorization import responses
from oidc.authorization.errors import session_not_found
from oidc.authorization.parameters import Parameters, read_parameters
from oidc.authorization.pipeline import ADDRESSEE, CHECKS, SignInNeeded, run, settle
from oidc.authorization.request import Authorization
from oidc.browser import browser_endpoint
from oidc.errors import OAuthError, access_denied
from oidc.models import AuthorizationRequest
from oidc.redirects import see_other
from oidc.rendering import to_oauth_error
from oidc.screens import login_location
from oidc.services.authorization import take_up
from oidc.services.sessions import find_session, session_ttl, start_session
from tenants.hosts import origin_of_request


@browser_endpoint("GET", "POST")
def authorize(request: HttpRequest) -> HttpResponse:
    """The authorization endpoint (RFC 6749 section 3.1)."""
    authorization = Authorization(read_parameters(request), origin_of_request(request))
    run(ADDRESSEE, authorization)
    return _proceed(request, authorization, cookies.read_session(request))


@browser_endpoint("GET")
def resume(request: HttpRequest, uid: str) -> HttpResponse:
    """Go on with a request whose user has signed in or given up, in the browser that opened it; once."""
    if not cookies.may_resume(request, uid):
        raise session_not_found()
    pending = take_up(uid)
    authorization = Authorization(Parameters.from_json(pending.parameters), pending.origin)
    run(ADDRESSEE, authorization)
    if pending.error:
        refusal = OAuthError(pending.error, pending.error_description or None)
        return _finish(request, _refuse(request, authorization, refusal), uid)
    if pending.user_id is None:
        return _proceed(request, authorization, cookies.read_session(request), finished=uid)
    value = _sign_in(request, pending)
    if value is None:
        return _finish(request, _refuse(request, authorization, access_denied()), uid)
    authorization.has_just_signed_in = True
    response = _proceed(request, authorization, sha256_hex(value), finished=uid)
    cookies.write_session(request, response, value, max_age=session_ttl())
    return response


@transaction.atomic
def _sign_in(request: HttpRequest, pending: AuthorizationRequest) -> str | None:
    """Begin the session and return its cookie's value; `None` for a user who may not sign in any more."""
    user = User.objects.select_for_update(no_key=True).filter(id=pending.user_id, is_suspended=False).first()
    if user is None:
        return None
    _, value = start_session(
        user,
        client_id=pending.application_id,
        submission=pending.submission,
        replacing=find_session(cookies.read_session(request), lock=True),
        origin=pending.origin,
    )
    return value


def _proceed(
    request: HttpRequest, authorization: Authorization, session_sha256: str | None, *, finished: str = ""
) -> HttpResponse:
    """Answer with a code, with an error, or with the page at which the user signs in."""
    try:
        run(CHECKS, authorization)
        outcome = settle(authorization, session_sha256)
    except AppError as error:
        return _finish(request, _refuse(request, authorization, error), finished)
    if isinstance(outcome, SignInNeeded):
        return _ask_to_sign_in(request, authorization, outcome.pending, finished=finished)
    response = responses.success(request, authorization, outcome.code)
    cookies.renew_session(request, response, max_age=session_ttl())
    return _finish(request, response, finished)


def _ask_to_sign_in(
    request: HttpRequest, authorization: Authorization, pending: AuthorizationRequest, *, finished: str
) -> HttpResponse:
    client_id = authorization.client.id
    response = see_other(login_location(client_id, authorization.parameters.values))
    cookies.write_interactions(request, response, finished=finished, opened=(client_id, pending.id))
    cookies.write_branding(request, response, {**authorization.parameters.values, "client_id": client_id})
    return response


def _refuse(request: HttpRequest, authorization: Authorization, error: AppError) -> HttpResponse:
    translated = to_oauth_error(error)
    assert translated is not None  # noqa: S101 - every AppError has an OAuth form
    return responses.failure(request, authorization, translated)


def _finish(request: HttpRequest, response: HttpResponse, uid: str) -> HttpResponse:
    """Take a finished interaction from the browser."""
    if uid:
        cookies.write_interactions(request, response, finished=uid)
    return response
