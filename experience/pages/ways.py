"""Second factors in words: what each is called, and one sentence of what to do with it or how to get one."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext, gettext_noop

from experience.code_channels import CODE_CHANNELS
from experience.pages.page import Page
from experience.pages.step import Way
from identity.factor_types import FactorType

_NAMES: Mapping[str, str] = {
    FactorType.WEBAUTHN: gettext_noop("Passkey"),
    FactorType.TOTP: gettext_noop("Authenticator app"),
    FactorType.PHONE_CODE: gettext_noop("Text message"),
    FactorType.EMAIL_CODE: gettext_noop("Email"),
    FactorType.BACKUP_CODE: gettext_noop("Backup code"),
}
_USES: Mapping[str, str] = {
    FactorType.WEBAUTHN: gettext_noop("Use your fingerprint, face, screen lock or security key."),
    FactorType.TOTP: gettext_noop("Enter the code that your authenticator app shows."),
    FactorType.BACKUP_CODE: gettext_noop("Enter one of the codes that you have saved."),
}
_SETUPS: Mapping[str, str] = {
    FactorType.WEBAUTHN: _USES[FactorType.WEBAUTHN],
    FactorType.TOTP: gettext_noop("An app on your phone shows a new code every 30 seconds."),
    FactorType.PHONE_CODE: gettext_noop("Get a code by text message when you sign in."),
    FactorType.EMAIL_CODE: gettext_noop("Get a code by email when you sign in."),
}


def name_of(factor: str) -> str:
    """Return what a factor is called."""
    return gettext(_NAMES[factor])


def use_of(factor: str) -> str:
    """Return what the user does to prove a factor; codes that are sent say where instead."""
    return gettext(_USES[factor])


def setup_of(factor: str) -> str:
    """Return what the user gets who sets a factor up."""
    return gettext(_SETUPS[factor])


def destination(address: str) -> str:
    """Return where a code goes; direction marks keep a masked address in one piece."""
    return gettext("Get a code at %(address)s.") % {"address": f"\u2066{address}\u2069"}


def verification_ways(page: Page, factors: Iterable[str], masked: Mapping[str, str]) -> list[Way]:
    """Return the ways to verify; those whose code has to be sent first are buttons."""
    return [
        Way(name_of(factor), destination(masked[factor]), value=factor)
        if factor in CODE_CHANNELS
        else Way(name_of(factor), use_of(factor), page.url("mfa-verification-factor", factor))
        for factor in factors
    ]


def setup_ways(page: Page, factors: Iterable[str]) -> list[Way]:
    """Return the factors that the user may set up."""
    return [Way(name_of(factor), setup_of(factor), page.url("mfa-binding-factor", factor)) for factor in factors]
