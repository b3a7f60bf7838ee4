"""What the settings of second factors must obey: rules of `experience.settings_rules`, one function each."""

from collections.abc import Mapping
from typing import Any

from common.errors import AppError
from experience.code_channels import CODE_CHANNELS, require_connector
from experience.mfa_settings import ADAPTIVE_POLICIES

Settings = Mapping[str, Any]


def check_codes_of_sign_in(changes: Settings, stored: Settings) -> None:
    """Raise `sign_in_experiences.*_verification_code_cannot_be_used_for_sign_in` if that code is a second factor.

    The same mailbox would be both proofs.
    """
    if "signIn" in changes and (kind := _kind_used_twice(stored)):
        raise AppError(f"sign_in_experiences.{kind}_verification_code_cannot_be_used_for_sign_in")


def check_mfa_factors(changes: Settings, stored: Settings) -> None:
    """Raise for factors named twice, backup codes alone, and codes that nothing can send or that sign in already.

    `sign_in_experiences.duplicated_mfa_factors`, `.backup_code_cannot_be_enabled_alone`,
    `.*_verification_code_cannot_be_used_for_mfa`, `.enabled_connector_not_found`.
    """
    if "mfa" not in changes:
        return
    factors: list[str] = changes["mfa"]["factors"]
    if len(factors) != len(set(factors)):
        raise AppError("sign_in_experiences.duplicated_mfa_factors")
    if factors == ["BackupCode"]:
        raise AppError("sign_in_experiences.backup_code_cannot_be_enabled_alone")
    if kind := _kind_used_twice(stored):
        raise AppError(f"sign_in_experiences.{kind}_verification_code_cannot_be_used_for_mfa")
    for factor in factors:
        if channel := CODE_CHANNELS.get(factor):
            require_connector(channel)


def check_adaptive_mfa(changes: Settings, stored: Settings) -> None:
    """Raise if adaptive MFA has nothing to ask for or may be skipped, or if a policy needs it and it is off.

    `sign_in_experiences.adaptive_mfa_requires_mfa`, `.adaptive_mfa_requires_non_skippable_policy`,
    `.non_adaptive_mfa_requires_skippable_policy`.
    """
    if not {"mfa", "adaptiveMfa"} & set(changes):
        return
    mfa = stored["mfa"]
    is_adaptive_policy = mfa["policy"] in ADAPTIVE_POLICIES
    if not stored["adaptiveMfa"].get("enabled"):
        if is_adaptive_policy:
            raise AppError("sign_in_experiences.non_adaptive_mfa_requires_skippable_policy")
        return
    if not mfa["factors"]:
        raise AppError("sign_in_experiences.adaptive_mfa_requires_mfa")
    if not is_adaptive_policy:
        raise AppError("sign_in_experiences.adaptive_mfa_requires_non_skippable_policy")


def _kind_used_twice(stored: Settings) -> str | None:
    """Return the kind of identifier whose code is both a way to sign in and a second factor."""
    factors = stored["mfa"]["factors"]
    code_methods = {row["identifier"] for row in stored["signIn"]["methods"] if row["verificationCode"]}
    kinds = (CODE_CHANNELS[factor] for factor in factors if factor in CODE_CHANNELS)
    return next((kind for kind in kinds if kind in code_methods), None)
