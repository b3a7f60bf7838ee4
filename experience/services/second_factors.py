"""Verifying with a second factor: an authenticator app, a passkey, a backup code, a code sent to the user.

Every check runs outside of the interaction's transaction and is counted by factor and user, as first factors are by
identifier: what is guessed or used up stays counted and used, whatever becomes of the request.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from common.errors import AppError
from connectors.messages import TemplateType
from experience.code_channels import FACTOR_OF_CHANNEL
from experience.models import Interaction
from experience.records import MFA_CODE_RECORDS, CodeChannel, CodeRecipient, Identifier, RecordType, VerificationRecord
from experience.second_factors.rules import assert_factor_enabled
from experience.services.code_messages import dispatch_code
from experience.services.settings import get_sign_in_experience
from experience.services.steps import failures_recorded, get_record, put_record, step
from experience.services.verification import Proof, keep_proof
from experience.staged_profile import find_held
from identity.factors.backup_codes.service import use_backup_code
from identity.factors.totp.service import verify_totp as verify_own_totp
from identity.factors.webauthn.ceremony import (
    CredentialDescriptor,
    RelyingParty,
    authentication_options,
    credential_id_of,
    new_challenge,
)
from identity.factors.webauthn.service import descriptors_of, list_passkeys, verify_passkey
from identity.models import Factor, User
from identity.selectors import find_user
from identity.services import codes
from identity.services.sentinel import SentinelAction, guard
from tenants.rate_limits import throttle_guesses


class Challenge(NamedTuple):
    """What a browser is to ask an authenticator, as `navigator.credentials` takes it, and the record that waits."""

    verification_id: str
    options: dict[str, Any]


def find_identified_user(interaction: Interaction) -> User | None:
    """Return whose journey it is, `None` before that is known.

    1 statement; none for who has just been read: a step, which locks the journey, reads them again.
    """
    if interaction.user_id is not None and not Interaction.user.is_cached(interaction):
        interaction.user = find_user(interaction.user_id)
    user: User | None = interaction.user
    return user


def identified_user(interaction: Interaction) -> User:
    """Return whose journey it is; raises `session.identifier_not_found` before that is known."""
    user = find_identified_user(interaction)
    if user is None:
        raise AppError("session.identifier_not_found")
    return user


def verify_totp(interaction: Interaction, *, code: str) -> str:
    """Check a code of the user's authenticator app and return the id of its record. Raises as `check_totp`."""
    return _kept(interaction, check_totp(interaction, code=code))


def check_totp(interaction: Interaction, *, code: str) -> Proof:
    """Return the proof that a code is of the user's authenticator app; each code is good once.

    Raises `session.identifier_not_found`, `session.mfa.invalid_totp_code`, and
    `session.verification_blocked_too_many_attempts` while the user is locked, even for the right code.
    """
    return _check(interaction, RecordType.TOTP, SentinelAction.MFA_TOTP, lambda user: verify_own_totp(user, code=code))


def verify_backup_code(interaction: Interaction, *, code: str) -> str:
    """Use a backup code up and return the id of its record. Raises as `check_backup_code`."""
    return _kept(interaction, check_backup_code(interaction, code=code))


def check_backup_code(interaction: Interaction, *, code: str) -> Proof:
    """Use up one of the user's backup codes and return the proof.

    Raises `session.identifier_not_found`, `session.mfa.invalid_backup_code`, and
    `session.verification_blocked_too_many_attempts` while the user is locked, even for the right code.
    """
    return _check(
        interaction,
        RecordType.BACKUP_CODE,
        SentinelAction.MFA_BACKUP_CODE,
        lambda user: use_backup_code(user, code=code),
    )


def send_mfa_code(interaction: Interaction, *, channel: CodeChannel) -> str:
    """Send a code to the user's own address or number and return the id of its verification record.

    Raises `session.identifier_not_found` (400), `session.mfa.mfa_factor_not_enabled` where the tenant does not take
    such codes or the user has nowhere to get one, `request.message_rate_limited` and `connector.not_found` (501).
    """
    settings = get_sign_in_experience()
    user = find_identified_user(interaction)
    if user is None:
        raise AppError("session.identifier_not_found", status=400)
    assert_factor_enabled(FACTOR_OF_CHANNEL[channel], settings)
    recipient = CodeRecipient(channel, _own_address(user, channel))
    record = VerificationRecord.new(
        MFA_CODE_RECORDS[channel],
        recipient.as_identifier(),
        template_type=TemplateType.MFA_VERIFICATION,
        user_id=user.id,
    )
    dispatch_code(
        interaction,
        record,
        recipient,
        key=f"Verification.{record.type}.Create",
        details={"payload": {"identifierType": channel}},
    )
    return record.id


def verify_mfa_code(interaction: Interaction, *, channel: CodeChannel, verification_id: str, code: str) -> str:
    """Check a code that was sent as a second factor and return its record's id. Raises as `check_mfa_code`."""
    return _kept(interaction, check_mfa_code(interaction, channel=channel, verification_id=verification_id, code=code))


