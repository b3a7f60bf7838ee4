"""`GET|POST /oidc/me`: the userinfo endpoint (OpenID Connect Core section 5.3, RFC 6750)."""

import json

from django.http import HttpRequest, HttpResponse

from oidc.bodies import read_form
from oidc.claims import read_userinfo
from oidc.clients import get_client
from oidc.conditional import conditional_json
from oidc.cors import assert_origin_allowed, machine_endpoint
from oidc.errors import OAuthError, insufficient_scope, invalid_request, invalid_token
from oidc.rendering import NO_STORE
from oidc.scopes import OPENID, split_scope
from oidc.tokens import find_opaque_token
from tenants.hosts import issuer_of, origin_of_request


def read_bearer(request: HttpRequest, issuer: str) -> str:
    """Return the token, from the header or from a posted form (RFC 6750 section 2), never from the query."""
    header = request.headers.get("Authorization")
    posted = read_form(request).get("access_token") if request.method == "POST" else ""
    if header is not None and posted:
        raise invalid_request("access token must only be provided using one mechanism")
    if header is None:
        if not posted:
            challenge = {"WWW-Authenticate": f'Bearer realm="{issuer}"'}
            raise OAuthError("invalid_request", "no access token provided", status=400, headers=challenge)
        return posted
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise invalid_request("invalid authorization header value format")
    return token.strip()


@machine_endpoint("GET", "POST")
def userinfo(request: HttpRequest) -> HttpResponse:
    """Answer with the claims that the opaque access token's scopes bring. Two statements."""
    issuer = issuer_of(origin_of_request(request))
    token = find_opaque_token(read_bearer(request, issuer))
    if token is None:
        raise invalid_token(issuer, reason="unknown, expired or revoked")
    assert_origin_allowed(request, get_client(token.client_id))
    scopes = split_scope(token.scope)
    if OPENID not in scopes:
        description = "access token missing openid scope"
        challenge = f'Bearer realm="{issuer}", error="insufficient_scope", scope="{OPENID}"'
        raise insufficient_scope(description, OPENID, headers={"WWW-Authenticate": challenge})
    claims = read_userinfo(token.user_id, scopes)
    if claims is None:
        raise invalid_token(issuer, reason="user is gone")
    return conditional_json(request, json.dumps(claims).encode(), headers=NO_STORE)
