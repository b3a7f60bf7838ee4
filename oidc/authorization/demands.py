"""How strong a sign-in the parameters of a request demand: `acr_values`, and the claim `acr` in `claims`.

A request that names `…:2fa` before `…:1fa`, or alone, demands a second factor. By `acr_values` that is a wish (OpenID
Connect Core section 3.1.2.1), by an essential claim `acr` a condition (section 5.5.1.1).
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from common.oauth.errors import OAuthError
from oidc.authorization.parameters import ACR_VALUES, CLAIMS
from oidc.claims.authentication_claims import SUPPORTED_ACR, TWO_FACTORS
from oidc.claims.requested_claims import RequestedAcr, read_claims_request

# More values than any client means are not looked at.
_MOST_VALUES = 32


class Assurance(StrEnum):
    """Whether a request demands a second factor: not at all, if it can be had, or in any case."""

    NONE = "none"
    VOLUNTARY = "voluntary"
    ESSENTIAL = "essential"


def read_demand(parameters: Mapping[str, Any]) -> Assurance:
    """Return what a request demands."""
    claimed = claimed_acr(parameters)
    if claimed is not None and claimed.is_essential and set(_known(claimed.values)) == {TWO_FACTORS}:
        return Assurance.ESSENTIAL
    wishes = [acr_values(parameters), () if claimed is None else claimed.values]
    return Assurance.VOLUNTARY if any(_known(values)[:1] == [TWO_FACTORS] for values in wishes) else Assurance.NONE


def acr_values(parameters: Mapping[str, Any]) -> Sequence[str]:
    """Return the authentication contexts that the client wishes for, in its order of preference."""
    return str(parameters.get(ACR_VALUES) or "").split()[:_MOST_VALUES]


def claimed_acr(parameters: Mapping[str, Any]) -> RequestedAcr | None:
    """Return the authentication contexts that `claims` names, if any; one that cannot be read names none.

    Whether it may be malformed is for others to say: a client that follows OpenID Connect strictly has been refused.
    """
    text = parameters.get(CLAIMS)
    try:
        return read_claims_request(str(text)).acr if text else None
    except OAuthError:
        return None


def names_known_context(parameters: Mapping[str, Any]) -> bool:
    """Whether a request names an authentication context that there is, however urgently."""
    claimed = claimed_acr(parameters)
    return bool(_known(acr_values(parameters)) or (claimed is not None and _known(claimed.values)))


def is_impossible(parameters: Mapping[str, Any]) -> bool:
    """Whether a request makes a condition of an authentication context that there is not."""
    claimed = claimed_acr(parameters)
    return claimed is not None and claimed.is_essential and not _known(claimed.values)


def _known(values: Sequence[str]) -> list[str]:
    return [value for value in values if value in SUPPORTED_ACR]
