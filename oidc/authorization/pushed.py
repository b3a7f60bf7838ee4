"""Requests that came ahead of their user: the browser brings a reference alone (RFC 9126 section 4)."""

from dataclasses import replace

from common.crypto import sha256_hex
from common.oauth.errors import OAuthError, invalid_request
from oidc.authorization.parameters import Parameters
from oidc.authorization.pushed_requests import URI_PREFIX, consume_pushed, find_pushed
from oidc.authorization.request import Authorization


def _used_or_unknown() -> OAuthError:
    return OAuthError("invalid_request_uri", "request_uri is invalid, expired, or was already used")


def pushed_request(authorization: Authorization) -> None:
    """A reference stands for what its client pushed, and for nothing next to it (RFC 9126 section 4, RFC 9101 5).

    It is good until a code was issued for it: the page may be loaded again before. Other references are not taken;
    that is refused further on.
    """
    reference = authorization.parameters.get("request_uri")
    if not reference.startswith(URI_PREFIX):
        return
    stored = find_pushed(reference, client=authorization.client)
    if stored is None:
        raise _used_or_unknown()
    authorization.parameters = replace(Parameters.from_json(stored), pushed_as=sha256_hex(reference))
    authorization.is_pushed = True


def pushed_where_required(authorization: Authorization) -> None:
    """A client that registered to push all its requests has no other ones (RFC 9126 section 5)."""
    if authorization.client.security.requires_pushed_requests and not authorization.is_pushed:
        raise invalid_request("Pushed Authorization Request must be used")


def consume(authorization: Authorization) -> None:
    """One code is issued for a reference; of two browsers that came with it, one gets it."""
    digest = authorization.parameters.pushed_as
    if digest and not consume_pushed(digest, client_id=authorization.client.id):
        raise _used_or_unknown()
