"""How the answer reaches the client: in the query, in the fragment or as a form post, always with `iss` (RFC 9207).

Where the client asks for it, the answer is one JWT (JWT Secured Authorization Response Mode for OAuth 2.0, JARM).
"""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse

from common.clock import now, to_seconds
from common.oauth.errors import OAuthError
from oidc.authorization.request import Authorization
from oidc.keys.signing import sign_jwt
from oidc.wire.pages import auto_submitted_form
from oidc.wire.redirects import see_other, with_fragment, with_query
from tenants.hosts import issuer_of

# Seconds that a signed answer is good: what JARM section 2.1 recommends at most, so that no client's clock is in the
# way. The code in it lives for one minute.
_LIFETIME = 600


def success(request: HttpRequest, authorization: Authorization, code: str) -> HttpResponse:
    """Hand the code to the client (RFC 6749 section 4.1.2)."""
    return _answer(request, authorization, {"code": code})


def failure(request: HttpRequest, authorization: Authorization, error: OAuthError) -> HttpResponse:
    """Tell the client what went wrong (RFC 6749 section 4.1.2.1)."""
    answer = {"error": error.error}
    if error.description is not None:
        answer["error_description"] = error.description
    answer |= {name: str(value) for name, value in error.extra.items()}
    return _answer(request, authorization, answer)


def _answer(request: HttpRequest, authorization: Authorization, answer: Mapping[str, str]) -> HttpResponse:
    parameters = dict(answer)
    if state := authorization.parameters.get("state"):
        parameters["state"] = state
    parameters["iss"] = issuer_of(authorization.origin)
    if authorization.answers_by_jwt:
        parameters = {"response": _signed(authorization, parameters)}
    if authorization.response_mode == "form_post":
        return auto_submitted_form(
            request, action=authorization.redirect_uri, fields=parameters, form_id="op.responseForm"
        )
    add = with_fragment if authorization.response_mode == "fragment" else with_query
    return see_other(add(authorization.redirect_uri, parameters))


def _signed(authorization: Authorization, parameters: Mapping[str, str]) -> str:
    """Return the answer as a JWT for this client alone (JARM section 2.1)."""
    return sign_jwt({**parameters, "aud": authorization.client.id, "exp": to_seconds(now()) + _LIFETIME})
