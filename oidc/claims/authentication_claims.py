"""What tokens say about the user's sign-in: when (`auth_time`), by which methods (`amr`), how strong (`acr`).

OpenID Connect Core section 2, RFC 8176, RFC 9068 section 2.2.1, RFC 9470 section 6. Told to applications whose setting
asks for it; the others learn `auth_time` in the ID token when they send `max_age`.
"""

from collections.abc import Mapping
from typing import Any

from applications.clients import Client
from common.clock import to_seconds
from oidc.credentials.stored import Credential

# One proof, whichever: a password, or a code sent to the user.
ONE_FACTOR = "urn:gatehouse:acr:1fa"
SUPPORTED_ACR = (ONE_FACTOR,)

# RFC 8176 section 2. Proofs that have no name there are left out.
_METHODS = {
    "Password": "pwd",
    "EmailVerificationCode": "otp",
    "PhoneVerificationCode": "otp",
    "OneTimeToken": "otp",
}


def methods_of(submission: Mapping[str, Any]) -> str:
    """Return the methods of a sign-in, separated by spaces, from what its session keeps about it."""
    records = submission.get("verificationRecords") or ()
    names = (_METHODS.get(record.get("type")) for record in records if record.get("verified"))
    return " ".join(dict.fromkeys(name for name in names if name))


def authentication_claims(source: Credential | None, client: Client) -> dict[str, Any]:
    """Return the claims about the sign-in behind a code or refresh token; none if the client is not told."""
    if source is None or not client.security.tells_authentication:
        return {}
    claims: dict[str, Any] = {"auth_time": to_seconds(source.auth_time), "acr": ONE_FACTOR}
    if source.amr:
        claims["amr"] = source.amr.split()
    return claims
