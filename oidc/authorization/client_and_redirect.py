"""Who asks, and where the answer goes. A failure here is shown to the user: there is nobody safe to redirect to."""

from applications.client_lookup import get_client
from applications.redirect_uris import find_only_redirect_uri, is_redirect_uri_allowed
from common.oauth.errors import OAuthError, invalid_request, missing_parameter
from oidc.authorization.request import Authorization


def sent_once(authorization: Authorization) -> None:
    """Client and redirect URI are unambiguous (RFC 6749 section 3.1)."""
    for name in ("client_id", "redirect_uri"):
        if name in authorization.parameters.repeated:
            raise invalid_request(f"'{name}' parameter must not be provided twice")


def known_client(authorization: Authorization) -> None:
    """The client is registered with this tenant (RFC 6749 section 4.1.2.1)."""
    client_id = authorization.parameters.get("client_id")
    if not client_id:
        raise missing_parameter("client_id")
    authorization.client = get_client(client_id)


def registered_redirect_uri(authorization: Authorization) -> None:
    """The redirect URI is one of the client's own (RFC 6749 section 3.1.2.3, RFC 9700 section 2.1).

    A client with exactly one may leave it out, unless it follows OpenID Connect strictly (Core section 3.1.2.1).
    """
    follows_openid = authorization.client.security.follows_openid
    requested = authorization.parameters.get("redirect_uri")
    if not requested:
        only = None if follows_openid else find_only_redirect_uri(authorization.client)
        if only is None:
            raise missing_parameter("redirect_uri")
        authorization.redirect_uri = only
    elif is_redirect_uri_allowed(authorization.client, requested):
        authorization.redirect_uri = requested
    else:
        # The RFCs have no error of its own for this, and a pushed request is answered with theirs (RFC 9126 2.3).
        error = "invalid_request" if follows_openid else "invalid_redirect_uri"
        raise OAuthError(error, "redirect_uri did not match any of the client's registered redirect_uris")
