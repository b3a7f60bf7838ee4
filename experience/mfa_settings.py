"""The settings of second factors, passkeys and trusted devices, read with their defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The older name of a policy, which clients may still send.
_ALIASES = {"UserControlled": "PromptAtSignInAndSignUp"}
# Only adaptive MFA has them: everybody sets a factor up, and uses it when a sign-in is unusual.
ADAPTIVE_POLICIES = frozenset({"PromptAtSignInAndSignUpMandatory", "PromptOnlyAtSignInMandatory"})

DEFAULT_TRUST_DAYS = 30
LONGEST_TRUST_DAYS = 365


@dataclass(frozen=True, slots=True)
class MfaSettings:
    """Which second factors there are, when users are asked for them, and whether an organization may demand one.

    `policy` is never the older `UserControlled`; `organization_required` says that members of an organization that
    requires MFA must set a factor up.
    """

    factors: tuple[str, ...]
    policy: str
    organization_required: bool

    @classmethod
    def from_settings(cls, stored: Mapping[str, Any]) -> "MfaSettings":
        """Read the stored `mfa`."""
        policy = stored["policy"]
        return cls(
            factors=tuple(stored["factors"]),
            policy=_ALIASES.get(policy, policy),
            organization_required=stored.get("organizationRequiredMfaPolicy") == "Mandatory",
        )


@dataclass(frozen=True, slots=True)
class PasskeySignIn:
    """Whether a passkey signs in, and how the page offers it: by a button, and by autofill of the identifier."""

    enabled: bool
    show_button: bool
    allow_autofill: bool

    @classmethod
    def from_settings(cls, stored: Mapping[str, Any]) -> "PasskeySignIn":
        """Read the stored `passkeySignIn`; what is not named is off."""
        return cls(
            enabled=bool(stored.get("enabled")),
            show_button=bool(stored.get("showPasskeyButton")),
            allow_autofill=bool(stored.get("allowAutofill")),
        )


@dataclass(frozen=True, slots=True)
class TrustedDevicePolicy:
    """Whether users may have a browser remembered as theirs, and for how many days it stands in for a second factor."""

    enabled: bool
    days: int

    @classmethod
    def from_settings(cls, stored: Mapping[str, Any]) -> "TrustedDevicePolicy":
        """Read the stored `trustedDevice`; off if it does not say otherwise."""
        return cls(enabled=bool(stored.get("enabled")), days=stored.get("durationDays") or DEFAULT_TRUST_DAYS)
