"""The proofs of a journey: a password checked, a code sent, a code checked, a one-time token used.

The checks themselves run outside of the interaction's transaction: what they count and use up stays counted and used,
whatever becomes of the request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from common.errors import AppError
from experience.accounts import find_account
from experience.methods.password import PasswordMethod, assert_password_current
from experience.models import Interaction
from experience.policies import (
    assert_address_allowed,
    assert_channel_used,
    is_delivery_suppressed,
    template_type_for,
)
from experience.proof_validity import password_seen
from experience.records import CODE_RECORDS, CodeRecipient, Identifier, RecordType, VerificationRecord
from experience.services.code_messages import dispatch_code
from experience.services.settings import get_sign_in_experience
from experience.services.steps import failures_recorded, get_code_record, get_record, put_record, step
from experience.sign_in_settings import SignInSettings
from identity.identifiers import assert_valid_email, normalize_phone
from identity.models import User
from identity.services import codes
from identity.services.one_time_tokens import consume_one_time_token
from identity.services.sentinel import SentinelAction, guard
from tenants.rate_limits import throttle_guesses

Event = Interaction.Event

_PASSWORD_KEY = "Verification.Password.Submit"


@dataclass(frozen=True, slots=True)
class Proof:
    """What has been checked: the record of it, and how the audit log tells the step that keeps it.

    `was_begun`: the journey holds the record from the time when a code was sent or a challenge given.
    """

    record: VerificationRecord
    key: str
    details: dict[str, Any] = field(default_factory=dict)
    was_begun: bool = False

    @property
    def id(self) -> str:
        """The id of the verification record."""
        return self.record.id


def keep_proof(interaction: Interaction, proof: Proof) -> None:
    """Keep what has just been checked with the journey.

    Raises `session.verification_session_not_found` where another code or challenge has taken its place.
    """
    record = proof.record
    with step(interaction, proof.key, only_journey=True, **proof.details):
        if proof.was_begun:
            get_record(interaction, record.id, record_type=record.type)
        put_record(interaction, record)


def verify_password(interaction: Interaction, *, identifier: Identifier, password: str) -> str:
    """Check an account's password, keep the proof, and return the id of its record. Raises as `check_password`."""
    proof = check_password(interaction, identifier=identifier, password=password)
    keep_proof(interaction, proof)
    return proof.id


def check_password(interaction: Interaction, *, identifier: Identifier, password: str) -> Proof:
    """Return the proof that the password is the account's; the journey may be one that has not begun yet.

    Raises `session.invalid_credentials`, `user.suspended`, `password.expired`, and
    `session.verification_blocked_too_many_attempts` while the identifier is locked, even for the right password.
    """
    settings = get_sign_in_experience()
    details: dict[str, Any] = {"payload": {"identifier": identifier.as_wire()}}
    with failures_recorded(interaction, _PASSWORD_KEY, **details):
        with _guarded(SentinelAction.PASSWORD, identifier, settings) as account:
            user = PasswordMethod().verify(account, password)
        assert_password_current(user, settings.password_expiration)
    record = VerificationRecord.new(
        RecordType.PASSWORD, identifier, verified=True, user_id=user.id, data=password_seen(user)
    )
    return Proof(record, _PASSWORD_KEY, details)


def send_code(interaction: Interaction, *, identifier: Identifier, event: str) -> str:
    """Send a code to an email address or a phone number and return the id of its verification record.

    `event` chooses the message. Where the answer would tell who has an account, the record is made and nothing is
    sent. Raises `user.invalid_email`, `user.invalid_phone`, `session.email_blocklist.*`, the codes of
    `assert_channel_used`, `request.message_rate_limited` and `connector.not_found` (501).
    """
    settings = get_sign_in_experience()
    cleaned = _cleaned(identifier)
    key = f"Verification.{CODE_RECORDS[cleaned.kind]}.Create"
    details: dict[str, Any] = {"payload": {"identifier": cleaned.as_identifier().as_wire(), "interactionEvent": event}}
    is_identified = interaction.user_id is not None
    record = VerificationRecord.new(
        CODE_RECORDS[cleaned.kind],
        cleaned.as_identifier(),
        template_type=template_type_for(event, cleaned.kind, settings, is_identified=is_identified),
    )
    with failures_recorded(interaction, key, **details):
        assert_channel_used(record.type, cleaned.kind, event, settings, is_identified=is_identified)
        if event == Event.REGISTER:
            assert_address_allowed(cleaned.as_identifier(), settings)
    is_known = find_account(cleaned.as_identifier()) is not None
    dispatch_code(
        interaction,
        record,
        cleaned,
        key=key,
        details=details,
        is_suppressed=is_delivery_suppressed(event, settings, is_identified=is_identified, is_known=is_known),
    )
    return record.id


