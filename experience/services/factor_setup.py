"""Setting factors up in a journey: staged once they have been proved to work, written at the submission."""

from dataclasses import replace
from typing import Any, NamedTuple

from common.clock import now
from common.errors import AppError
from common.request_context import request_origin
from experience.code_channels import CODE_CHANNELS
from experience.models import Interaction
from experience.policies import assert_not_forgot_password
from experience.records import (
    MFA_CODE_RECORDS,
    CodeChannel,
    RecordType,
    VerificationRecord,
    binding,
)
from experience.second_factors.rules import Situation, assert_factor_enabled
from experience.second_factors.staged import StagedFactors, seal_totp_secret, unseal_totp_secret
from experience.services.mfa import assert_may_add, assert_may_stage
from experience.services.profile import stage_identifier
from experience.services.second_factors import Challenge, identified_user
from experience.services.settings import get_sign_in_experience
from experience.services.steps import failures_recorded, get_record, put_record, step
from experience.services.verification import Proof, keep_proof
from identity.factor_types import FactorType
from identity.factors.backup_codes.codes import hash_codes, new_codes
from identity.factors.totp.codes import find_step, new_secret, provisioning_uri, qr_code_png
from identity.factors.totp.service import account_name
from identity.factors.webauthn.ceremony import (
    CredentialDescriptor,
    RelyingParty,
    new_challenge,
    registration_options,
    verify_registration,
)
from identity.factors.webauthn.service import descriptors_of, list_passkeys, passkey_user_name
from identity.models import User
from tenants.rate_limits import throttle_guesses

Event = Interaction.Event

#: How many passkeys one journey may stage; nobody has more devices at hand.
_MAX_STAGED_PASSKEYS = 10


class TotpSetup(NamedTuple):
    """A new secret for an authenticator app: as text, as the address that apps read, and as a PNG of it (data URL)."""

    verification_id: str
    secret: str
    uri: str
    qr_code: str


class BackupCodes(NamedTuple):
    """New backup codes, which are shown this once."""

    verification_id: str
    codes: list[str]


def new_totp_secret(interaction: Interaction, *, issuer: str) -> TotpSetup:
    """Return a new secret for the user's authenticator app, `issuer` being the host it is for.

    Raises `session.identifier_not_found` and what `assert_may_add` does.
    """
    user = identified_user(interaction)
    secret = new_secret()
    record = VerificationRecord.new(RecordType.TOTP, user_id=user.id, data=binding(secret=seal_totp_secret(secret)))
    _begin(interaction, record)
    return _totp_setup(record.id, secret, user, issuer)


def pending_totp_secret(interaction: Interaction, *, issuer: str) -> TotpSetup | None:
    """Return the secret that was made last in this journey, to show it again; `None` if there is none."""
    user = identified_user(interaction)
    for stored in interaction.records:
        record = VerificationRecord.load(stored)
        if record.type == RecordType.TOTP and record.is_binding and record.user_id == user.id:
            return _totp_setup(record.id, unseal_totp_secret(record.data["secret"]), user, issuer)
    return None


def verify_new_totp(interaction: Interaction, *, verification_id: str, code: str) -> str:
    """Check that the authenticator app has the new secret, and return the record's id. Raises as `check_new_totp`."""
    proof = check_new_totp(interaction, verification_id=verification_id, code=code)
    keep_proof(interaction, proof)
    return proof.id


def check_new_totp(interaction: Interaction, *, verification_id: str, code: str) -> Proof:
    """Return the proof that the authenticator app has the new secret.

    Raises `session.identifier_not_found`, `session.verification_session_not_found`,
    `session.mfa.pending_info_not_found` and `session.mfa.invalid_totp_code`.
    """
    user = identified_user(interaction)
    key = f"Verification.{RecordType.TOTP}.Submit"
    with failures_recorded(interaction, key), throttle_guesses():
        record = _get_begun(interaction, verification_id, RecordType.TOTP, user)
        used = find_step(unseal_totp_secret(record.data["secret"]), code, moment=now())
        if used is None:
            raise AppError("session.mfa.invalid_totp_code")
    # The code that has set the app up is spent with it.
    return Proof(replace(record, verified=True, data=record.data | {"step": used}), key, was_begun=True)


