"""The sign-in settings: what is stored, what is refused, and what takes effect."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from common.actors import SYSTEM
from common.clock import to_milliseconds
from experience.services.settings import get_sign_in_experience
from identity.models import User
from identity.services.users import create_user
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.experience.conftest import method, refused

Change = Callable[..., None]


def test_new_tenant_signs_in_by_username_and_password(tenant: Tenant) -> None:
    settings = get_sign_in_experience()
    assert settings.mode == "SignInAndRegister"
    assert [method.identifier for method in settings.sign_in_methods] == ["username"]
    assert settings.sign_up.identifiers == ("username",)
    assert (settings.sentinel.max_attempts, settings.sentinel.lockout_minutes) == (100, 60)
    assert (settings.codes.expires_in, settings.codes.max_tries) == (600, 10)
    assert settings.forgot_password_methods == ()


def test_objects_are_replaced_whole(settings_of: Change) -> None:
    settings_of(sentinelPolicy={"maxAttempts": 5, "lockoutDuration": 5})
    settings_of(sentinelPolicy={"maxAttempts": 7}, branding={"logoUrl": "https://example.com/logo.svg"})
    settings = get_sign_in_experience()
    assert (settings.sentinel.max_attempts, settings.sentinel.lockout_minutes) == (7, 60)
    assert settings.wire["branding"] == {"logoUrl": "https://example.com/logo.svg"}


def test_tenants_have_settings_of_their_own(settings_of: Change, tenants: Any) -> None:
    settings_of(signInMode="SignIn")
    with enter_tenant("acme"):
        assert get_sign_in_experience().mode == "SignInAndRegister"


@pytest.mark.parametrize("changes", [{}, {"unknown": 1}, {"tenantId": "acme", "id": "x"}])
def test_nothing_to_change(tenant: Tenant, changes: dict[str, Any]) -> None:
    assert refused(**changes).code == "entity.invalid_input"


def test_what_is_off_can_be_named_so(settings_of: Change) -> None:
    settings_of(
        captchaPolicy={"enabled": False},
        singleSignOnEnabled=False,
        signUpProfileFields=None,
        customUiAssets=None,
        customUiCsp={},
    )


def test_targets_without_a_connector_are_dropped(settings_of: Change) -> None:
    settings_of(socialSignInConnectorTargets=["google"])
    assert get_sign_in_experience().wire["socialSignInConnectorTargets"] == []


EMAIL_UP = {"identifiers": ["email"], "password": False, "verify": True}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hideLogtoBranding": True}, "request.invalid_input"),
        (
            {"languageInfo": {"autoDetect": True, "fallbackLanguage": "tlh"}},
            "sign_in_experiences.unsupported_default_language",
        ),
        (
            {"signUp": {**EMAIL_UP, "identifiers": [], "secondaryIdentifiers": [{"identifier": "username"}]}},
            "sign_in_experiences.missing_sign_up_identifiers",
        ),
        (
            {"signUp": {**EMAIL_UP, "identifiers": ["email", "email"]}},
            "sign_in_experiences.duplicated_sign_up_identifiers",
        ),
        (
            {"signUp": {**EMAIL_UP, "secondaryIdentifiers": [{"identifier": "emailOrPhone", "verify": True}]}},
            "sign_in_experiences.duplicated_sign_up_identifiers",
        ),
        ({"signUp": {**EMAIL_UP, "verify": False}}, "sign_in_experiences.passwordless_requires_verify"),
        (
            {"signUp": {**EMAIL_UP, "secondaryIdentifiers": [{"identifier": "phone"}]}},
            "sign_in_experiences.passwordless_requires_verify",
        ),
        (
            {"signIn": {"methods": [method("email")]}},
            "sign_in_experiences.at_least_one_authentication_factor",
        ),
        ({"signIn": {"methods": [method("username", code=True)]}}, "guard.invalid_input"),
        (
            {"signUp": EMAIL_UP, "signIn": {"methods": [method("email", password=True)]}},
            "sign_in_experiences.code_sign_in_must_be_enabled",
        ),
        (
            {"emailBlocklistPolicy": {"customBlocklist": ["nonsense"]}},
            "sign_in_experiences.invalid_custom_email_blocklist_format",
        ),
        (
            {"passwordExpiration": {"enabled": True}},
            "sign_in_experiences.password_expiration_invalid_period_days",
        ),
        (
            {"passwordExpiration": {"enabled": True, "validPeriodDays": 30}},
            "sign_in_experiences.password_expiration_requires_forgot_password",
        ),
        ({"passwordPolicy": {"length": {"min": 20, "max": 10}}}, "guard.invalid_input"),
    ],
)
def test_rules(connectors: None, tenant: Tenant, changes: dict[str, Any], code: str) -> None:
    assert refused(**changes).code == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signUp": EMAIL_UP}, "sign_in_experiences.enabled_connector_not_found"),
        (
            {"signIn": {"methods": [method("phone", code=True)]}},
            "sign_in_experiences.enabled_connector_not_found",
        ),
        (
            {"forgotPasswordMethods": ["EmailVerificationCode"]},
            "sign_in_experiences.forgot_password_method_requires_connector",
        ),
        (
            {"forgotPasswordMethods": None, "passwordExpiration": {"enabled": True, "validPeriodDays": 30}},
            "sign_in_experiences.password_expiration_requires_forgot_password",
        ),
    ],
)
def test_codes_need_a_connector(tenant: Tenant, changes: dict[str, Any], code: str) -> None:
    assert refused(**changes).code == code


def test_expiration_is_merged_and_dated_by_the_server(connectors: None, settings_of: Change) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        settings_of(
            forgotPasswordMethods=["EmailVerificationCode"],
            passwordExpiration={"enabled": True, "validPeriodDays": 30, "enabledAt": 1},
        )
    settings_of(passwordExpiration={"validPeriodDays": 60})
    assert get_sign_in_experience().wire["passwordExpiration"] == {
        "enabled": True,
        "validPeriodDays": 60,
        "enabledAt": to_milliseconds(noon),
    }
    assert refused(forgotPasswordMethods=[]).code == (
        "sign_in_experiences.password_expiration_requires_forgot_password"
    )


ALL_CHARACTERS = {"lowercase": True, "uppercase": True, "numbers": True, "underscore": True}


def username_policy(**changes: Any) -> dict[str, Any]:
    return {"caseSensitive": True, "minLength": 1, "maxLength": 128, "allowedChars": ALL_CHARACTERS, **changes}


def test_names_that_clash_without_case(tenant: Tenant) -> None:
    names = [create_user(username=name, actor=SYSTEM).id for name in ("Alice", "alice", "bob")]
    error = refused(usernamePolicy=username_policy(caseSensitive=False))
    assert (error.status, error.code) == (409, "sign_in_experiences.username_policy_case_conflicts_exist")
    assert error.data == {
        "totalConflicts": 1,
        "samples": [{"usernameLower": "alice", "userIds": sorted(names[:2])}],
    }


def test_names_are_compared_again_at_once(settings_of: Change) -> None:
    alice = create_user(username="Alice", actor=SYSTEM)
    settings_of(usernamePolicy=username_policy(caseSensitive=False))
    alice.refresh_from_db()
    assert alice.username_key == "alice"
    settings_of(usernamePolicy=username_policy())
    alice.refresh_from_db()
    assert (alice.username, alice.username_key) == ("Alice", "Alice")
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "policy",
    [
        username_policy(minLength=9, maxLength=8),
        username_policy(allowedChars={"lowercase": False, "uppercase": False, "numbers": True, "underscore": False}),
    ],
)
def test_username_policies_that_nobody_can_satisfy(tenant: Tenant, policy: dict[str, Any]) -> None:
    assert refused(usernamePolicy=policy).code == "guard.invalid_input"


@pytest.mark.parametrize(
    ("sign_in", "sign_up", "mode", "code"),
    [
        (
            ["username"],
            {"identifiers": ["username"], "password": False},
            "SignInAndRegister",
            "password_sign_in_must_be",
        ),
        (["email"], {"identifiers": ["username"], "password": True}, "SignInAndRegister", "miss_sign_up_identifier"),
        (["username"], {"identifiers": ["username"], "password": False}, "SignIn", None),
        (["username"], {"identifiers": ["username"], "password": True}, "SignInAndRegister", None),
    ],
)
def test_who_signs_up_can_sign_in_again(
    tenant: Tenant, settings_of: Change, sign_in: list[str], sign_up: dict[str, Any], mode: str, code: str | None
) -> None:
    """With what an account is made it also signs in, wherever both are open."""
    full_codes = {
        "password_sign_in_must_be": "sign_in_experiences.password_sign_in_must_be_enabled",
        "miss_sign_up_identifier": "sign_in_experiences.miss_sign_up_identifier_in_sign_in",
    }
    changes = {
        "signIn": {"methods": [method(kind, password=True) for kind in sign_in]},
        "signUp": {"verify": False, **sign_up},
        "signInMode": mode,
    }
    if code is None:
        settings_of(**changes)
        assert get_sign_in_experience().mode == mode
    else:
        assert refused(**changes).code == full_codes[code]
