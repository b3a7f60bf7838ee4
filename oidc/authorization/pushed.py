"""Requests that came ahead of their user: the browser brings a reference alone (RFC 9126 section 4)."""

from oidc.authorization.parameters import Parameters
from oidc.authorization.request import Authorization
from oidc.errors import OAuthError, invalid_request
from oidc.services.pushed_requests import URI_PREFIX, take_pushed


def pushed_request(authorization: Authorization) -> None:
    """A reference stands for what its client pushed, and for nothing beside it (RFC 9126 section 4, RFC 9101 5).

    Other references are not taken; that is refused further on.
    """
    reference = authorization.parameters.get("request_uri")
    if not reference.startswith(URI_PREFIX):
        return
    stored = take_pushed(reference, client=authorization.client)
    if stored is None:
        raise OAuthError("invalid_request_uri", "request_uri is invalid, expired, or was already used")
    authorization.parameters = Parameters.from_json(stored)
    authorization.is_pushed = True


def pushed_where_required(authorization: Authorization) -> None:
    """A client that registered to push all its requests has no other ones (RFC 9126 section 5)."""
    if authorization.client.security.requires_pushed_requests and not authorization.is_pushed:
        raise invalid_request("Pushed Authorization Request must be used")