def start_webauthn_registration(interaction: Interaction, *, party: RelyingParty) -> Challenge:
    """Return what to ask an authenticator for, to make a passkey. Raises as `new_totp_secret`."""
    user = identified_user(interaction)
    challenge = new_challenge()
    staged = [CredentialDescriptor(one["credential_id"]) for one in StagedFactors.of(interaction.context).passkeys]
    options = registration_options(
        party,
        user_id=user.id,
        user_name=passkey_user_name(user),
        exclude=[*descriptors_of(list_passkeys(user)), *staged],
        challenge=challenge,
    )
    data = binding(challenge=challenge.hex(), rpId=party.rp_id)
    record = VerificationRecord.new(RecordType.WEBAUTHN, user_id=user.id, data=data)
    _begin(interaction, record)
    return Challenge(record.id, options)


def finish_webauthn_registration(
    interaction: Interaction, *, verification_id: str, payload: dict[str, Any], party: RelyingParty
) -> str:
    """Keep a passkey that an authenticator has made, and return the record's id. Raises as `check_new_passkey`."""
    proof = check_new_passkey(interaction, verification_id=verification_id, payload=payload, party=party)
    keep_proof(interaction, proof)
    return proof.id


def check_new_passkey(
    interaction: Interaction, *, verification_id: str, payload: dict[str, Any], party: RelyingParty
) -> Proof:
    """Return the proof that an authenticator has made a passkey; each challenge is good once.

    Raises `session.identifier_not_found`, `session.verification_session_not_found`,
    `session.mfa.pending_info_not_found` and `session.mfa.webauthn_verification_failed`.
    """
    user = identified_user(interaction)
    key = f"Verification.{RecordType.WEBAUTHN}.Submit"
    with failures_recorded(interaction, key), throttle_guesses():
        record = _get_begun(interaction, verification_id, RecordType.WEBAUTHN, user)
        if "challenge" not in record.data:
            raise AppError("session.mfa.pending_info_not_found")
        credential = verify_registration(payload, party=party, challenge=bytes.fromhex(record.data["challenge"]))
    made = binding(credential=credential.as_json(), agent=request_origin().user_agent)
    return Proof(replace(record, verified=True, data=made), key, was_begun=True)


def new_backup_codes(interaction: Interaction) -> BackupCodes:
    """Return ten new backup codes; only their hashes are kept. Raises as `new_totp_secret`."""
    user = identified_user(interaction)
    codes = new_codes()
    data = binding(hashes=hash_codes(user.id, codes))
    record = VerificationRecord.new(RecordType.BACKUP_CODE, user_id=user.id, verified=True, data=data)
    _begin(interaction, record)
    return BackupCodes(record.id, codes)


def stage_factor(interaction: Interaction, *, factor: str, verification_id: str) -> None:
    """Stage a factor that has been proved to work; it also says that the user wants two-step sign-in.

    Raises `session.verification_session_not_found`, `session.verification_failed`,
    `session.mfa.mfa_factor_not_enabled`, `user.totp_already_in_use`, `session.mfa.backup_code_can_not_be_alone`, for a
    code's address or number what staging one raises, and what `assert_may_add` does.
    """
    settings = get_sign_in_experience()
    with step(interaction, f"BindMfa.{factor}.Submit", verificationId=verification_id):
        user = _user_of_open(interaction)
        situation = assert_may_add(interaction, user)
        assert_factor_enabled(factor, settings)
        if channel := CODE_CHANNELS.get(factor):
            _stage_address(interaction, user, channel, verification_id)
            staged = StagedFactors.of(interaction.context)
        else:
            record = _get_verified(interaction, verification_id, RecordType(factor), user)
            staged = _with_factor(record, situation)
        interaction.context = replace(staged, enabled=True).put(interaction.context)


def stage_passkey(interaction: Interaction, *, verification_id: str) -> None:
    """Stage a passkey to sign in with, which says nothing about two-step sign-in. Raises as `stage_factor`."""
    settings = get_sign_in_experience()
    with step(interaction, "SignInPasskey.Submit", verificationId=verification_id):
        user = _user_of_open(interaction)
        situation = assert_may_add(interaction, user)
        assert_factor_enabled(FactorType.WEBAUTHN, settings)
        record = _get_verified(interaction, verification_id, RecordType.WEBAUTHN, user)
        interaction.context = _with_factor(record, situation).put(interaction.context)


