"""What an application asks for above the ordinary: how it authenticates, and what it insists on. All off by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PRIVATE_KEY_JWT = "private_key_jwt"


@dataclass(frozen=True, slots=True)
class ClientSecurity:
    """The security settings of a client; the names follow OpenID Connect Registration, RFC 9101, 9126 and 9449."""

    uses_private_key_jwt: bool = False
    # A JWK set as registered, or where it is fetched.
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str | None = None
    requires_pushed_requests: bool = False
    requires_signed_requests: bool = False
    # The answer may come as a JWT (JARM).
    allows_jwt_responses: bool = False
    # A client that does neither gets bearer tokens, whatever it sends.
    accepts_dpop: bool = False
    requires_dpop: bool = False
    tells_authentication: bool = False

    @property
    def has_keys(self) -> bool:
        """Whether the client can sign: what it says can be verified."""
        return self.jwks is not None or self.jwks_uri is not None


_ORDINARY = ClientSecurity()


def security_of(custom: Mapping[str, Any]) -> ClientSecurity:
    """Return the security settings in an application's `customClientMetadata`."""
    requires_dpop = bool(custom.get("requireDpop"))
    found = ClientSecurity(
        uses_private_key_jwt=custom.get("tokenEndpointAuthMethod") == PRIVATE_KEY_JWT,
        jwks=custom.get("jwks"),
        jwks_uri=custom.get("jwksUri"),
        requires_pushed_requests=bool(custom.get("requirePushedAuthorizationRequests")),
        requires_signed_requests=bool(custom.get("requireSignedRequestObject")),
        allows_jwt_responses=bool(custom.get("allowJwtResponseModes")),
        accepts_dpop=requires_dpop or bool(custom.get("allowDpop")),
        requires_dpop=requires_dpop,
        tells_authentication=bool(custom.get("authenticationClaims")),
    )
    return _ORDINARY if found == _ORDINARY else found
