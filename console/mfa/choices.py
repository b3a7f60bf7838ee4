"""The choices of the page in plain words. The names are those of the wire."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Choice(NamedTuple):
    """One of several: its value, its name, and a sentence about it."""

    value: str
    title: Words
    text: Words = ""


class ChoiceGroup(NamedTuple):
    """Choices that have something in common."""

    title: Words
    text: Words
    choices: tuple[Choice, ...]


# In the order in which users are offered them.
FACTORS: Mapping[str, Choice] = {
    "webauthn": Choice(
        "WebAuthn",
        _("Passkeys"),
        _("Fingerprint, face, screen lock or a security key. Cannot be phished."),
    ),
    "totp": Choice("Totp", _("Authenticator app"), _("A code of six digits that an app shows, new every 30 seconds.")),
    "phone_code": Choice("PhoneVerificationCode", _("Code by SMS"), _("Sent to the user's phone number.")),
    "email_code": Choice("EmailVerificationCode", _("Code by email"), _("Sent to the user's email address.")),
    "backup_codes": Choice(
        "BackupCode",
        _("Backup codes"),
        _("Ten codes to keep, each for one sign-in without the other factor. Only next to another factor."),
    ),
}

POLICY_GROUPS: tuple[ChoiceGroup, ...] = (
    ChoiceGroup(
        _("Optional"),
        _("Users who have a second factor are asked for it at every sign-in. The others may do without."),
        (
            Choice(
                "PromptAtSignInAndSignUp",
                _("Offer it at sign-up and at sign-in"),
                _("Until users set one up or skip the offer."),
            ),
            Choice(
                "PromptOnlyAtSignIn",
                _("Offer it at sign-in"),
                _("Signing up stays short; the next sign-in makes the offer."),
            ),
            Choice("NoPrompt", _("Do not offer it"), _("Only users who set one up in their account have one.")),
        ),
    ),
    ChoiceGroup(
        _("Adaptive"),
        _("Everybody sets one up and cannot skip it, but is asked for it only when a sign-in is unusual."),
        (
            Choice("PromptAtSignInAndSignUpMandatory", _("Set it up at sign-up, or at the next sign-in")),
            Choice(
                "PromptOnlyAtSignInMandatory",
                _("Set it up at the next sign-in"),
                _("Signing up stays short."),
            ),
        ),
    ),
    ChoiceGroup(
        _("Mandatory"),
        _("Everybody sets one up and is asked for it at every sign-in."),
        (Choice("Mandatory", _("Required of everybody")),),
    ),
)

ORGANIZATION_POLICIES: tuple[Choice, ...] = (
    Choice(
        "NoPrompt",
        _("Do not ask for more"),
        _("Their members sign in as everybody does, and get tokens for the organization once they have a factor."),
    ),
    Choice(
        "Mandatory",
        _("Members must set one up"),
        _("When they sign in, even if others may skip it."),
    ),
)


def as_pairs(choices: tuple[Choice, ...]) -> list[tuple[str, Any]]:
    """Return choices as a form field takes them."""
    return [(choice.value, choice.title) for choice in choices]