def accept_mfa(interaction: Interaction) -> None:
    """Note that the user wants two-step sign-in. Raises what `assert_may_stage` does."""
    _choose(interaction, "enabled")


def skip_mfa(interaction: Interaction) -> None:
    """Note that the user does without a second factor.

    Raises `session.mfa.mfa_policy_not_user_controlled` where the tenant's policy, an organization or the application's
    request wants one, and what `assert_may_stage` does.
    """
    _choose(interaction, "skipped")


def skip_suggestion(interaction: Interaction) -> None:
    """Note that the user wants no further factor. Raises what `assert_may_stage` does."""
    _choose(interaction, "suggestion_skipped")


def skip_passkey(interaction: Interaction) -> None:
    """Note that the user wants no passkey. Raises what `assert_may_stage` does."""
    _choose(interaction, "passkey_skipped")


def trust_device(interaction: Interaction) -> None:
    """Note that this browser may stand in for a second factor from now on. Raises what `assert_may_stage` does."""
    _choose(interaction, "trusts_device")


def _choose(interaction: Interaction, choice: str) -> None:
    with step(interaction, "Update", choice=choice):
        situation = assert_may_stage(interaction, _user_of_open(interaction))
        if choice == "skipped" and not situation.is_skippable:
            raise AppError("session.mfa.mfa_policy_not_user_controlled")
        staged = replace(StagedFactors.of(interaction.context), **{choice: True})  # type: ignore[arg-type]  # a flag's name
        interaction.context = staged.put(interaction.context)


def _user_of_open(interaction: Interaction) -> User:
    """Return whose factors the journey may be about.

    Raises `session.not_supported_for_forgot_password` and `session.identifier_not_found`.
    """
    assert_not_forgot_password(interaction.event)
    return identified_user(interaction)


def _begin(interaction: Interaction, record: VerificationRecord) -> None:
    """Keep what a new factor is made from, before anything of it is told: it names the account."""
    with step(interaction, f"Verification.{record.type}.Create", only_journey=True):
        assert_may_add(interaction, _user_of_open(interaction))
        put_record(interaction, record)


def _get_begun(
    interaction: Interaction, verification_id: str, record_type: RecordType, user: User
) -> VerificationRecord:
    record = get_record(interaction, verification_id, record_type=record_type)
    if not record.is_binding or record.user_id != user.id:
        raise AppError("session.mfa.pending_info_not_found")
    return record


def _get_verified(
    interaction: Interaction, verification_id: str, record_type: RecordType, user: User
) -> VerificationRecord:
    record = get_record(interaction, verification_id, record_type=record_type)
    if not record.verified or not record.is_binding or record.user_id != user.id:
        raise AppError("session.verification_failed")
    return record


def _with_factor(record: VerificationRecord, situation: Situation) -> StagedFactors:
    staged = situation.staged
    match record.type:
        case RecordType.TOTP:
            if FactorType.TOTP in situation.holdings.types:
                raise AppError("user.totp_already_in_use")
            return replace(staged, totp=record.data["secret"], totp_step=record.data["step"])
        case RecordType.WEBAUTHN:
            made = {**record.data["credential"], "agent": record.data["agent"]}
            others = [one for one in staged.passkeys if one["credential_id"] != made["credential_id"]]
            return replace(staged, passkeys=(*others[: _MAX_STAGED_PASSKEYS - 1], made))
        case RecordType.BACKUP_CODE:
            if situation.owned.isdisjoint(situation.main_factors):
                raise AppError("session.mfa.backup_code_can_not_be_alone")
            return replace(staged, backup_codes=tuple(record.data["hashes"]))
    raise AppError("session.verification_failed")


def _stage_address(interaction: Interaction, user: User, channel: CodeChannel, verification_id: str) -> None:
    """Stage an address as the account's, which makes codes to it a factor, and take its code as the factor's proof."""
    record = stage_identifier(interaction, user, channel, verification_id)
    given = VerificationRecord.new(
        MFA_CODE_RECORDS[channel], record.identifier, verified=True, user_id=user.id, data=binding()
    )
    put_record(interaction, given)


def _totp_setup(verification_id: str, secret: str, user: User, issuer: str) -> TotpSetup:
    uri = provisioning_uri(secret, account=account_name(user), issuer=issuer)
    return TotpSetup(verification_id, secret, uri, qr_code_png(uri))
