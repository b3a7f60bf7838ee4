"""The rules of second factors, each policy with who it concerns; pure, so that the whole table is quick."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.errors import AppError
from experience.mfa_settings import MfaSettings
from experience.second_factors.holdings import HeldFactor, Holdings, mask_email, mask_phone
from experience.second_factors.rules import (
    Preferences,
    Situation,
    assert_factors_set_up,
    is_enabled_by_owning,
    is_verification_required,
    prefer_passkey,
    verification_required,
)
from experience.second_factors.staged import StagedFactors

NOW = datetime(2026, 1, 1, tzinfo=UTC)
APP_AND_PASSKEY = ("Totp", "WebAuthn")
NEW_USER = Preferences(enabled=False)
TOTP = Holdings((HeldFactor("Totp", NOW),))

NO_PROMPT, MANDATORY = "NoPrompt", "Mandatory"
ONLY_AT_SIGN_IN, AT_BOTH = "PromptOnlyAtSignIn", "PromptAtSignInAndSignUp"
ADAPTIVE_AT_BOTH, ADAPTIVE_AT_SIGN_IN = "PromptAtSignInAndSignUpMandatory", "PromptOnlyAtSignInMandatory"


def settings(policy: str, *factors: str, organizations: bool = True) -> MfaSettings:
    return MfaSettings(factors or APP_AND_PASSKEY, policy, organizations)


def situation(policy: str, *, event: str = "SignIn", **values: Any) -> Situation:
    return Situation(**{"event": event, "settings": settings(policy), "preferences": NEW_USER, **values})


def refusal(given: Situation) -> AppError | None:
    try:
        assert_factors_set_up(given)
    except AppError as error:
        return error
    return None


def code(given: Situation) -> str:
    error = refusal(given)
    return error.code if error else ""


class TestSettingUp:
    @pytest.mark.parametrize(
        ("policy", "register", "sign_in", "member"),
        [
            # A member of an organization that requires it is asked whatever the tenant's policy is.
            (NO_PROMPT, "", "", "user.missing_mfa"),
            (ONLY_AT_SIGN_IN, "", "user.suggest_mfa", "user.missing_mfa"),
            (AT_BOTH, "user.suggest_mfa", "user.suggest_mfa", "user.missing_mfa"),
            (MANDATORY, "user.missing_mfa", "user.missing_mfa", "user.missing_mfa"),
            (ADAPTIVE_AT_BOTH, "user.missing_mfa", "user.missing_mfa", "user.missing_mfa"),
            (ADAPTIVE_AT_SIGN_IN, "", "user.missing_mfa", "user.missing_mfa"),
        ],
    )
    def test_who_has_no_factor(self, policy: str, register: str, sign_in: str, member: str) -> None:
        """What somebody without a factor meets, by policy and by whether they register, sign in or are a member."""
        assert code(situation(policy, event="Register")) == register
        assert code(situation(policy)) == sign_in
        assert code(situation(policy, is_mandated=True)) == member
        # The company's own identity provider has seen to it.
        assert code(situation(policy, is_mandated=True, is_by_enterprise=True)) == ""

    @pytest.mark.parametrize("policy", [AT_BOTH, MANDATORY, NO_PROMPT, ADAPTIVE_AT_BOTH])
    def test_who_has_one_is_done(self, policy: str) -> None:
        owner = situation(policy, holdings=TOTP, preferences=Preferences(enabled=True))
        assert refusal(owner) is None
        assert refusal(replace(owner, is_mandated=True)) is None

    @pytest.mark.parametrize("policy", [AT_BOTH, MANDATORY, NO_PROMPT])
    def test_without_factors_nobody_is_asked(self, policy: str) -> None:
        """A policy means nothing as long as the tenant has no factor; it once could not be switched on at all."""
        empty = MfaSettings((), policy, organization_required=True)
        assert refusal(situation(policy, settings=empty, is_mandated=True, is_indispensable=True)) is None

    def test_saying_yes_leads_to_the_list_which_may_still_be_left(self) -> None:
        error = refusal(situation(AT_BOTH, staged=StagedFactors(enabled=True)))
        assert error is not None
        assert (error.code, error.status) == ("user.missing_mfa", 422)
        assert error.data == {"availableFactors": ["WebAuthn", "Totp"], "skippable": True}

    def test_what_is_mandatory_is_not_skippable(self) -> None:
        error = refusal(situation(MANDATORY))
        assert error is not None
        assert error.data == {"availableFactors": ["WebAuthn", "Totp"]}

    @pytest.mark.parametrize("where", ["journey", "account"])
    def test_skipping_counts_now_and_later_and_only_where_one_may(self, where: str) -> None:
        skipped: dict[str, Any] = (
            {"staged": StagedFactors(skipped=True)}
            if where == "journey"
            else {"preferences": Preferences(enabled=False, skipped=True)}
        )
        assert refusal(situation(AT_BOTH, **skipped)) is None
        assert code(situation(AT_BOTH, is_mandated=True, **skipped)) == "user.missing_mfa"
        assert code(situation(AT_BOTH, is_indispensable=True, **skipped)) == "user.missing_mfa"
        assert code(situation(MANDATORY, **skipped)) == "user.missing_mfa"

    def test_an_account_from_before_the_question_is_asked_unless_it_has_a_factor(self) -> None:
        """`enabled` is absent on accounts that were imported: who owns a factor is taken at that."""
        never_asked = situation(AT_BOTH, preferences=Preferences())
        assert code(never_asked) == "user.suggest_mfa"
        owner = replace(never_asked, holdings=TOTP)
        assert refusal(owner) is None
        assert is_enabled_by_owning(owner)
        assert not is_enabled_by_owning(replace(owner, preferences=NEW_USER))

    def test_backup_codes_are_no_factor_by_themselves(self) -> None:
        with_codes = settings(MANDATORY, "Totp", "BackupCode")
        alone = Holdings((HeldFactor("BackupCode"),))
        error = refusal(situation(MANDATORY, settings=with_codes, holdings=alone))
        assert error is not None
        assert error.code == "user.missing_mfa"
        assert error.data == {"availableFactors": ["Totp"]}

    def test_who_has_a_factor_needs_backup_codes_too(self) -> None:
        with_codes = settings(AT_BOTH, "Totp", "BackupCode")
        owner = situation(AT_BOTH, settings=with_codes, holdings=TOTP, preferences=Preferences(enabled=True))
        assert code(owner) == "session.mfa.backup_code_required"
        assert refusal(replace(owner, staged=StagedFactors(backup_codes=("hash",)))) is None
        assert refusal(replace(owner, holdings=Holdings((*TOTP.stored, HeldFactor("BackupCode"))))) is None
        # Whoever has no factor, and need not have one, needs no codes for its loss.
        assert refusal(replace(owner, holdings=Holdings(), staged=StagedFactors(skipped=True))) is None

    def test_staged_factors_count(self) -> None:
        assert refusal(situation(MANDATORY, staged=StagedFactors(totp="sealed"))) is None
        by_email = settings(MANDATORY, "EmailVerificationCode")
        added = frozenset({"EmailVerificationCode"})
        assert refusal(situation(MANDATORY, settings=by_email, staged_codes=added)) is None


class TestAnotherFactor:
    def by_email(self, **values: Any) -> Situation:
        return situation(
            MANDATORY,
            settings=settings(MANDATORY, "Totp", "EmailVerificationCode", "BackupCode"),
            holdings=Holdings((HeldFactor("BackupCode"),), "alice@example.com"),
            sign_up_identifiers=frozenset({"email"}),
            **values,
        )

    def test_codes_to_the_address_that_signs_in_are_worth_a_suggestion(self) -> None:
        given = replace(self.by_email(), holdings=Holdings((), "alice@example.com"))
        error = refusal(given)
        assert error is not None
        assert (error.code, error.status) == ("session.mfa.suggest_additional_mfa", 422)
        assert error.data == {
            "availableFactors": ["Totp", "EmailVerificationCode", "BackupCode"],
            "maskedIdentifiers": {"EmailVerificationCode": "alic****@example.com"},
            "isWebAuthnUsedAsSignInPasskey": False,
            "skippable": True,
            "suggestion": True,
        }

    def test_not_where_it_is_no_first_factor_or_was_declined_or_another_is_there(self) -> None:
        first = replace(self.by_email(), holdings=Holdings((), "alice@example.com"))
        codes = "session.mfa.backup_code_required"
        assert code(replace(first, sign_up_identifiers=frozenset())) == codes
        assert code(replace(first, staged=StagedFactors(suggestion_skipped=True))) == codes
        assert code(replace(first, preferences=Preferences(suggestion_skipped=True))) == codes
        assert code(replace(first, staged=StagedFactors(totp="sealed"))) == codes
        assert refusal(self.by_email()) is None

    def test_the_passkey_that_signs_in(self) -> None:
        given = situation(MANDATORY, holdings=Holdings((HeldFactor("WebAuthn"),)), signs_in_with_passkeys=True)
        error = refusal(given)
        assert error is not None
        assert error.data["isWebAuthnUsedAsSignInPasskey"] is True
        assert refusal(replace(given, signs_in_with_passkeys=False)) is None
        # Nothing is left to add.
        assert refusal(replace(given, settings=settings(MANDATORY, "WebAuthn"))) is None


class TestVerification:
    def test_nobody_without_a_usable_factor(self) -> None:
        assert not is_verification_required(situation(MANDATORY, is_demanded=True), is_triggered=True)
        other = situation(MANDATORY, holdings=Holdings((), None, "15551234567"))
        assert not is_verification_required(other, is_triggered=None)

    @pytest.mark.parametrize(
        ("policy", "preferences", "required"),
        [
            (AT_BOTH, Preferences(enabled=True), True),
            (AT_BOTH, Preferences(), True),
            (AT_BOTH, Preferences(enabled=False), False),
            (AT_BOTH, Preferences(enabled=True, skips_at_sign_in=True), False),
            (NO_PROMPT, Preferences(enabled=True), True),
            (MANDATORY, Preferences(enabled=False), True),
            (MANDATORY, Preferences(enabled=True, skips_at_sign_in=True), True),
        ],
    )
    def test_by_policy_and_by_what_the_user_wants(self, policy: str, preferences: Preferences, required: bool) -> None:
        given = situation(policy, holdings=TOTP, preferences=preferences)
        assert is_verification_required(given, is_triggered=None) is required
        # Neither an organization nor an application asks what the user would like.
        assert is_verification_required(replace(given, is_mandated=True), is_triggered=None)
        assert is_verification_required(replace(given, is_demanded=True), is_triggered=None)
        assert not is_verification_required(replace(given, is_mandated=True, is_by_enterprise=True), is_triggered=None)

    def test_adaptive_asks_only_when_something_is_unusual(self) -> None:
        given = situation(ADAPTIVE_AT_BOTH, holdings=TOTP, preferences=Preferences(enabled=True))
        assert is_verification_required(given, is_triggered=True)
        assert not is_verification_required(given, is_triggered=False)
        assert is_verification_required(replace(given, is_demanded=True), is_triggered=False)

    def test_what_is_offered_and_in_which_order(self) -> None:
        """Passkeys, then what was used last, then codes to the phone and the address, backup codes at the end."""
        stored = (
            HeldFactor("BackupCode", NOW),
            HeldFactor("Totp", NOW - timedelta(days=1)),
            HeldFactor("WebAuthn", NOW - timedelta(days=9)),
            HeldFactor("WebAuthn"),
        )
        factors = ("BackupCode", "EmailVerificationCode", "PhoneVerificationCode", "Totp", "WebAuthn")
        given = situation(
            MANDATORY,
            settings=settings(MANDATORY, *factors),
            holdings=Holdings(stored, "bob@example.com", "15551234567"),
        )
        error = verification_required(given)
        assert (error.code, error.status) == ("session.mfa.require_mfa_verification", 403)
        assert error.data == {
            "availableFactors": ["WebAuthn", "Totp", "PhoneVerificationCode", "EmailVerificationCode", "BackupCode"],
            "maskedIdentifiers": {"PhoneVerificationCode": "****4567", "EmailVerificationCode": "****@example.com"},
        }

    def test_codes_to_the_mailbox_that_was_the_first_factor(self) -> None:
        """They are none for who has another, and all there is for who has not; backup codes are for emergencies."""
        factors = ("EmailVerificationCode", "PhoneVerificationCode", "BackupCode", "Totp")
        given = situation(
            MANDATORY, settings=settings(MANDATORY, *factors), spent_codes=frozenset({"EmailVerificationCode"})
        )
        address, codes = "bob@example.com", HeldFactor("BackupCode")
        for holdings, usable in (
            (Holdings((HeldFactor("Totp"), codes), address), ["Totp", "BackupCode"]),
            (Holdings((), address, "15551234567"), ["PhoneVerificationCode"]),
            (Holdings((codes,), address), ["EmailVerificationCode", "BackupCode"]),
            (Holdings((), address), ["EmailVerificationCode"]),
        ):
            held = replace(given, holdings=holdings)
            assert held.usable_factors == usable
            assert ("EmailVerificationCode" in held.proving_factors) is ("EmailVerificationCode" in usable)

    def test_nobody_is_asked_to_add_before_they_have_shown_what_they_have(self) -> None:
        every = settings(AT_BOTH, "Totp", "EmailVerificationCode", "BackupCode")
        enabled = Preferences(enabled=True)
        given = situation(AT_BOTH, settings=every, holdings=TOTP, preferences=enabled, is_unproved=True)
        assert refusal(given) is None
        assert code(replace(given, is_unproved=False)) == "session.mfa.backup_code_required"
        prefer_passkey(replace(given, signs_in_with_passkeys=True))
        alone = replace(given, holdings=Holdings((HeldFactor("BackupCode"),)))
        assert code(alone) == "session.mfa.require_mfa_verification"
        assert code(replace(alone, is_unproved=False)) == "user.missing_mfa"

    def test_masks(self) -> None:
        assert mask_email("alice@example.com") == "alic****@example.com"
        assert mask_email("bobs@example.com") == "****@example.com"
        assert mask_phone("15551234567") == "****4567"


class TestPasskey:
    def test_it_is_offered_once(self) -> None:
        given = situation(NO_PROMPT, signs_in_with_passkeys=True)
        with pytest.raises(AppError) as caught:
            prefer_passkey(given)
        assert (caught.value.code, caught.value.status) == ("user.passkey_preferred", 422)
        prefer_passkey(replace(given, signs_in_with_passkeys=False))
        prefer_passkey(replace(given, is_by_enterprise=True))
        prefer_passkey(replace(given, holdings=Holdings((HeldFactor("WebAuthn"),))))
        prefer_passkey(replace(given, staged=StagedFactors(passkeys=({"credential_id": "x"},))))
        prefer_passkey(replace(given, staged=StagedFactors(passkey_skipped=True)))
        prefer_passkey(replace(given, preferences=Preferences(passkey_skipped=True)))


@pytest.mark.parametrize("stored", [{}, {"mfa": None}, {"mfa": "x", "passkeySignIn": []}, {"mfa": {"enabled": "yes"}}])
def test_settings_that_somebody_has_written_by_hand_count_as_nothing(stored: dict[str, object]) -> None:
    """`logtoConfig` can be written by hand and imported: what has no known form must not break a sign-in."""
    assert Preferences.of(stored) == Preferences()
