"""Whether a journey has what it takes of second factors: what is known about its user, put to the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from common.clock import now
from common.errors import AppError
from experience.adaptive.baseline import find_triggers
from experience.adaptive.rules import TriggeredRule
from experience.code_channels import CODE_CHANNELS
from experience.current_device import current_device
from experience.methods import METHODS, OwnedAddressMethod
from experience.models import Interaction
from experience.proof_validity import is_valid
from experience.records import MFA_CODE_RECORDS, RecordType, VerificationRecord
from experience.second_factors.holdings import HeldFactor, Holdings
from experience.second_factors.rules import (
    Preferences,
    Situation,
    assert_factor_enabled,
    assert_factors_set_up,
    is_enabled_by_owning,
    is_verification_required,
    prefer_passkey,
    verification_required,
)
from experience.second_factors.staged import StagedFactors
from experience.services.settings import get_sign_in_experience
from experience.services.steps import STRENGTHENS, read_records
from experience.services.trusted_devices import is_trusted
from experience.sign_in_settings import SignInSettings
from experience.staged_profile import PROFILE_NAMES
from identity.factor_types import FactorType
from identity.models import User
from identity.selectors import list_factors
from identity.services.factors import is_usable
from oidc.authorization.assurance import demanded_assurance
from oidc.authorization.demands import Assurance
from organizations.hot import belongs_to_mfa_organization

Event = Interaction.Event

#: What proves a second factor -> the factor; a passkey that signs in is both factors by itself.
_FACTORS: Mapping[str, FactorType] = {
    RecordType.TOTP: FactorType.TOTP,
    RecordType.WEBAUTHN: FactorType.WEBAUTHN,
    RecordType.BACKUP_CODE: FactorType.BACKUP_CODE,
    MFA_CODE_RECORDS["email"]: FactorType.EMAIL_CODE,
    MFA_CODE_RECORDS["phone"]: FactorType.PHONE_CODE,
}


def read_situation(interaction: Interaction, user: User) -> Situation:
    """Return all that the rules of second factors look at.

    No statement where the tenant has neither second factors nor passkeys; else 1, and another where organizations may
    require a second factor.
    """
    settings = get_sign_in_experience()
    staged = StagedFactors.of(interaction.context)
    if not settings.mfa.factors and not settings.passkey_sign_in.enabled:
        return Situation(event=interaction.event, settings=settings.mfa, staged=staged)
    demanded = demanded_assurance(interaction.request)
    situation = Situation(
        event=interaction.event,
        settings=settings.mfa,
        signs_in_with_passkeys=settings.passkey_sign_in.enabled,
        sign_up_identifiers=_sign_up_identifiers(settings),
        preferences=Preferences.of(user.account_settings),
        holdings=_holdings_of(user),
        staged=staged,
        staged_codes=frozenset(
            factor for factor, kind in CODE_CHANNELS.items() if interaction.profile.get(PROFILE_NAMES[kind])
        ),
        is_mandated=settings.mfa.organization_required and belongs_to_mfa_organization(user.id),
        is_demanded=demanded != Assurance.NONE,
        is_indispensable=demanded == Assurance.ESSENTIAL,
    )
    valid = list_valid(interaction, user, situation)
    situation = replace(
        situation,
        is_by_enterprise=any(record.type == RecordType.ENTERPRISE_SSO for record in valid),
        spent_codes=_spent_codes(valid),
    )
    return replace(situation, is_unproved=_is_unproved(interaction, user, situation))


def list_valid(interaction: Interaction, user: User, situation: Situation) -> list[VerificationRecord]:
    """Return the records of the journey that prove something about its user, as of now."""
    factor_ids, staged = situation.holdings.ids, interaction.profile
    return [record for record in read_records(interaction) if is_valid(record, user, factor_ids, staged)]


def _spent_codes(valid: Sequence[VerificationRecord]) -> frozenset[str]:
    """Return the factor whose codes go where everything came from that has proved the first one."""
    means = {_means_of(record) for record in valid if record.type in METHODS}
    return frozenset(factor for factor, kind in CODE_CHANNELS.items() if means == {kind})


def _means_of(record: VerificationRecord) -> str:
    is_sent = isinstance(METHODS[record.type], OwnedAddressMethod)
    return record.identifier.kind if is_sent else record.type


def _is_unproved(interaction: Interaction, user: User, situation: Situation) -> bool:
    own = {held.type for held in situation.holdings.stored}
    return (
        situation.event == Event.SIGN_IN
        and not own.isdisjoint(situation.usable_factors)
        and not has_given_second_factor(interaction, user, situation)
    )


class SecondFactor(StrEnum):
    """What became of the second factor of a journey."""

    NONE = "none"  # The user has none.
    GIVEN = "given"
    TRUSTED = "trusted"  # A trusted device stood in for it.
    WAIVED = "waived"  # There is one, and nothing asked for it.


def assert_second_factor_given(interaction: Interaction, user: User, situation: Situation) -> SecondFactor:
    """Return what became of a sign-in's second factor, with which it may end.

    Raises `session.mfa.require_mfa_verification` (403) where one is needed and nothing has proved it. What adaptive MFA
    has found comes with an `UnusualSignInError`. A trusted device is enough unless the application wants the proof
    itself, or the sign-in is unusual.
    """
    if has_given_second_factor(interaction, user, situation):
        return SecondFactor.GIVEN
    if not situation.usable_factors:
        return SecondFactor.NONE
    triggers = _find_triggers(interaction, user)
    if not is_verification_required(situation, is_triggered=None if triggers is None else bool(triggers)):
        return SecondFactor.WAIVED
    if not situation.is_demanded and not triggers and is_trusted(user, current_device()):
        return SecondFactor.TRUSTED
    error = verification_required(situation)
    raise UnusualSignInError(error, triggers) if triggers else error


def has_given_second_factor(
    interaction: Interaction, user: User, situation: Situation, *, by_backup_code: bool = True
) -> bool:
    """Whether a factor of the user's that the tenant takes has been proved in this journey; perhaps by no backup code.

    A backup code says that the user has lost what they otherwise have.
    """
    for record in list_valid(interaction, user, situation):
        if record.type == RecordType.BACKUP_CODE and not by_backup_code:
            continue
        if record.type == RecordType.SIGN_IN_PASSKEY or _FACTORS.get(record.type) in situation.proving_factors:
            return True
    return False


def is_staged(record: VerificationRecord, situation: Situation) -> bool:
    """Whether the factor that a record sets up is one that the account gets at the end of the journey."""
    return _FACTORS.get(record.type) in situation.staged.types | situation.staged_codes


def can_verify(user: User) -> bool:
    """Whether the user has a factor that the tenant takes. At most 1 statement."""
    factors = get_sign_in_experience().mfa.factors
    return bool(factors) and bool(_holdings_of(user).list_usable(factors))


def assert_may_stage(interaction: Interaction, user: User) -> Situation:
    """Return what is known of the user's factors; raise unless the journey has proved enough to decide about them.

    `session.mfa.require_mfa_verification` in a sign-in that lacks its second factor. `session.verification_failed` in
    one that has proved nothing itself, but goes on from what a session knows: a browser left open is not enough.
    """
    situation = read_situation(interaction, user)
    if STRENGTHENS in interaction.context and not has_given_second_factor(interaction, user, situation):
        raise AppError("session.verification_failed")
    if interaction.event == Event.SIGN_IN:
        assert_second_factor_given(interaction, user, situation)
    return situation


def assert_may_add(interaction: Interaction, user: User) -> Situation:
    """Return what is known of the user's factors; raise unless the journey has proved enough to add to the account.

    Whoever only knows the password must not add a factor of their own, or take the place of the user's backup codes,
    nor learn the account's address on the way. That nothing has asked for the second factor this time, or a device
    stands in for it, is no proof of it: `session.mfa.require_mfa_verification`, and what `assert_may_stage` raises.
    """
    situation = assert_may_stage(interaction, user)
    if situation.is_unproved:
        raise verification_required(situation)
    return situation


def assert_set_up(situation: Situation) -> None:
    """Raise what the user has to do about factors before the journey may end: see `second_factors.rules`."""
    prefer_passkey(situation)
    settings = get_sign_in_experience()
    for name in situation.staged.types:
        assert_factor_enabled(name, settings)
    assert_factors_set_up(situation)


def changed_preferences(user: User, situation: Situation) -> dict[str, Any] | None:
    """Return the account's settings with what the user has decided in the journey; `None` if that changes nothing."""
    staged, mfa, passkey = situation.staged, {}, {}
    if staged.enabled or is_enabled_by_owning(situation):
        mfa["enabled"] = True
    if staged.skipped:
        mfa["skipped"] = True
    if staged.suggestion_skipped:
        mfa["additionalBindingSuggestionSkipped"] = True
    if staged.passkey_skipped and situation.event == Event.SIGN_IN:
        passkey["skipped"] = True
    stored = user.account_settings
    changed = dict(stored)
    for name, values in (("mfa", mfa), ("passkeySignIn", passkey)):
        held = stored.get(name) if isinstance(stored.get(name), dict) else {}
        if {**held, **values} != held:
            changed[name] = {**held, **values}
    return None if changed == stored else changed


class UnusualSignInError(AppError):
    """`session.mfa.require_mfa_verification` because adaptive MFA has found something; `triggers` is what."""

    def __init__(self, error: AppError, triggers: Sequence[TriggeredRule]) -> None:
        super().__init__(error.code, data=error.data)
        self.triggers = triggers


def _find_triggers(interaction: Interaction, user: User) -> Sequence[TriggeredRule] | None:
    """Return what is unusual about the sign-in, `None` while the tenant does not ask."""
    if not get_sign_in_experience().adaptive_mfa:
        return None
    return find_triggers(user, interaction.context.get("signInContext", {}), moment=now())


def _holdings_of(user: User) -> Holdings:
    factors = list_factors(user)
    usable = (each for each in factors if is_usable(each))
    stored = tuple(HeldFactor(factor.type, factor.last_used_at) for factor in usable)
    return Holdings(stored, user.primary_email, user.primary_phone, frozenset(factor.id for factor in factors))


def _sign_up_identifiers(settings: SignInSettings) -> frozenset[str]:
    return frozenset(kind for kind in ("email", "phone") if settings.sign_up.collects(kind))
