"""The settings of second factors and passkeys: what may be switched on together, and what takes effect."""

from collections.abc import Callable
from typing import Any

import pytest

from experience.mfa_settings import MfaSettings, PasskeySignIn
from experience.services.settings import get_sign_in_experience
from tenants.models import Tenant
from tests.experience.conftest import method, refused

Change = Callable[..., None]

ADAPTIVE_POLICIES = ("PromptAtSignInAndSignUpMandatory", "PromptOnlyAtSignInMandatory")
OTHER_POLICIES = ("UserControlled", "Mandatory", "PromptOnlyAtSignIn", "PromptAtSignInAndSignUp", "NoPrompt")


def mfa(*factors: str, policy: str = "PromptAtSignInAndSignUp", **members: Any) -> dict[str, Any]:
    return {"factors": list(factors), "policy": policy, **members}


def test_new_tenant_has_no_second_factors(tenant: Tenant) -> None:
    settings = get_sign_in_experience()
    assert settings.mfa == MfaSettings((), "PromptAtSignInAndSignUp", organization_required=False)
    assert not settings.adaptive_mfa
    assert settings.passkey_sign_in == PasskeySignIn(enabled=False, show_button=False, allow_autofill=False)


@pytest.mark.parametrize("policy", OTHER_POLICIES)
def test_every_factor_and_policy_can_be_switched_on(connectors: None, settings_of: Change, policy: str) -> None:
    factors = ("Totp", "WebAuthn", "BackupCode", "EmailVerificationCode", "PhoneVerificationCode")
    settings_of(mfa=mfa(*factors, policy=policy, organizationRequiredMfaPolicy="Mandatory"))
    settings = get_sign_in_experience()
    # The older name of the policy is kept as it was sent, and decided upon by its newer one.
    assert settings.wire["mfa"]["policy"] == policy
    newer = "PromptAtSignInAndSignUp" if policy == "UserControlled" else policy
    assert settings.mfa == MfaSettings(factors, newer, organization_required=True)


def test_organizations_that_require_mfa_ask_nobody_unless_told_to(settings_of: Change) -> None:
    settings_of(mfa=mfa("Totp", organizationRequiredMfaPolicy="NoPrompt"))
    assert not get_sign_in_experience().mfa.organization_required


def test_passkeys_sign_in(settings_of: Change) -> None:
    settings_of(passkeySignIn={"enabled": True, "showPasskeyButton": True})
    assert get_sign_in_experience().passkey_sign_in == PasskeySignIn(
        enabled=True, show_button=True, allow_autofill=False
    )
    # The object is replaced whole.
    settings_of(passkeySignIn={"enabled": True, "allowAutofill": True})
    assert get_sign_in_experience().passkey_sign_in == PasskeySignIn(
        enabled=True, show_button=False, allow_autofill=True
    )


BY_CODE = {"methods": [method("username", password=True), method("email", code=True), method("phone", code=True)]}


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"mfa": mfa("Totp", "Totp")}, "duplicated_mfa_factors", 400),
        ({"mfa": mfa("BackupCode")}, "backup_code_cannot_be_enabled_alone", 400),
        (
            {"mfa": mfa("EmailVerificationCode"), "signIn": BY_CODE},
            "email_verification_code_cannot_be_used_for_sign_in",
            400,
        ),
        (
            {"mfa": mfa("PhoneVerificationCode"), "signIn": BY_CODE},
            "phone_verification_code_cannot_be_used_for_sign_in",
            400,
        ),
    ],
)
def test_factors(connectors: None, tenant: Tenant, changes: dict[str, Any], code: str, status: int) -> None:
    error = refused(**changes)
    assert (error.code, error.status) == (f"sign_in_experiences.{code}", status)


@pytest.mark.parametrize("kind", ["email", "phone"])
def test_one_code_is_no_two_proofs(connectors: None, settings_of: Change, kind: str) -> None:
    """Whichever of the two is set second is refused with the code of what was being set."""
    factor = f"{kind.title()}VerificationCode"
    username = method("username", password=True)
    settings_of(signIn={"methods": [username, method(kind, password=True, code=True)]})
    assert refused(mfa=mfa(factor)).code == f"sign_in_experiences.{kind}_verification_code_cannot_be_used_for_mfa"
    settings_of(signIn={"methods": [username, method(kind, password=True)]}, mfa=mfa(factor))
    error = refused(signIn={"methods": [username, method(kind, password=True, code=True)]})
    assert error.code == f"sign_in_experiences.{kind}_verification_code_cannot_be_used_for_sign_in"
    assert error.status == 400