def check_mfa_code(interaction: Interaction, *, channel: CodeChannel, verification_id: str, code: str) -> Proof:
    """Use up a code that was sent as a second factor and return the proof.

    Raises `session.identifier_not_found`, `session.verification_session_not_found`, `verification_code.*`, and
    `session.verification_blocked_too_many_attempts` while the user is locked, even for the right code.
    """
    settings, user = get_sign_in_experience(), identified_user(interaction)
    key = f"Verification.{MFA_CODE_RECORDS[channel]}.Submit"
    details: dict[str, Any] = {"payload": {"identifierType": channel, "verificationId": verification_id}}
    with failures_recorded(interaction, key, **details):
        record = get_record(interaction, verification_id, record_type=MFA_CODE_RECORDS[channel])
        _assert_own(record, user)
        with _guarded(SentinelAction.MFA_CODE, user):
            codes.verify_code(
                channel=channel,
                recipient=record.identifier.value,
                template_type=record.template_type,
                verification_id=record.id,
                code=code,
                policy=settings.codes,
            )
    return Proof(replace(record, verified=True), key, details, was_begun=True)


def start_webauthn_verification(interaction: Interaction, *, party: RelyingParty) -> Challenge:
    """Return what to ask the user's authenticators for.

    Raises `session.identifier_not_found`, and `session.mfa.webauthn_verification_not_found` without a passkey.
    """
    user = identified_user(interaction)
    passkeys = list_passkeys(user, rp_id=party.rp_id)
    return begin_authentication(interaction, RecordType.WEBAUTHN, user, descriptors_of(passkeys), party=party)


def begin_authentication(
    interaction: Interaction,
    record_type: RecordType,
    user: User | None,
    allowed: list[CredentialDescriptor],
    *,
    party: RelyingParty,
    identifier: Identifier | None = None,
) -> Challenge:
    """Keep a new challenge with the journey; raises `session.mfa.webauthn_verification_not_found` without a passkey."""
    key = f"Verification.{record_type}.Create"
    challenge = new_challenge()
    record = VerificationRecord.new(
        record_type,
        identifier,
        user_id=user.id if user else "",
        data={"challenge": challenge.hex(), "rpId": party.rp_id},
    )
    with failures_recorded(interaction, key):
        if not allowed:
            raise AppError("session.mfa.webauthn_verification_not_found")
    with step(interaction, key, only_journey=True):
        put_record(interaction, record)
    return Challenge(record.id, authentication_options(party, allow=allowed, challenge=challenge))


def finish_webauthn_verification(
    interaction: Interaction, *, verification_id: str, payload: dict[str, Any], party: RelyingParty
) -> str:
    """Check an authenticator's answer and return the id of its record. Raises as `check_webauthn`."""
    return _kept(
        interaction, check_webauthn(interaction, verification_id=verification_id, payload=payload, party=party)
    )


def check_webauthn(
    interaction: Interaction, *, verification_id: str, payload: dict[str, Any], party: RelyingParty
) -> Proof:
    """Return the proof that a passkey of the user's has answered the challenge; each challenge is good once.

    Raises `session.identifier_not_found`, `session.verification_session_not_found`,
    `session.mfa.pending_info_not_found`, `session.mfa.webauthn_verification_failed`, and
    `session.verification_blocked_too_many_attempts` while the user is locked.
    """
    user = identified_user(interaction)
    key = f"Verification.{RecordType.WEBAUTHN}.Submit"
    details: dict[str, Any] = {"payload": {"verificationId": verification_id}}
    with failures_recorded(interaction, key, **details):
        record = get_record(interaction, verification_id, record_type=RecordType.WEBAUTHN)
        _assert_own(record, user)
        challenge = pending_challenge(record, code="session.mfa.pending_info_not_found")
        with _guarded(SentinelAction.WEBAUTHN, user):
            passkey = own_passkey(user, payload, party=party)
            verify_passkey(passkey, payload, party=party, challenge=challenge)
    return Proof(replace(record, verified=True, factor_id=passkey.id, data={}), key, details, was_begun=True)


def pending_challenge(record: VerificationRecord, *, code: str) -> bytes:
    """Return the challenge that a record waits for the answer to; raises `code` if it waits for none."""
    if record.is_binding or record.verified or not record.data.get("challenge"):
        raise AppError(code)
    return bytes.fromhex(record.data["challenge"])


def own_passkey(user: User, payload: dict[str, Any], *, party: RelyingParty) -> Factor:
    """Return the user's passkey that has answered, also one that has not said yet to which host name it belongs.

    Raises `session.mfa.webauthn_verification_failed`.
    """
    credential_id = credential_id_of(payload)
    passkeys = list_passkeys(user, rp_id=party.rp_id)
    passkey = next((one for one in passkeys if one.details["credentialId"] == credential_id), None)
    if passkey is None:
        raise AppError("session.mfa.webauthn_verification_failed")
    return passkey


def _check(
    interaction: Interaction, record_type: RecordType, action: SentinelAction, verify: Callable[[User], Factor]
) -> Proof:
    user = identified_user(interaction)
    key = f"Verification.{record_type}.Submit"
    with failures_recorded(interaction, key), _guarded(action, user):
        factor = verify(user)
    return Proof(VerificationRecord.new(record_type, verified=True, user_id=user.id, factor_id=factor.id), key)


@contextmanager
def _guarded(action: SentinelAction, user: User) -> Iterator[None]:
    """Run the block, which verifies a second factor, counted by this factor, the user and the network."""
    with throttle_guesses(), guard(action, user.id, get_sign_in_experience().sentinel, user=user):
        yield


def _kept(interaction: Interaction, proof: Proof) -> str:
    keep_proof(interaction, proof)
    return proof.id


def _assert_own(record: VerificationRecord, user: User) -> None:
    """A journey may have become another user's since; what was begun for the one proves nothing about the other."""
    if record.user_id != user.id:
        raise AppError("session.identity_conflict", status=404)


def _own_address(user: User, channel: CodeChannel) -> str:
    address = find_held(user, channel)
    if not address:
        raise AppError("session.mfa.mfa_factor_not_enabled")
    return address
