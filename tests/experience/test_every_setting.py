"""Every setting of the sign-in experience changes what a user sees or may do, and a test shows it.

A member that is new needs an entry here: a setting that is stored and has no effect is worse than none.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from common.shapes import Items, Members
from experience.settings_shape import SIGN_IN_EXPERIENCE

ROOT = Path(__file__).parents[2]

# Member -> tests in which a user, or whoever asks the API as one, meets another answer by it.
EFFECTS: dict[str, tuple[str, ...]] = {
    "color": ("experience/pages/test_look.py::test_every_accent_is_readable",),
    "branding": ("experience/pages/test_look.py::test_the_organization_comes_before_the_tenant",),
    "languageInfo": (
        "experience/pages/test_look.py::test_the_browser_is_not_heard_where_the_tenant_says_so",
        "experience/pages/test_look.py::test_the_language_is_the_applications_the_browsers_the_tenants",
    ),
    "termsOfUseUrl": ("experience/pages/test_sign_in.py::test_terms_are_agreed_to_by_hand_where_the_tenant_wants_it",),
    "privacyPolicyUrl": (
        "experience/pages/test_sign_in.py::test_terms_are_agreed_to_by_hand_where_the_tenant_wants_it",
    ),
    "agreeToTermsPolicy": (
        "experience/pages/test_sign_in.py::test_terms_are_agreed_to_by_hand_where_the_tenant_wants_it",
        "experience/pages/test_register.py::test_registering_may_ask_for_agreement_where_signing_in_does_not",
    ),
    "signIn": ("experience/test_password_sign_in.py::test_method_that_is_not_enabled_does_not_identify",),
    "signUp": ("experience/pages/test_social.py::test_what_signing_up_asks_for_is_asked",),
    "socialSignIn": (
        "experience/providers/test_social.py::test_nothing_is_asked_if_the_tenant_skips_identifiers",
        "experience/pages/test_social.py::test_an_account_of_the_same_address_is_linked_at_once_if_the_tenant_wishes",
    ),
    "socialSignInConnectorTargets": (
        "experience/pages/test_social.py::test_a_connector_that_is_not_offered_cannot_be_pressed",
    ),
    "signInMode": (
        "experience/test_register.py::test_mode_sign_in_takes_no_new_users",
        "experience/pages/test_policies.py::test_pages_follow_the_mode",
    ),
    "customContent": ("experience/own_pages/test_serving.py::test_nothing_that_is_told_ends_the_script",),
    "customUiAssets": ("experience/own_pages/test_serving.py::test_every_page_of_a_sign_in_is_theirs",),
    "customUiCsp": ("experience/own_pages/test_serving.py::test_scripts_of_the_page_run_and_no_others",),
    "customCss": ("experience/pages/test_look.py::test_custom_css_cannot_leave_its_element",),
    "passwordPolicy": ("experience/pages/test_policies.py::test_every_reason_to_refuse_a_password_is_told",),
    "usernamePolicy": (
        "experience/test_register.py::test_username_policy",
        "experience/test_register.py::test_names_compare_as_the_tenant_says",
    ),
    "mfa": ("experience/pages/test_mfa_verification.py::test_the_password_alone_opens_no_page_of_a_factor",),
    "adaptiveMfa": ("experience/adaptive/test_sign_in.py::test_nobody_is_asked_while_adaptive_mfa_is_off",),
    "singleSignOnEnabled": ("experience/providers/test_enterprise_sso.py::test_nobody_signs_in_there_while_it_is_off",),
    "supportEmail": ("experience/pages/test_look.py::test_both_ways_to_get_help_are_shown",),
    "supportWebsiteUrl": ("experience/pages/test_look.py::test_both_ways_to_get_help_are_shown",),
    "unknownSessionRedirectUrl": (
        "experience/pages/test_session_guard.py::test_the_tenant_chooses_where_lost_visitors_go",
    ),
    "captchaPolicy": ("experience/captcha/test_enforcement.py::test_without_a_policy_nothing_is_asked",),
    "sentinelPolicy": ("experience/test_password_sign_in.py::test_lockout_stops_even_the_right_password",),
    "emailBlocklistPolicy": (
        "experience/test_register.py::test_blocked_addresses_get_no_code",
        "experience/pages/test_policies.py::test_disposable_address_is_refused",
    ),
    "signInRestrictionPolicy": ("experience/restrictions/test_sign_in.py::test_page_says_what_to_do",),
    "verificationCodePolicy": ("experience/test_codes.py::test_wrong_codes",),
    "forgotPasswordMethods": ("experience/test_forgot_password.py::test_method_that_is_not_listed",),
    "passkeySignIn": ("experience/second_factors/test_passkeys.py::test_where_passkeys_do_not_sign_in",),
    "signUpProfileFields": ("experience/pages/test_extra_profile.py::test_fields_are_in_the_order_of_the_settings",),
    "passwordExpiration": (
        "experience/test_password_sign_in.py::test_expired_password_must_be_renewed",
        "experience/test_password_sign_in.py::test_who_signs_in_by_password_is_told_that_it_expires",
    ),
    "trustedDevice": (
        "experience/second_factors/test_trusted_device_journeys.py::test_it_is_not_asked_for_the_second_factor",
    ),
}
# The members of these -> a test in which that very one decides.
INNER: dict[str, str] = {
    "color.primaryColor": "experience/pages/test_look.py::test_the_accent_and_dark_mode_are_the_tenants",
    "color.isDarkModeEnabled": "experience/pages/test_look.py::test_the_accent_and_dark_mode_are_the_tenants",
    "color.darkPrimaryColor": "experience/pages/test_look.py::test_each_surface_has_its_pictures_and_its_color",
    "branding.logoUrl": "experience/pages/test_look.py::test_each_surface_has_its_pictures_and_its_color",
    "branding.darkLogoUrl": "experience/pages/test_look.py::test_each_surface_has_its_pictures_and_its_color",
    "branding.favicon": "experience/pages/test_look.py::test_each_surface_has_its_pictures_and_its_color",
    "branding.darkFavicon": "experience/pages/test_look.py::test_each_surface_has_its_pictures_and_its_color",
    "languageInfo.autoDetect": "experience/pages/test_look.py::test_the_browser_is_not_heard_where_the_tenant_says_so",
    "languageInfo.fallbackLanguage": (
        "experience/pages/test_look.py::test_the_language_is_the_applications_the_browsers_the_tenants"
    ),
    "signIn.methods.identifier": (
        "experience/test_password_sign_in.py::test_method_that_is_not_enabled_does_not_identify"
    ),
    "signIn.methods.password": "experience/test_password_sign_in.py::test_method_that_is_not_enabled_does_not_identify",
    "signIn.methods.verificationCode": "browser/test_survival.py::test_a_way_is_switched_off_on_the_way",
    "signIn.methods.isPasswordPrimary": (
        "experience/pages/test_sign_in.py::test_a_code_comes_first_if_the_tenant_prefers_it"
    ),
    "signUp.identifiers": "experience/test_sign_up_combinations.py::test_what_is_missing",
    "signUp.password": "experience/test_sign_up_combinations.py::test_what_is_missing",
    "signUp.verify": "experience/test_sign_up_combinations.py::test_which_are_settings",
    "signUp.secondaryIdentifiers.identifier": "experience/test_sign_up_combinations.py::test_what_is_missing",
    "signUp.secondaryIdentifiers.verify": "experience/test_sign_up_combinations.py::test_which_are_settings",
    "socialSignIn.automaticAccountLinking": (
        "experience/pages/test_social.py::test_an_account_of_the_same_address_is_linked_at_once_if_the_tenant_wishes"
    ),
    "socialSignIn.skipRequiredIdentifiers": (
        "experience/providers/test_social.py::test_nothing_is_asked_if_the_tenant_skips_identifiers"
    ),
    "customUiAssets.id": "experience/own_pages/test_serving.py::test_every_page_of_a_sign_in_is_theirs",
    "customUiAssets.createdAt": "experience/own_pages/test_serving.py::test_every_page_of_a_sign_in_is_theirs",
    "customUiCsp.scriptSrc": "experience/own_pages/test_serving.py::test_scripts_of_the_page_run_and_no_others",
    "customUiCsp.connectSrc": "experience/own_pages/test_serving.py::test_scripts_of_the_page_run_and_no_others",
    "passwordPolicy.length.min": "experience/pages/test_policies.py::test_every_reason_to_refuse_a_password_is_told",
    "passwordPolicy.length.max": "experience/pages/test_policies.py::test_every_reason_to_refuse_a_password_is_told",
    "passwordPolicy.characterTypes.min": (
        "experience/pages/test_policies.py::test_every_reason_to_refuse_a_password_is_told"
    ),
    "passwordPolicy.rejects.pwned": "experience/pages/test_policies.py::test_leaked_password_is_refused",
    "passwordPolicy.rejects.repetitionAndSequence": (
        "experience/pages/test_policies.py::test_every_reason_to_refuse_a_password_is_told"
    ),
    "passwordPolicy.rejects.userInfo": "experience/test_register.py::test_password_policy_sees_the_staged_profile",
    "passwordPolicy.rejects.words": "experience/pages/test_policies.py::test_every_reason_to_refuse_a_password_is_told",
    "usernamePolicy.caseSensitive": "experience/test_register.py::test_names_compare_as_the_tenant_says",
    "usernamePolicy.minLength": "experience/test_register.py::test_username_policy",
    "usernamePolicy.maxLength": "experience/test_register.py::test_username_policy",
    "usernamePolicy.allowedChars.lowercase": "experience/test_register.py::test_username_policy",
    "usernamePolicy.allowedChars.uppercase": "experience/test_register.py::test_username_policy",
    "usernamePolicy.allowedChars.numbers": "experience/test_register.py::test_username_policy",
    "usernamePolicy.allowedChars.underscore": "experience/test_register.py::test_username_policy",
    "mfa.factors": "experience/second_factors/test_setup.py::test_what_the_tenant_does_not_take",
    "mfa.policy": "experience/second_factors/test_setup.py::test_not_where_it_is_required",
    "mfa.organizationRequiredMfaPolicy": (
        "experience/second_factors/test_setup.py::test_not_where_an_organization_of_theirs_requires_it"
    ),
    "sentinelPolicy.maxAttempts": "experience/test_password_sign_in.py::test_lockout_stops_even_the_right_password",
    "sentinelPolicy.lockoutDuration": "experience/test_password_sign_in.py::test_lockout_stops_even_the_right_password",
    "emailBlocklistPolicy.blockDisposableAddresses": (
        "experience/pages/test_policies.py::test_disposable_address_is_refused"
    ),
    "emailBlocklistPolicy.blockSubaddressing": "experience/test_register.py::test_blocked_addresses_get_no_code",
    "emailBlocklistPolicy.customAllowlist": "experience/test_register.py::test_blocked_addresses_get_no_code",
    "emailBlocklistPolicy.customBlocklist": "experience/test_register.py::test_blocked_addresses_get_no_code",
    "signInRestrictionPolicy.emailAllowlist": "experience/restrictions/test_rules.py::test_addresses",
    "signInRestrictionPolicy.emailBlocklist": "experience/restrictions/test_rules.py::test_addresses",
    "signInRestrictionPolicy.allowUsersWithoutEmail": (
        "experience/restrictions/test_sign_in.py::test_user_without_an_address"
    ),
    "signInRestrictionPolicy.ipAllowlist": "experience/restrictions/test_rules.py::test_networks",
    "signInRestrictionPolicy.ipBlocklist": "experience/restrictions/test_rules.py::test_networks",
    "signInRestrictionPolicy.countryAllowlist": "experience/restrictions/test_rules.py::test_countries",
    "signInRestrictionPolicy.countryBlocklist": "experience/restrictions/test_rules.py::test_countries",
    "signInRestrictionPolicy.allowUnknownCountry": "experience/restrictions/test_rules.py::test_countries",
    "verificationCodePolicy.expirationDuration": "experience/test_codes.py::test_wrong_codes",
    "verificationCodePolicy.maxRetryAttempts": "experience/test_codes.py::test_wrong_codes",
    "passkeySignIn.showPasskeyButton": "browser/test_passkeys.py::test_the_browser_fills_a_passkey_in",
    "passkeySignIn.allowAutofill": "browser/test_passkeys.py::test_the_browser_fills_a_passkey_in",
    "passwordExpiration.validPeriodDays": (
        "experience/test_password_sign_in.py::test_expired_password_must_be_renewed"
    ),
    "passwordExpiration.reminderDays": (
        "experience/test_password_sign_in.py::test_who_signs_in_by_password_is_told_that_it_expires"
    ),
    "trustedDevice.durationDays": "experience/test_trusted_devices.py::test_a_policy_that_changes_counts_at_once",
}
# Only its default can be stored: there is no line about the maker to hide.
WITHOUT_EFFECT = {"hideLogtoBranding": "experience/test_settings.py::test_rules"}


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse((ROOT / "tests" / file).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def members_within(shape: Any, path: str) -> Iterator[str]:
    """The paths of the values below a member, in objects and in lists of them."""
    if isinstance(shape, Items):
        shape = shape.of
    if not isinstance(shape, Members):
        yield path
        return
    for name, inner in shape.members.items():
        yield from members_within(inner, f"{path}.{name}")


def test_every_setting_has_its_test() -> None:
    named = {*EFFECTS, *WITHOUT_EFFECT}
    assert named == set(SIGN_IN_EXPERIENCE.members)
    assert len(named) == len(EFFECTS) + len(WITHOUT_EFFECT)


def test_every_member_of_a_setting_has_its_test() -> None:
    """Which method is first, and what an organization demands, were stored and read, and no journey showed either.

    A switch that is its setting's only point has the test of that.
    """
    paths = {path for name, shape in SIGN_IN_EXPERIENCE.members.items() for path in members_within(shape, name)}
    assert INNER.keys() == {path for path in paths if "." in path and not path.endswith((".enabled", "Fields.name"))}


@pytest.mark.parametrize(
    ("member", "test"),
    [(member, test) for member, tests in EFFECTS.items() for test in tests]
    + [(path.rpartition(".")[2], test) for path, test in INNER.items()]
    + list(WITHOUT_EFFECT.items()),
)
def test_the_test_is_there(member: str, test: str) -> None:
    file, _, name = test.partition("::")
    assert name in names_in(file)
    assert member in (ROOT / "tests" / file).read_text()
