"""What tokens say about the user's sign-in: when (`auth_time`), by which methods (`amr`), how strong (`acr`).

OpenID Connect Core section 2, RFC 8176, RFC 9068 section 2.2.1, RFC 9470 section 6. Told to applications whose setting
asks for it; the others learn in the ID token what they ask about: `auth_time` by `max_age`, `acr` by `acr_values` or
`claims`.
"""

from collections.abc import Collection
from typing import Any

from applications.clients import Client
from common.clock import to_seconds
from oidc.claims.proofs import MULTIPLE_FACTORS
from oidc.credentials.stored import Credential

# One proof, whichever: a password, or a code sent to the user.
ONE_FACTOR = "urn:gatehouse:acr:1fa"
# Two independent proofs, or a passkey, which is a device and what unlocks it.
TWO_FACTORS = "urn:gatehouse:acr:2fa"
# From weak to strong. A request that lists all of them as they are here is content with any.
SUPPORTED_ACR = (ONE_FACTOR, TWO_FACTORS)


def acr_of(amr: str) -> str:
    """Return how strong a sign-in by these methods was. `mfa` is among them exactly if it took two factors."""
    return TWO_FACTORS if MULTIPLE_FACTORS in amr.split() else ONE_FACTOR


def authentication_claims(source: Credential | None, client: Client, *, named: Collection[str] = ()) -> dict[str, Any]:
    """Return the claims about the sign-in behind a code or refresh token: all of them if the client is told by its
    setting, else `acr` if the request has `named` it.
    """
    if source is None:
        return {}
    acr = acr_of(source.amr)
    if not client.security.tells_authentication:
        return {"acr": acr} if "acr" in named else {}
    claims: dict[str, Any] = {"auth_time": to_seconds(source.auth_time), "acr": acr}
    if source.amr:
        claims["amr"] = source.amr.split()
    return claims
