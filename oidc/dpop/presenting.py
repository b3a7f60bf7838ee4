"""Whether who presents an access token may (RFC 9449 section 7): a bound one only with a proof of its key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from common.clock import now
from common.jose.public_keys import ALGORITHMS
from common.oauth.errors import OAuthError
from oidc.dpop.proof import META_HEADER, invalid_proof, spend, verify_proof

BEARER = "bearer"
DPOP = "dpop"
SCHEMES = frozenset({BEARER, DPOP})


@dataclass(frozen=True, slots=True)
class Sender:
    """Who presents a token: the request, and the scheme it uses, in lower case."""

    request: HttpRequest
    scheme: str


def challenge(error: str = "", description: str = "") -> str:
    """Return the challenge of the scheme DPoP (RFC 9449 section 7.1)."""
    parts = {"error": error, "error_description": description, "algs": " ".join(ALGORITHMS)}
    return "DPoP " + ", ".join(f'{name}="{value}"' for name, value in parts.items() if value)


def confirmed_key(claims: Mapping[str, Any]) -> str | None:
    """Return the key a JWT is bound to, empty for one that is not; `None` if it is bound by means unknown here."""
    if "cnf" not in claims:
        return ""
    confirmation = claims["cnf"]
    jkt = confirmation.get("jkt") if isinstance(confirmation, Mapping) else None
    return jkt if isinstance(jkt, str) and jkt else None


def is_held_by(sender: Sender | None, *, token: str, jkt: str | None, algorithms: Sequence[str] = ALGORITHMS) -> bool:
    """Whether the sender may use a good token: one that is bound, by a proof of its key, any other as a bearer.

    No sender at all is one without a proof. `algorithms` are those in which the token's client may sign. Raises
    `invalid_dpop_proof` (401) where the proof is the fault. One statement for a bound token.
    """
    if not jkt:
        return jkt == "" and (sender is None or sender.scheme == BEARER)
    if sender is None or sender.scheme != DPOP:
        return False
    try:
        text = sender.request.META.get(META_HEADER)
        if text is None:
            raise invalid_proof("DPoP proof JWT not provided")
        proof = verify_proof(sender.request, text, moment=now(), token=token, algorithms=algorithms)
        if proof.jkt != jkt:
            return False
        spend(proof)
    except OAuthError as error:
        header = {"WWW-Authenticate": challenge(error.error, error.description or "")}
        raise OAuthError(error.error, error.description, status=401, headers=header) from error
    return True
