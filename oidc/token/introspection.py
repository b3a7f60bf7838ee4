"""`POST /oidc/token/introspection` (RFC 7662): whether a token is good, and what it stands for."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from applications.cimd.switch import is_taken
from common.clock import to_seconds
from common.crypto import sha256_hex
from common.oauth.rendering import json_answer
from oidc.client_authentication.callers import Caller, identify_caller
from oidc.credentials.stored import OpaqueToken
from oidc.credentials.validity import find_rejection_reason
from oidc.dpop.presenting import confirmed_key
from oidc.keys.signing import is_jwt
from oidc.token.issuing import token_type
from oidc.token.signed_tokens import find_live_claims
from oidc.token.statements import REFRESH_TOKEN, read_token
from oidc.wire.machine_endpoint import machine_endpoint

_INACTIVE = {"active": False}


def _may_know(caller: Caller, client_id: str) -> bool:
    """Public and third-party clients ask about their own tokens alone, the tenant's APIs about all (section 4)."""
    may_ask_of_all = caller.client.is_confidential and not caller.client.is_third_party
    return may_ask_of_all or client_id == caller.client.id


def _describe_opaque(caller: Caller, token: str) -> dict[str, Any]:
    found = read_token(sha256_hex(token), with_refresh_tokens=True)
    if found is None or not is_taken(found.client_id) or not _may_know(caller, found.client_id):
        return _INACTIVE
    if found.is_spent or find_rejection_reason(found.state, moment=caller.moment):
        return _INACTIVE
    if found.kind != REFRESH_TOKEN:
        return _describe(found, caller.issuer) | {"token_type": token_type(found.dpop_jkt)}
    # An API that is sent a refresh token must not take it for an access token (RFC 6749 section 1.5).
    return _describe(found, caller.issuer) if found.client_id == caller.client.id else _INACTIVE


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
        **({"cnf": {"jkt": found.dpop_jkt}} if found.dpop_jkt else {}),
    }


def _describe_signed(caller: Caller, token: str) -> dict[str, Any]:
    """What a JWT access token says is told as it says it (section 2.2)."""
    claims = find_live_claims(token, moment=caller.moment)
    if claims is None or not _may_know(caller, claims["client_id"]):
        return _INACTIVE
    return {**claims, "active": True, "token_type": token_type(confirmed_key(claims) or "")}


@machine_endpoint("POST")
def introspection(request: HttpRequest) -> HttpResponse:
    """Answer about an access token of either kind or a refresh token; anything else is just not active."""
    caller = identify_caller(request)
    token = caller.form.require("token")
    return json_answer(_describe_signed(caller, token) if is_jwt(token) else _describe_opaque(caller, token))
