"""Authentication contexts: how strongly somebody signed in, in SAML's words and in the provider's (`acr`). Pure.

SAML authentication context classes 3.4, and the REFEDS MFA profile.
"""

from collections.abc import Sequence
from typing import Final

from common.saml.names import CONTEXT_PASSWORD, CONTEXT_UNSPECIFIED
from oidc.claims.authentication_claims import ONE_FACTOR, TWO_FACTORS

_CLASSES: Final = "urn:oasis:names:tc:SAML:2.0:ac:classes:"
REFEDS_MFA: Final = "https://refeds.org/profile/mfa"

_ONE: Final = frozenset({CONTEXT_PASSWORD, CONTEXT_UNSPECIFIED, f"{_CLASSES}Password", ONE_FACTOR})
_TWO: Final = frozenset(
    {
        REFEDS_MFA,
        TWO_FACTORS,
        f"{_CLASSES}MobileTwoFactorContract",
        f"{_CLASSES}TimeSyncToken",
        "http://schemas.microsoft.com/claims/multipleauthn",
    }
)


def is_impossible(contexts: Sequence[str], comparison: str) -> bool:
    """Whether a request makes a condition that no sign-in here can meet."""
    if not contexts:
        return False
    if comparison == "better":
        return not any(context in _ONE for context in contexts)
    return not any(context in _ONE | _TWO for context in contexts)


def needs_two_factors(contexts: Sequence[str], comparison: str) -> bool:
    """Whether only two factors fulfil a request."""
    if not contexts:
        return False
    return comparison == "better" or not any(context in _ONE for context in contexts)


def told_context(contexts: Sequence[str], acr: str) -> str:
    """Return the context of a sign-in: the first that was asked for and is true, else the usual name of what is."""
    true = _ONE | _TWO if acr == TWO_FACTORS else _ONE
    if acr == TWO_FACTORS and (asked := next((context for context in contexts if context in _TWO), None)):
        return asked
    return next(
        (context for context in contexts if context in true), REFEDS_MFA if acr == TWO_FACTORS else CONTEXT_PASSWORD
    )
