"""What the sign-in settings must obey: one function a rule, in the order in which they are asked.

`RULES` is the documentation. A rule gets the changes by wire name and the object as it would be stored.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from common.errors import AppError, invalid_value
from connectors.factories import Channel
from connectors.selectors import has_connector
from experience.code_channels import CODE_CHANNELS, require_connector
from experience.languages import wire_languages
from experience.mfa_rules import check_adaptive_mfa, check_codes_of_sign_in, check_mfa_factors
from experience.models import CaptchaProvider, SignInExperience
from experience.phrases.speech import custom_tags
from experience.restrictions import check_restrictions
from identity.passwords import PASSWORD_POLICY

Settings = Mapping[str, Any]
Rule = Callable[[Settings, Settings], None]


def refuse_hidden_branding(changes: Settings, _stored: Settings) -> None:
    """Raise `request.invalid_input`: there is no line about the maker to hide."""
    if changes.get("hideLogtoBranding"):
        raise AppError("request.invalid_input", details="hideLogtoBranding cannot be true")


def check_language(changes: Settings, _stored: Settings) -> None:
    """Raise `sign_in_experiences.unsupported_default_language` for a language that is not built in and has no words."""
    if "languageInfo" not in changes:
        return
    language = changes["languageInfo"]["fallbackLanguage"]
    if language not in wire_languages() | custom_tags():
        raise AppError(
            "sign_in_experiences.unsupported_default_language",
            data={"language": language},
            params={"language": language},
        )


def check_sign_up(changes: Settings, _stored: Settings) -> None:
    """Raise for identifiers named twice, secondary ones alone, and addresses that are not or cannot be verified."""
    if "signUp" not in changes:
        return
    sign_up = changes["signUp"]
    primary: list[str] = sign_up["identifiers"]
    secondary = sign_up.get("secondaryIdentifiers") or []
    names = [item["identifier"] for item in secondary]
    if names and not primary:
        raise AppError("sign_in_experiences.missing_sign_up_identifiers")
    expanded = [kind for name in [*primary, *names] for kind in _kinds_of(name)]
    if len(expanded) != len(set(expanded)):
        raise AppError("sign_in_experiences.duplicated_sign_up_identifiers")
    _assert_verified(primary, is_verified=sign_up["verify"])
    for item in secondary:
        _assert_verified([item["identifier"]], is_verified=sign_up["verify"] and bool(item.get("verify")))
    for kind in expanded:
        require_connector(kind)


def check_sign_in(changes: Settings, stored: Settings) -> None:
    """Raise for a method without a factor, a code that nothing can send, and a password that no sign-up asks for."""
    if "signIn" not in changes:
        return
    sign_up = stored["signUp"]
    needs_codes = sign_up["verify"] and not sign_up["password"]
    for method in changes["signIn"]["methods"]:
        if not method["password"] and not method["verificationCode"]:
            raise AppError("sign_in_experiences.at_least_one_authentication_factor")
        if method["identifier"] == "username":
            if method["verificationCode"]:
                raise invalid_value("signIn.methods", _("A username cannot receive a verification code."))
            continue
        if method["verificationCode"]:
            require_connector(method["identifier"])
        elif needs_codes:
            raise AppError("sign_in_experiences.code_sign_in_must_be_enabled")


def check_way_back_in(changes: Settings, stored: Settings) -> None:
    """Raise if a new account could not sign in again: what it is made with has to be among what signs in.

    `sign_in_experiences.miss_sign_up_identifier_in_sign_in` if no method takes an identifier that sign-up asks for,
    `sign_in_experiences.password_sign_in_must_be_enabled` if one does but not with what the account has.
    """
    is_open = stored["signInMode"] == SignInExperience.Mode.SIGN_IN_AND_REGISTER
    if not is_open or not {"signUp", "signIn", "signInMode"} & set(changes):
        return
    sign_up, methods = stored["signUp"], stored["signIn"]["methods"]
    secondary = {kind for item in sign_up.get("secondaryIdentifiers") or [] for kind in _kinds_of(item["identifier"])}
    for primary in sign_up["identifiers"]:
        usable = [method for method in methods if method["identifier"] in {primary, *secondary}]
        if not usable:
            raise AppError(
                "sign_in_experiences.miss_sign_up_identifier_in_sign_in",
                data={"identifier": primary},
                params={"identifier": primary},
            )
        if not any(method["verificationCode"] or (method["password"] and sign_up["password"]) for method in usable):
            raise AppError("sign_in_experiences.password_sign_in_must_be_enabled", data={"identifier": primary})


def check_username_policy(_changes: Settings, stored: Settings) -> None:
    """Raise `guard.invalid_input` for bounds or characters that no name can satisfy."""
    policy = stored["usernamePolicy"]
    allowed = policy["allowedChars"]
    if policy["minLength"] > policy["maxLength"]:
        raise invalid_value("usernamePolicy.minLength", _("The minimum is above the maximum."))
    if not (allowed["lowercase"] or allowed["uppercase"] or allowed["underscore"]):
        raise invalid_value("usernamePolicy.allowedChars", _("A username begins with a letter or an underscore."))


def check_password_policy(_changes: Settings, stored: Settings) -> None:
    """Raise `guard.invalid_input` for lengths that no password can have."""
    length = PASSWORD_POLICY.fill(stored["passwordPolicy"])["length"]
    if length["min"] > length["max"]:
        raise invalid_value("passwordPolicy.length.min", _("The minimum is above the maximum."))


def check_forgot_password(changes: Settings, _stored: Settings) -> None:
    """Raise `sign_in_experiences.forgot_password_method_requires_connector` for a code that nothing can send."""
    for method in changes.get("forgotPasswordMethods") or []:
        if not has_connector(CODE_CHANNELS[method]):
            raise AppError("sign_in_experiences.forgot_password_method_requires_connector", data={"method": method})


def channels_of_forgot_password(stored: Settings) -> list[Channel]:
    """Return the channels by which users who forgot their password may get a code; `null` stands for all there are."""
    methods = stored["forgotPasswordMethods"]
    return [CODE_CHANNELS[method] for method in (CODE_CHANNELS if methods is None else methods)]


def check_password_expiration(_changes: Settings, stored: Settings) -> None:
    """Raise for passwords that expire at once, or whose owner could not choose a new one."""
    expiration = stored["passwordExpiration"]
    if not expiration.get("enabled"):
        return
    if (expiration.get("validPeriodDays") or 0) < 1:
        raise AppError("sign_in_experiences.password_expiration_invalid_period_days")
    if not any(has_connector(channel) for channel in channels_of_forgot_password(stored)):
        raise AppError("sign_in_experiences.password_expiration_requires_forgot_password")


def check_captcha(changes: Settings, _stored: Settings) -> None:
    """Raise `request.invalid_input` for captchas that nothing could verify: nobody would get in any more."""
    if changes.get("captchaPolicy", {}).get("enabled") and not CaptchaProvider.objects.exists():
        raise AppError(
            "request.invalid_input", details="captchaPolicy needs a captcha provider: PUT /api/captcha-provider"
        )


RULES: tuple[Rule, ...] = (
    refuse_hidden_branding,
    check_language,
    check_sign_up,
    check_sign_in,
    check_codes_of_sign_in,
    check_way_back_in,
    check_mfa_factors,
    check_adaptive_mfa,
    check_username_policy,
    check_password_policy,
    check_forgot_password,
    check_password_expiration,
    check_restrictions,
    check_captcha,
)


def assert_settings_valid(changes: Settings, stored: Settings) -> None:
    """Ask every rule in turn. `stored` is the whole object with the changes in it."""
    for rule in RULES:
        rule(changes, stored)


def _kinds_of(name: str) -> tuple[str, ...]:
    return ("email", "phone") if name == "emailOrPhone" else (name,)


def _assert_verified(names: list[str], *, is_verified: bool) -> None:
    if not is_verified and any(name != "username" for name in names):
        raise AppError("sign_in_experiences.passwordless_requires_verify")
