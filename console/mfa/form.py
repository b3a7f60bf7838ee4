"""Second factors, their policy and passkeys as a form, and the form's values as settings on the wire."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import AppError
from console.admin.fields import switch
from console.admin.service_errors import field_of
from console.admin.setting_fields import field_of as field_of_setting
from console.mfa.choices import FACTORS, ORGANIZATION_POLICIES, POLICY_GROUPS, as_pairs
from experience.mfa_settings import ADAPTIVE_POLICIES, MfaSettings, TrustedDevicePolicy
from experience.settings_shape import SIGN_IN_EXPERIENCE

_POLICIES = tuple(choice for group in POLICY_GROUPS for choice in group.choices)
# Form field -> member of the setting.
_PASSKEYS = {"passkey_sign_in": "enabled", "passkey_button": "showPasskeyButton", "passkey_autofill": "allowAutofill"}
_TRUSTED = {"trusted_device": "enabled", "trusted_device_days": "durationDays"}

_ERROR_FIELDS = {
    "mfa.policy": "policy",
    "trustedDevice.durationDays": "trusted_device_days",
    "mfa.organizationRequiredMfaPolicy": "organization_policy",
    "sign_in_experiences.backup_code_cannot_be_enabled_alone": "backup_codes",
    "sign_in_experiences.email_verification_code_cannot_be_used_for_mfa": "email_code",
    "sign_in_experiences.phone_verification_code_cannot_be_used_for_mfa": "phone_code",
    "sign_in_experiences.adaptive_mfa_requires_mfa": "policy",
    "sign_in_experiences.adaptive_mfa_requires_non_skippable_policy": "policy",
    "sign_in_experiences.non_adaptive_mfa_requires_skippable_policy": "policy",
}
_FIELD_OF_CONNECTOR = {"Email": "email_code", "Sms": "phone_code"}


def _factor(name: str) -> forms.BooleanField:
    return switch(label=FACTORS[name].title, help_text=FACTORS[name].text)


class MfaForm(forms.Form):
    """A switch for each factor; adaptive MFA is on by two of the policies, which are of no other use."""

    webauthn = _factor("webauthn")
    totp = _factor("totp")
    phone_code = _factor("phone_code")
    email_code = _factor("email_code")
    backup_codes = _factor("backup_codes")
    policy = forms.ChoiceField(label=_("When users are asked"), choices=as_pairs(_POLICIES), widget=forms.RadioSelect)
    organization_policy = forms.ChoiceField(
        label=_("Organizations that require MFA"), choices=as_pairs(ORGANIZATION_POLICIES), widget=forms.RadioSelect
    )
    trusted_device = switch(
        label=_("Trusted devices"),
        help_text=_("Users may tell a device to stand in for the second factor. Organizations can forbid it."),
    )
    trusted_device_days = field_of_setting(
        SIGN_IN_EXPERIENCE.at("trustedDevice.durationDays"),
        label=_("Days of trust"),
        help_text=_("Then the device is asked again."),
        required=True,
    )
    notifications = switch(
        label=_("Email about changes"),
        help_text=_("Users are told when a factor or a passkey of theirs is added, replaced or removed."),
    )
    passkey_sign_in = switch(
        label=_("Sign in with a passkey"),
        help_text=_("Instead of a password or a code. It counts as the second factor, too."),
    )
    passkey_button = switch(
        label=_("Passkey button"), help_text=_("A button on the sign-in page that lets the browser show passkeys.")
    )
    passkey_autofill = switch(
        label=_("Passkey autofill"), help_text=_("The identifier field suggests the passkeys of this device.")
    )


def to_form(wire: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sign-in settings as the form's values; the older name of a policy is shown as the newer."""
    mfa, trusted = MfaSettings.from_settings(wire["mfa"]), TrustedDevicePolicy.from_settings(wire["trustedDevice"])
    return {
        **{field: choice.value in mfa.factors for field, choice in FACTORS.items()},
        "policy": mfa.policy,
        "organization_policy": "Mandatory" if mfa.organization_required else "NoPrompt",
        "trusted_device": trusted.enabled,
        "trusted_device_days": trusted.days,
        **{field: bool(wire["passkeySignIn"].get(member)) for field, member in _PASSKEYS.items()},
    }


def to_changes(values: Mapping[str, Any], changed: list[str], wire: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that the developer's changes touch, whole, as `update_sign_in_experience` takes them."""
    touched, changes = set(changed), dict[str, Any]()
    if touched & {*FACTORS, "policy", "organization_policy"}:
        mfa = {**wire["mfa"], "factors": factors_of(values, wire["mfa"]["factors"])}
        if "policy" in touched:
            mfa["policy"] = values["policy"]
        if "organization_policy" in touched:
            mfa["organizationRequiredMfaPolicy"] = values["organization_policy"]
        changes["mfa"] = mfa
        is_adaptive = values["policy"] in ADAPTIVE_POLICIES
        if is_adaptive != bool(wire["adaptiveMfa"].get("enabled")):
            changes["adaptiveMfa"] = {"enabled": is_adaptive}
        elif is_adaptive:
            # Named, so that it does not go silently with the last factor.
            changes["adaptiveMfa"] = wire["adaptiveMfa"]
    for name, members in (("trustedDevice", _TRUSTED), ("passkeySignIn", _PASSKEYS)):
        if touched & set(members):
            changes[name] = {**wire[name], **{member: values[field] for field, member in members.items()}}
    return changes


def factors_of(values: Mapping[str, Any], stored: list[str] | None = None) -> list[str]:
    """Return the factors that are switched on: those that were on keep their order."""
    chosen = [choice.value for field, choice in FACTORS.items() if values.get(field)]
    kept = [factor for factor in stored or [] if factor in chosen]
    return [*kept, *(factor for factor in chosen if factor not in kept)]


def field_of_error(error: AppError) -> str | None:
    """Return the field that a refusal is about."""
    if error.code == "sign_in_experiences.enabled_connector_not_found":
        return _FIELD_OF_CONNECTOR.get(error.data["type"])
    return field_of(error, _ERROR_FIELDS)
