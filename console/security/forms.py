"""The settings of the Security page, a form for each tab, and how their values are settings on the wire."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.errors import AppError
from console.admin.fields import LinesField
from console.admin.service_errors import show_error
from console.admin.setting_fields import field_of
from console.admin.setting_paths import Paths, changed_members, fields_by_place, values_at
from experience.services.settings import get_sign_in_experience
from experience.settings_shape import SIGN_IN_EXPERIENCE
from identity.services.sentinel import MOST_UNLOCKED, MOST_UNLOCKED_LENGTH

Words = str | Promise

PASSWORD_PATHS: Paths = {
    "password_min": ("passwordPolicy", "length", "min"),
    "password_max": ("passwordPolicy", "length", "max"),
    "password_types": ("passwordPolicy", "characterTypes", "min"),
    "rejects_pwned": ("passwordPolicy", "rejects", "pwned"),
    "rejects_repetition": ("passwordPolicy", "rejects", "repetitionAndSequence"),
    "rejects_user_info": ("passwordPolicy", "rejects", "userInfo"),
    "rejected_words": ("passwordPolicy", "rejects", "words"),
    "password_expires": ("passwordExpiration", "enabled"),
    "password_days": ("passwordExpiration", "validPeriodDays"),
    "reminder_days": ("passwordExpiration", "reminderDays"),
}
BLOCKLIST_PATHS: Paths = {
    "block_disposable": ("emailBlocklistPolicy", "blockDisposableAddresses"),
    "block_subaddressing": ("emailBlocklistPolicy", "blockSubaddressing"),
    "blocklist": ("emailBlocklistPolicy", "customBlocklist"),
    "allowlist": ("emailBlocklistPolicy", "customAllowlist"),
}
GENERAL_PATHS: Paths = {
    "max_attempts": ("sentinelPolicy", "maxAttempts"),
    "lockout_minutes": ("sentinelPolicy", "lockoutDuration"),
    "code_seconds": ("verificationCodePolicy", "expirationDuration"),
    "code_tries": ("verificationCodePolicy", "maxRetryAttempts"),
}
RESTRICTION_PATHS: Paths = {
    "email_allowlist": ("signInRestrictionPolicy", "emailAllowlist"),
    "email_blocklist": ("signInRestrictionPolicy", "emailBlocklist"),
    "without_email": ("signInRestrictionPolicy", "allowUsersWithoutEmail"),
    "ip_allowlist": ("signInRestrictionPolicy", "ipAllowlist"),
    "ip_blocklist": ("signInRestrictionPolicy", "ipBlocklist"),
    "country_allowlist": ("signInRestrictionPolicy", "countryAllowlist"),
    "country_blocklist": ("signInRestrictionPolicy", "countryBlocklist"),
    "unknown_country": ("signInRestrictionPolicy", "allowUnknownCountry"),
}
PATHS: Paths = {**PASSWORD_PATHS, **BLOCKLIST_PATHS, **RESTRICTION_PATHS, **GENERAL_PATHS}


def _setting(name: str, *, label: Any, **options: Any) -> Any:
    return field_of(SIGN_IN_EXPERIENCE.at(PATHS[name]), label=label, **options)


class SettingsForm(forms.Form):
    """Some of the sign-in settings, in sections; `changes` are what `update_sign_in_experience` takes."""

    paths: ClassVar[Paths]
    sections: ClassVar[tuple[tuple[Words, tuple[str, ...]], ...]]
    # Codes of refusals -> the field that they are about.
    error_fields: ClassVar[Mapping[str, str]] = {}

    def __init__(self, data: Any = None) -> None:
        self._stored = SIGN_IN_EXPERIENCE.fill(get_sign_in_experience().wire)
        super().__init__(data, initial=values_at(self._stored, self.paths))

    @property
    def changes(self) -> dict[str, Any]:
        """The members that the developer has changed, whole."""
        return changed_members(self.cleaned_data, self.changed_data, self._stored, self.paths)

    def shown_sections(self) -> list[tuple[Words, list[forms.BoundField]]]:
        """Return the sections with their fields."""
        return [(title, [self[name] for name in names]) for title, names in self.sections]

    def refuse(self, error: AppError) -> None:
        """Show what the service refuses, at the field that it is about."""
        show_error(self, error, {**fields_by_place(self.paths), **self.error_fields})


class PasswordForm(SettingsForm):
    """What a password has to be, and how long it may stay."""

    paths = PASSWORD_PATHS
    sections = (
        (_("Length and characters"), ("password_min", "password_max", "password_types")),
        (_("Refused passwords"), ("rejects_pwned", "rejects_repetition", "rejects_user_info", "rejected_words")),
        (_("Expiration"), ("password_expires", "password_days", "reminder_days")),
    )
    error_fields: ClassVar[Mapping[str, str]] = {
        "sign_in_experiences.password_expiration_invalid_period_days": "password_days",
        "sign_in_experiences.password_expiration_requires_forgot_password": "password_expires",
    }

    password_min = _setting("password_min", label=_("Shortest password"), help_text=_("Characters."))
    password_max = _setting("password_max", label=_("Longest password"), help_text=_("Characters."))
    password_types = _setting(
        "password_types",
        label=_("Character types"),
        help_text=_("How many of lower case, upper case, digits and symbols a password has."),
    )
    rejects_pwned = _setting(
        "rejects_pwned",
        label=_("Refuse breached passwords"),
        help_text=_("The 20,000 most common, and those of data leaks if the installation looks them up."),
    )
    rejects_repetition = _setting(
        "rejects_repetition", label=_("Refuse repetitions and sequences"), help_text=_("aaaa, 1234, qwerty")
    )
    rejects_user_info = _setting(
        "rejects_user_info", label=_("Refuse the user's own data"), help_text=_("Name, username, address, number")
    )
    rejected_words = _setting(
        "rejected_words", label=_("Refused words"), help_text=_("One a line, such as your product's name.")
    )
    password_expires = _setting(
        "password_expires",
        label=_("Passwords expire"),
        help_text=_("Users with an expired password choose a new one with a code, as if they had forgotten it."),
    )
    password_days = _setting("password_days", label=_("After days"), help_text=_("Counted from the last change."))
    reminder_days = _setting(
        "reminder_days",
        label=_("Tell users before"),
        help_text=_("Days before the end, when they sign in; 0 for never."),
    )


class BlocklistForm(SettingsForm):
    """Which email addresses new users may have."""

    paths = BLOCKLIST_PATHS
    sections = (
        (_("Kinds of addresses"), ("block_disposable", "block_subaddressing")),
        (_("Your own lists"), ("blocklist", "allowlist")),
    )

    block_disposable = _setting(
        "block_disposable",
        label=_("Refuse disposable addresses"),
        help_text=_("Of services that open a mailbox for a few minutes, such as mailinator.com."),
    )
    block_subaddressing = _setting(
        "block_subaddressing", label=_("Refuse sub-addresses"), help_text=_("user+anything@example.com")
    )
    blocklist = _setting(
        "blocklist", label=_("Refused addresses"), help_text=_("Addresses or @domains, one a line; * matches anything.")
    )
    allowlist = _setting(
        "allowlist", label=_("Admitted addresses"), help_text=_("If there are any, no others are let in.")
    )

    def refuse(self, error: AppError) -> None:
        """A pattern that is none stands in one of two lists."""
        if error.code == "sign_in_experiences.invalid_custom_email_blocklist_format":
            is_blocked = set(error.data["items"]) & set(self.cleaned_data["blocklist"])
            self.add_error("blocklist" if is_blocked else "allowlist", str(error.message))
        else:
            super().refuse(error)


class RestrictionsForm(SettingsForm):
    """Who may sign in, and from where."""

    paths = RESTRICTION_PATHS
    sections = (
        (_("By email address"), ("email_allowlist", "email_blocklist", "without_email")),
        (_("By network"), ("ip_allowlist", "ip_blocklist")),
        (_("By country"), ("country_allowlist", "country_blocklist", "unknown_country")),
    )
    error_fields: ClassVar[Mapping[str, str]] = {
        f"sign_in_experiences.sign_in_restriction_{problem}:{kind}": f"{kind}_{field}"
        for problem, field in (("contradicts_itself", "blocklist"), ("locks_out_everybody", "allowlist"))
        for kind in ("email", "ip", "country")
    }

    email_allowlist = _setting(
        "email_allowlist",
        label=_("Allowed addresses"),
        help_text=_("Addresses or @domains, one a line; * matches anything. If there are any, no others sign in."),
    )
    email_blocklist = _setting(
        "email_blocklist", label=_("Refused addresses"), help_text=_("These never sign in, even if they are allowed.")
    )
    without_email = _setting(
        "without_email",
        label=_("Allow users without an email address"),
        help_text=_("Otherwise they cannot sign in while only some addresses are allowed."),
    )
    ip_allowlist = _setting(
        "ip_allowlist",
        label=_("Allowed networks"),
        help_text=_("IP addresses or networks such as 192.0.2.0/24, one a line. If there are any, no others pass."),
    )
    ip_blocklist = _setting(
        "ip_blocklist", label=_("Refused networks"), help_text=_("These are refused, even if they are allowed.")
    )
    country_allowlist = _setting(
        "country_allowlist",
        label=_("Allowed countries"),
        help_text=_("Two-letter codes such as DE, one a line. If there are any, no others are allowed."),
    )
    country_blocklist = _setting(
        "country_blocklist", label=_("Refused countries"), help_text=_("Two-letter codes, one a line.")
    )
    unknown_country = _setting(
        "unknown_country",
        label=_("Allow unknown countries"),
        help_text=_(
            "Of some requests the country cannot be told. Otherwise they are refused if countries are allowed."
        ),
    )


class GeneralForm(SettingsForm):
    """How often somebody may guess."""

    paths = GENERAL_PATHS
    sections = (
        (_("Lockout"), ("max_attempts", "lockout_minutes")),
        (_("Verification codes"), ("code_seconds", "code_tries")),
    )

    max_attempts = _setting(
        "max_attempts",
        label=_("Failed attempts"),
        help_text=_("Within an hour, before an identifier is locked out."),
    )
    lockout_minutes = _setting("lockout_minutes", label=_("Lockout"), help_text=_("Minutes."))
    code_seconds = _setting("code_seconds", label=_("Code lifetime"), help_text=_("Seconds."))
    code_tries = _setting("code_tries", label=_("Wrong codes"), help_text=_("Before a code is void."))


class UnlockForm(forms.Form):
    """Whose lockout ends now."""

    targets = LinesField(
        label=_("Locked identifiers"),
        required=True,
        placeholder="alice@example.com",
        help_text=_("Usernames, email addresses, phone numbers or user IDs, one a line."),
    )

    def clean_targets(self) -> list[str]:
        targets: list[str] = self.cleaned_data["targets"]
        if len(targets) > MOST_UNLOCKED:
            raise ValidationError(_("At most %(count)s at a time."), params={"count": MOST_UNLOCKED}, code="too_many")
        if any(len(target) > MOST_UNLOCKED_LENGTH for target in targets):
            raise ValidationError(_("A line is too long."), code="too_long")
        return targets