def verify_code(interaction: Interaction, *, identifier: Identifier, verification_id: str, code: str) -> str:
    """Check a code, keep the proof, and return the record's id. Raises as `check_code` and `keep_proof`."""
    proof = check_code(interaction, identifier=identifier, verification_id=verification_id, code=code)
    keep_proof(interaction, proof)
    return proof.id


def check_code(interaction: Interaction, *, identifier: Identifier, verification_id: str, code: str) -> Proof:
    """Check a code against its record, use it up, and return the proof.

    Raises `session.verification_session_not_found` for a record that is not this interaction's, `verification_code.*`
    for a code that is wrong, used, tried too often or too old, and
    `session.verification_blocked_too_many_attempts`.
    """
    settings = get_sign_in_experience()
    cleaned = _cleaned(identifier)
    key = f"Verification.{CODE_RECORDS[cleaned.kind]}.Submit"
    payload = {"identifier": cleaned.as_identifier().as_wire(), "verificationId": verification_id}
    details: dict[str, Any] = {"payload": payload}
    with failures_recorded(interaction, key, **details):
        record = get_code_record(interaction, verification_id, channel=cleaned.kind)
        with _guarded(SentinelAction.VERIFICATION_CODE, cleaned.as_identifier(), settings):
            codes.verify_code(
                channel=cleaned.kind,
                recipient=cleaned.value,
                template_type=record.template_type,
                verification_id=record.id,
                code=code,
                policy=settings.codes,
            )
    return Proof(replace(record, verified=True), key, details, was_begun=True)


def verify_one_time_token(interaction: Interaction, *, identifier: Identifier, token: str) -> str:
    """Use a one-time token up, keep the proof, and return the id of its record. Raises as `check_one_time_token`."""
    proof = check_one_time_token(interaction, identifier=identifier, token=token)
    keep_proof(interaction, proof)
    return proof.id


def check_one_time_token(interaction: Interaction, *, identifier: Identifier, token: str) -> Proof:
    """Use up a one-time token that was made for this email address and return the proof.

    Raises `one_time_token.*`, and `session.verification_blocked_too_many_attempts` while the address is locked, even
    for the right token.
    """
    settings = get_sign_in_experience()
    key = f"Verification.{RecordType.ONE_TIME_TOKEN}.Submit"
    details: dict[str, Any] = {"payload": {"identifier": identifier.as_wire()}}
    lockout = _guarded(SentinelAction.ONE_TIME_TOKEN, identifier, settings)
    with failures_recorded(interaction, key, **details), lockout:
        used = consume_one_time_token(token, email=identifier.value, event=interaction.event)
    record = VerificationRecord.new(RecordType.ONE_TIME_TOKEN, identifier, verified=True, token_context=used.context)
    return Proof(record, key, details)


@contextmanager
def _guarded(action: SentinelAction, identifier: Identifier, settings: SignInSettings) -> Iterator[User | None]:
    """Run the block, which verifies a first factor of the account that is yielded, counted by account and network."""
    account = find_account(identifier)
    with (
        throttle_guesses(),
        guard(action, identifier.value, settings.sentinel, kind=identifier.kind, user=account),
    ):
        yield account


def _cleaned(identifier: Identifier) -> CodeRecipient:
    """Return the one form in which a code's recipient is kept; raises `user.invalid_email`, `user.invalid_phone`."""
    if identifier.kind == "phone":
        return CodeRecipient("phone", normalize_phone(identifier.value))
    if identifier.kind != "email":
        raise AppError("guard.invalid_input")
    address = identifier.value.strip()
    assert_valid_email(address)
    return CodeRecipient("email", address)
