"""`POST /oidc/token/introspection` (RFC 7662): whether an opaque token is good, and what it stands for."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from applications.cimd.switch import is_taken
from common.clock import to_seconds
from common.crypto import sha256_hex
from common.oauth.errors import OAuthError
from common.oauth.rendering import json_answer
from oidc.client_authentication.callers import Caller, identify_caller
from oidc.credentials.stored import OpaqueToken
from oidc.credentials.validity import find_rejection_reason
from oidc.keys.signing import find_header
from oidc.token.issuing import token_type
from oidc.token.statements import read_token
from oidc.wire.machine_endpoint import machine_endpoint

_INACTIVE = {"active": False}


def assert_opaque(token: str, *, route: str, verb: str) -> None:
    """Refuse a JWT, which has no row to look at: `unsupported_token_type` (RFC 7009 section 2.2.1)."""
    if token.count(".") == 2 and find_header(token) is not None:
        raise OAuthError(
            "unsupported_token_type", f"Structured JWT Tokens cannot be {verb} via the {route}_endpoint", status=400
        )


def _find_active(caller: Caller, token: str) -> OpaqueToken | None:
    """The token, if it is good and the caller may know: public and third-party clients ask about their own alone."""
    found = read_token(sha256_hex(token), with_refresh_tokens=True)
    if found is None or not is_taken(found.client_id):
        return None
    if found.is_spent or find_rejection_reason(found.state, moment=caller.moment):
        return None
    may_ask_of_all = caller.client.is_confidential and not caller.client.is_third_party
    return found if may_ask_of_all or found.client_id == caller.client.id else None


def _describe(found: OpaqueToken, issuer: str) -> dict[str, Any]:
    description: dict[str, Any] = {**found.extra_claims, "active": True}
    if found.sid:
        description["sid"] = found.sid
    return description | {
        "sub": found.user_id,
        "client_id": found.client_id,
        "exp": to_seconds(found.state.expires_at),
        "iat": to_seconds(found.created_at),
        "iss": issuer,
        "scope": found.scope,
        "token_type": token_type(found.dpop_jkt),
        **({"cnf": {"jkt": found.dpop_jkt}} if found.dpop_jkt else {}),
    }


@machine_endpoint("POST")
def introspection(request: HttpRequest) -> HttpResponse:
    """Answer about an opaque access token or a refresh token; anything else is just not active."""
    caller = identify_caller(request)
    token = caller.form.require("token")
    assert_opaque(token, route="introspection", verb="introspected")
    found = _find_active(caller, token)
    return json_answer(_INACTIVE if found is None else _describe(found, caller.issuer))
