"""The parameters of the protocol itself. From here on a failure is answered to the client's redirect URI."""

import re

from applications.clients import AUTHORIZATION_CODE
from common.oauth.errors import OAuthError, invalid_request, missing_parameter
from oidc.authorization.parameters import CLAIMS
from oidc.authorization.request import Authorization
from oidc.dpop.issuing import DPOP_REFUSED
from oidc.keys.signing import verify_id_token_hint
from tenants.hosts import issuer_of

RESPONSE_MODES = ("form_post", "fragment", "query")
# JARM section 2.3; the first stands for the second, the way back of a code.
JWT_RESPONSE_MODES = ("jwt", "query.jwt", "fragment.jwt", "form_post.jwt")
_PROVIDER_RESPONSE_TYPES = frozenset({"code", "id_token", "code id_token", "none"})
_PROMPTS = frozenset({"login", "consent", "none"})
_LONGEST_NONCE = 255
# The base64url of a SHA-256.
_THUMBPRINT = re.compile("[A-Za-z0-9_-]{43}", re.ASCII)


def supported_response_mode(authorization: Authorization) -> None:
    """The answer can be sent the way the client wants it (OAuth 2.0 Multiple Response Types section 2.1, JARM 2.3)."""
    mode = authorization.parameters.get("response_mode") or "query"
    is_jwt = mode in JWT_RESPONSE_MODES and authorization.client.security.allows_jwt_responses
    if not is_jwt and mode not in RESPONSE_MODES:
        raise OAuthError("unsupported_response_mode", "unsupported response_mode requested")
    authorization.answers_by_jwt = is_jwt
    authorization.response_mode = mode.removesuffix("jwt").removesuffix(".") or "query"


def no_repeated_parameter(authorization: Authorization) -> None:
    """No parameter that counts, but `resource`, comes twice (RFC 6749 section 3.1)."""
    ignored = () if authorization.client.security.follows_openid else (CLAIMS,)
    if repeated := [name for name in authorization.parameters.repeated if name not in ignored]:
        names = ", ".join(f"'{name}'" for name in repeated)
        raise invalid_request(f"{names} parameter must not be provided twice")


def no_request_object(authorization: Authorization) -> None:
    """Objects of clients without keys are not taken, nor are references to any (OpenID Connect Core section 6)."""
    if authorization.parameters.get("request"):
        raise OAuthError("request_not_supported", "request parameter provided but not supported")
    if authorization.parameters.get("request_uri"):
        raise OAuthError("request_uri_not_supported", "request_uri parameter provided but not supported")


def allowed_response_type(authorization: Authorization) -> None:
    """The client asks for a code (RFC 6749 section 3.1.1)."""
    requested = authorization.parameters.get("response_type")
    if not requested:
        raise missing_parameter("response_type")
    response_type = " ".join(sorted(requested.split()))
    if response_type not in _PROVIDER_RESPONSE_TYPES:
        raise OAuthError("unsupported_response_type", "unsupported response_type requested")
    if response_type != "code" or not authorization.client.allows_grant_type(AUTHORIZATION_CODE):
        raise OAuthError("unauthorized_client", "requested response_type is not allowed for this client")


def known_prompts(authorization: Authorization) -> None:
    """`prompt` lists `login` and `consent`, or is `none` alone (OpenID Connect Core section 3.1.2.1)."""
    prompts = frozenset(authorization.parameters.get("prompt").split())
    if not prompts <= _PROMPTS:
        raise invalid_request("unsupported prompt value requested")
    if "none" in prompts and len(prompts) > 1:
        raise invalid_request("prompt none must only be used alone")
    authorization.prompts = prompts


def valid_max_age(authorization: Authorization) -> None:
    """`max_age` is a number of seconds (OpenID Connect Core section 3.1.2.1)."""
    text = authorization.parameters.get("max_age")
    if not text:
        return
    if not (text.isascii() and text.isdigit()) or len(text) > 10:
        raise invalid_request("invalid max_age parameter value")
    authorization.max_age = int(text)


def key_thumbprint(authorization: Authorization) -> None:
    """`dpop_jkt` binds the code to a key (RFC 9449 section 10), unless the application's settings forbid DPoP."""
    jkt = authorization.parameters.get("dpop_jkt")
    if not jkt:
        return
    if not authorization.client.security.accepts_dpop:
        raise invalid_request(DPOP_REFUSED)
    if not _THUMBPRINT.fullmatch(jkt):
        raise invalid_request("invalid dpop_jkt parameter value")
    authorization.dpop_jkt = jkt


def storable_nonce(authorization: Authorization) -> None:
    """The nonce fits the ID token's request (OpenID Connect Core section 3.1.2.1)."""
    if len(authorization.parameters.get("nonce")) > _LONGEST_NONCE:
        raise invalid_request(f"nonce must not be longer than {_LONGEST_NONCE} characters")


def genuine_id_token_hint(authorization: Authorization) -> None:
    """The hint is an ID token that this issuer gave the client; an expired one will do (Core section 3.1.2.1)."""
    hint = authorization.parameters.get("id_token_hint")
    if not hint:
        return
    claims = verify_id_token_hint(hint, issuer=issuer_of(authorization.origin))
    if claims is None or claims.get("aud") != authorization.client.id:
        raise invalid_request("could not validate id_token_hint")
    authorization.hinted_subject = str(claims.get("sub"))