@pytest.mark.parametrize(("kind", "connector"), [("Email", "Email"), ("Phone", "Sms")])
def test_codes_as_second_factors_need_a_connector(tenant: Tenant, kind: str, connector: str) -> None:
    error = refused(mfa=mfa(f"{kind}VerificationCode"))
    assert (error.code, error.status) == ("sign_in_experiences.enabled_connector_not_found", 400)
    assert error.data == {"type": connector}


@pytest.mark.parametrize(
    ("stored", "changes", "code"),
    [
        # Something to ask for.
        ({}, {"adaptiveMfa": {"enabled": True}}, "adaptive_mfa_requires_mfa"),
        *(
            ({}, {"adaptiveMfa": {"enabled": True}, "mfa": mfa(policy=policy)}, "adaptive_mfa_requires_mfa")
            for policy in ADAPTIVE_POLICIES
        ),
        # A policy that cannot be skipped, of the two that are about unusual sign-ins.
        *(
            (
                {"mfa": mfa("Totp", policy=policy)},
                {"adaptiveMfa": {"enabled": True}},
                "adaptive_mfa_requires_non_skippable_policy",
            )
            for policy in OTHER_POLICIES
        ),
        (
            {"mfa": mfa("Totp", policy=ADAPTIVE_POLICIES[0]), "adaptiveMfa": {"enabled": True}},
            {"mfa": mfa("Totp", policy="Mandatory")},
            "adaptive_mfa_requires_non_skippable_policy",
        ),
        # These two are of no other use.
        *(
            ({}, {"mfa": mfa("Totp", policy=policy)}, "non_adaptive_mfa_requires_skippable_policy")
            for policy in ADAPTIVE_POLICIES
        ),
        (
            {"mfa": mfa("Totp", policy=ADAPTIVE_POLICIES[0]), "adaptiveMfa": {"enabled": True}},
            {"adaptiveMfa": {"enabled": False}},
            "non_adaptive_mfa_requires_skippable_policy",
        ),
        # The last factor takes adaptive MFA with it, but not if that is asked for at the same time.
        (
            {"mfa": mfa("Totp", policy=ADAPTIVE_POLICIES[0]), "adaptiveMfa": {"enabled": True}},
            {"mfa": mfa(), "adaptiveMfa": {"enabled": True}},
            "adaptive_mfa_requires_mfa",
        ),
        (
            {"mfa": mfa("Totp", policy=ADAPTIVE_POLICIES[0]), "adaptiveMfa": {"enabled": True}},
            {"mfa": mfa(policy=ADAPTIVE_POLICIES[0])},
            "non_adaptive_mfa_requires_skippable_policy",
        ),
    ],
)
def test_adaptive_mfa(settings_of: Change, stored: dict[str, Any], changes: dict[str, Any], code: str) -> None:
    if stored:
        settings_of(**stored)
    error = refused(**changes)
    assert (error.code, error.status) == (f"sign_in_experiences.{code}", 422)


@pytest.mark.parametrize("policy", ADAPTIVE_POLICIES)
def test_adaptive_mfa_goes_with_the_last_factor(settings_of: Change, policy: str) -> None:
    settings_of(mfa=mfa("Totp", policy=policy), adaptiveMfa={"enabled": True})
    assert get_sign_in_experience().adaptive_mfa
    settings_of(mfa=mfa())
    settings = get_sign_in_experience()
    assert settings.wire["adaptiveMfa"] == {"enabled": False}
    assert not settings.adaptive_mfa


def test_settings_that_have_nothing_to_do_with_it_leave_adaptive_mfa_alone(settings_of: Change) -> None:
    settings_of(mfa=mfa("Totp", policy=ADAPTIVE_POLICIES[0]), adaptiveMfa={"enabled": True})
    settings_of(supportEmail="help@example.com")
    assert get_sign_in_experience().adaptive_mfa
