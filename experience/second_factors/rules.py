"""When a second factor is asked for, and when one has to be set up: one function a rule, in the order of `BINDING`.

A rule is a function of what is known about the journey (`Situation`), raises what the user has to do first, and knows
no database and no request. The policies are the tenant's (`mfa.policy`): some let users decide, and those that do not
are `REQUIRED`. Nobody is invited to add a factor who would have to show the one they have first (`is_unproved`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from common.errors import AppError
from experience.mfa_settings import ADAPTIVE_POLICIES, MfaSettings
from experience.models import Interaction
from experience.second_factors.holdings import Holdings, in_display_order
from experience.second_factors.staged import StagedFactors
from experience.sign_in_settings import SignInSettings
from identity.factor_types import FactorType

Event = Interaction.Event

MANDATORY = "Mandatory"
NO_PROMPT = "NoPrompt"
#: Nobody may leave the second factor out.
REQUIRED = frozenset({MANDATORY, *ADAPTIVE_POLICIES})
#: New users are let in without a question.
ONLY_AT_SIGN_IN = frozenset({"PromptOnlyAtSignIn", "PromptOnlyAtSignInMandatory"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What the user has decided before: `mfa` and `passkeySignIn` of the account's settings.

    `enabled` is `None` for an account from before the question was asked.
    """

    enabled: bool | None = None
    skipped: bool = False
    suggestion_skipped: bool = False
    skips_at_sign_in: bool = False
    passkey_skipped: bool = False

    @classmethod
    def of(cls, account_settings: dict[str, Any]) -> "Preferences":
        """Read an account's settings; whatever else stands there counts as nothing."""
        mfa, passkey = account_settings.get("mfa"), account_settings.get("passkeySignIn")
        mfa, passkey = mfa if isinstance(mfa, dict) else {}, passkey if isinstance(passkey, dict) else {}
        enabled = mfa.get("enabled")
        return cls(
            enabled=enabled if isinstance(enabled, bool) else None,
            skipped=mfa.get("skipped") is True,
            suggestion_skipped=mfa.get("additionalBindingSuggestionSkipped") is True,
            skips_at_sign_in=mfa.get("skipMfaOnSignIn") is True,
            passkey_skipped=passkey.get("skipped") is True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that the rules look at.

    `is_mandated`: an organization of the user's requires a second factor, and the tenant has members obey.
    `is_demanded`: the application asks for one, `is_indispensable`: and takes no less. `is_by_enterprise`: the user
    has proved who they are to their company's identity provider, which has its own second factors: nothing is asked for
    here. `sign_up_identifiers` are the kinds that every account has; `staged_codes` are the factors that follow from an
    address or number just added. `spent_codes` are codes that would go to the mailbox or phone which was the first
    factor, and `is_unproved` says that the user has set up a factor which this sign-in has not shown.
    """

    event: str
    settings: MfaSettings
    signs_in_with_passkeys: bool = False
    sign_up_identifiers: frozenset[str] = frozenset()
    preferences: Preferences = field(default_factory=Preferences)
    holdings: Holdings = field(default_factory=Holdings)
    staged: StagedFactors = field(default_factory=StagedFactors)
    staged_codes: frozenset[str] = frozenset()
    is_mandated: bool = False
    is_demanded: bool = False
    is_indispensable: bool = False
    is_by_enterprise: bool = False
    spent_codes: frozenset[str] = frozenset()
    is_unproved: bool = False

    @property
    def usable_factors(self) -> list[str]:
        """What the user can verify with, to be offered in this order.

        The same mailbox or phone twice is one factor: it is no second one for who has another, backup codes aside.
        """
        usable = self.holdings.list_usable(self.settings.factors)
        others = [name for name in usable if name not in self.spent_codes]
        return others if set(others) - {FactorType.BACKUP_CODE} else usable

    @property
    def proving_factors(self) -> frozenset[str]:
        """What is taken as second factor; the last backup code is, though there is none left to use."""
        refused = self.spent_codes - set(self.usable_factors)
        return frozenset(self.settings.factors) - refused

    @property
    def is_skippable(self) -> bool:
        """Whether the user may leave the second factor out."""
        return self.settings.policy not in REQUIRED and not self.is_mandated and not self.is_indispensable

    @property
    def has_skipped(self) -> bool:
        """Whether the user has, now or before."""
        return self.staged.skipped or self.preferences.skipped

    @property
    def is_enabled(self) -> bool | None:
        """Whether the user wants a second factor; the answer of this journey counts before an earlier one."""
        return self.preferences.enabled if self.staged.enabled is None else self.staged.enabled

    @property
    def owned(self) -> frozenset[str]:
        """The factors that the user has or will have at the end of the journey."""
        return self.holdings.types | self.staged.types | self.staged_codes

    @property
    def main_factors(self) -> list[str]:
        """The tenant's factors but backup codes, which only stand in for another."""
        return in_display_order([name for name in self.settings.factors if name != FactorType.BACKUP_CODE])

    @property
    def is_asked_to_set_up(self) -> bool:
        """Whether the tenant's policy asks this user at all to set a factor up."""
        if not self.settings.factors or self.is_by_enterprise:
            return False
        if self.is_mandated or self.is_indispensable:
            return True
        if self.event == Event.REGISTER and self.settings.policy in ONLY_AT_SIGN_IN:
            return False
        return self.settings.policy != NO_PROMPT


def is_verification_required(situation: Situation, *, is_triggered: bool | None) -> bool:
    """Whether the sign-in needs a second factor. `is_triggered` is what adaptive MFA says, `None` where it is off."""
    if situation.is_by_enterprise or not situation.usable_factors:
        return False
    if situation.is_demanded:
        return True
    if is_triggered is not None:
        return is_triggered
    return not situation.is_skippable or not (
        situation.preferences.enabled is False or situation.preferences.skips_at_sign_in
    )


def verification_required(situation: Situation) -> AppError:
    """Return `session.mfa.require_mfa_verification` (403), which names what the user can verify with."""
    factors = situation.usable_factors
    masked = situation.holdings.masked_identifiers(factors)
    return AppError(
        "session.mfa.require_mfa_verification", data={"availableFactors": factors, "maskedIdentifiers": masked}
    )


def suggest(situation: Situation) -> None:
    """Raise `user.suggest_mfa` as long as a user who may choose has not said yes."""
    if not situation.is_asked_to_set_up or not situation.is_skippable or situation.has_skipped:
        return
    if not situation.is_enabled and not is_enabled_by_owning(situation):
        raise AppError("user.suggest_mfa")


def is_enabled_by_owning(situation: Situation) -> bool:
    """Whether a user who was never asked has a factor all the same: that is answer enough."""
    usable = situation.owned & set(situation.settings.factors)
    return situation.is_enabled is None and bool(usable)


def require_factor(situation: Situation) -> None:
    """Raise `user.missing_mfa` without a factor of the tenant's but backup codes; who has those uses one first."""
    if not situation.is_asked_to_set_up or (situation.is_skippable and situation.has_skipped):
        return
    factors = situation.main_factors
    if situation.owned.isdisjoint(factors):
        if situation.is_unproved:
            raise verification_required(situation)
        skippable = {"skippable": True} if situation.is_skippable else {}
        raise AppError("user.missing_mfa", data={"availableFactors": factors, **skippable})


def suggest_another(situation: Situation) -> None:
    """Raise `session.mfa.suggest_additional_mfa` where all that the user has is what they sign in with.

    That is a code to the address or number every account has, or the passkey that is the first factor, too.
    """
    if not situation.is_asked_to_set_up or situation.has_skipped or situation.is_unproved:
        return
    if situation.staged.suggestion_skipped or situation.preferences.suggestion_skipped:
        return
    owned = situation.owned & set(situation.settings.factors)
    if not owned or any(not _is_first_factor(name, situation) for name in owned):
        return
    if not set(situation.main_factors) - owned:
        return
    everything = in_display_order(situation.settings.factors)
    raise AppError(
        "session.mfa.suggest_additional_mfa",
        data={
            "availableFactors": everything,
            "maskedIdentifiers": situation.holdings.masked_identifiers(everything),
            "isWebAuthnUsedAsSignInPasskey": FactorType.WEBAUTHN in owned and situation.signs_in_with_passkeys,
            "skippable": True,
            "suggestion": True,
        },
    )


def _is_first_factor(name: str, situation: Situation) -> bool:
    match name:
        case FactorType.WEBAUTHN:
            return situation.signs_in_with_passkeys
        case FactorType.EMAIL_CODE:
            return "email" in situation.sign_up_identifiers
        case FactorType.PHONE_CODE:
            return "phone" in situation.sign_up_identifiers
    return False


def require_backup_codes(situation: Situation) -> None:
    """Raise `session.mfa.backup_code_required` for a user with a factor, but no codes for the day that it is lost."""
    if not situation.is_asked_to_set_up or (situation.is_skippable and situation.has_skipped):
        return
    if situation.is_unproved:
        return
    wants_them = FactorType.BACKUP_CODE in situation.settings.factors and FactorType.BACKUP_CODE not in situation.owned
    if wants_them and not situation.owned.isdisjoint(situation.main_factors):
        raise AppError("session.mfa.backup_code_required")


BINDING: tuple[Callable[[Situation], None], ...] = (suggest, require_factor, suggest_another, require_backup_codes)


def assert_factors_set_up(situation: Situation) -> None:
    """Ask every rule in turn whether the user has to do something about second factors before the journey ends."""
    for rule in BINDING:
        rule(situation)


def prefer_passkey(situation: Situation) -> None:
    """Raise `user.passkey_preferred` to a user without a passkey who has not declined one."""
    if not situation.signs_in_with_passkeys or situation.is_by_enterprise or FactorType.WEBAUTHN in situation.owned:
        return
    if situation.is_unproved:
        return
    if not (situation.staged.passkey_skipped or situation.preferences.passkey_skipped):
        raise AppError("user.passkey_preferred")


def assert_factor_enabled(name: str, settings: SignInSettings) -> None:
    """Raise `session.mfa.mfa_factor_not_enabled` for a factor that the tenant does not take; a passkey may sign in."""
    is_passkey = name == FactorType.WEBAUTHN and settings.passkey_sign_in.enabled
    if name not in settings.mfa.factors and not is_passkey:
        raise AppError("session.mfa.mfa_factor_not_enabled")
