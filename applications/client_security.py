"""What an application asks for above the ordinary: how it authenticates, and what it insists on. All off by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.jose.public_keys import ALGORITHMS, FAPI_ALGORITHMS

PRIVATE_KEY_JWT = "private_key_jwt"

# The values of `protocolProfile`: strict OpenID Connect Core, and beyond it the FAPI 2.0 Security Profile.
OPENID_PROFILE = "openid"
FAPI_PROFILE = "fapi2"
# The values of `idTokenSignedResponseAlg`: every tenant has a key for each.
ID_TOKEN_ALGORITHMS = ("ES256", "RS256")
PROFILES = (OPENID_PROFILE, FAPI_PROFILE)


@dataclass(frozen=True, slots=True)
class ClientSecurity:
    """The security settings of a client; the names follow OpenID Connect Registration, RFC 9101, 9126 and 9449."""

    uses_private_key_jwt: bool = False
    # A JWK set as registered, or where it is fetched.
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str | None = None
    requires_pushed_requests: bool = False
    requires_signed_requests: bool = False
    # In which ID tokens and logout tokens are signed; empty for the tenant's default.
    id_token_algorithm: str = ""
    # The answer may come as a JWT (JARM).
    allows_jwt_responses: bool = False
    # Tokens are bound to the key of whoever sends a proof (RFC 9449), unless DPoP is switched off.
    accepts_dpop: bool = True
    requires_dpop: bool = False
    tells_authentication: bool = False
    # Claims have the standard's form, and requests and answers keep to its letter where the house is freer.
    follows_openid: bool = False
    # Nothing weaker than what the FAPI 2.0 Security Profile section 5 admits.
    follows_fapi: bool = False

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The signature algorithms in which the client may sign (FAPI 2.0 Security Profile section 5.4.1)."""
        return FAPI_ALGORITHMS if self.follows_fapi else ALGORITHMS

    @property
    def has_keys(self) -> bool:
        """Whether the client can sign: what it says can be verified."""
        return self.jwks is not None or self.jwks_uri is not None


_ORDINARY = ClientSecurity()


def security_of(custom: Mapping[str, Any]) -> ClientSecurity:
    """Return the security settings in an application's `customClientMetadata`."""
    profile = custom.get("protocolProfile")
    follows_fapi = profile == FAPI_PROFILE
    requires_dpop = follows_fapi or bool(custom.get("requireDpop"))
    found = ClientSecurity(
        uses_private_key_jwt=custom.get("tokenEndpointAuthMethod") == PRIVATE_KEY_JWT,
        jwks=custom.get("jwks"),
        jwks_uri=custom.get("jwksUri"),
        requires_pushed_requests=follows_fapi or bool(custom.get("requirePushedAuthorizationRequests")),
        requires_signed_requests=bool(custom.get("requireSignedRequestObject")),
        id_token_algorithm=custom.get("idTokenSignedResponseAlg") or "",
        allows_jwt_responses=bool(custom.get("allowJwtResponseModes")),
        accepts_dpop=requires_dpop or custom.get("allowDpop") is not False,
        requires_dpop=requires_dpop,
        tells_authentication=profile in PROFILES or bool(custom.get("authenticationClaims")),
        follows_openid=profile in PROFILES,
        follows_fapi=follows_fapi,
    )
    return _ORDINARY if found == _ORDINARY else found
