"""`GET|POST /oidc/me`: the userinfo endpoint (OpenID Connect Core section 5.3, RFC 6750, RFC 9449)."""

import json

from django.http import HttpRequest, HttpResponse

from applications.client_lookup import get_client
from applications.scopes import OPENID, split_scope
from common.oauth.bodies import read_form
from common.oauth.errors import OAuthError, insufficient_scope, invalid_request, invalid_token
from common.oauth.rendering import NO_STORE
from oidc.claims.building import read_userinfo
from oidc.claims.requested_claims import RequestedClaims
from oidc.dpop.presenting import BEARER, SCHEMES, Sender, challenge
from oidc.token.tokens import find_opaque_token
from oidc.wire.conditional import conditional_json
from oidc.wire.machine_endpoint import assert_origin_allowed, machine_endpoint
from tenants.hosts import issuer_of, origin_of_request


def read_presented(request: HttpRequest, issuer: str) -> tuple[Sender, str]:
    """Return who presents the token, and the token: from the header, or a posted form, never from the query.

    RFC 6750 section 2, RFC 9449 section 7.1.
    """
    header = request.META.get("HTTP_AUTHORIZATION")
    posted = read_form(request).get("access_token") if request.method == "POST" else ""
    if header is not None and posted:
        raise invalid_request("access token must only be provided using one mechanism")
    if header is None:
        if not posted:
            headers = {"WWW-Authenticate": f'Bearer realm="{issuer}"'}
            raise OAuthError("invalid_request", "no access token provided", status=400, headers=headers)
        return Sender(request, BEARER), posted
    scheme, _, token = header.partition(" ")
    if scheme.lower() not in SCHEMES or not token.strip():
        raise invalid_request("invalid authorization header value format")
    return Sender(request, scheme.lower()), token.strip()


def _refused(sender: Sender, issuer: str, reason: str) -> OAuthError:
    """The token is not good; the challenge is of the scheme that the sender used."""
    error = invalid_token(issuer, reason=reason)
    if sender.scheme != BEARER:
        error.headers = {"WWW-Authenticate": challenge(error.error, error.description or "")}
    return error


@machine_endpoint("GET", "POST")
def userinfo(request: HttpRequest) -> HttpResponse:
    """Answer with the claims that the opaque access token's scopes bring. One statement."""
    issuer = issuer_of(origin_of_request(request))
    sender, presented = read_presented(request, issuer)
    token = find_opaque_token(presented, sender=sender, with_profile=True)
    if token is None or token.profile is None:
        raise _refused(sender, issuer, "unknown, expired, revoked, or not held by its sender")
    client = get_client(token.client_id)
    assert_origin_allowed(request, client)
    scopes = split_scope(token.scope)
    if OPENID not in scopes:
        description = "access token missing openid scope"
        header = f'Bearer realm="{issuer}", error="insufficient_scope", scope="{OPENID}"'
        raise insufficient_scope(description, OPENID, headers={"WWW-Authenticate": header})
    claims = read_userinfo(
        token.profile,
        scopes,
        client=client,
        grant_id=token.state.grant_id,
        named=RequestedClaims.loaded(token.claims).userinfo,
    )
    return conditional_json(request, json.dumps(claims).encode(), headers=NO_STORE)
