"""The proofs of a journey: a password checked, a code sent, a code checked, a one-time token used.

The checks themselves run outside of the interaction's transaction: what they count and use up stays counted and used,
whatever becomes of the request.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from common.errors import AppError
from experience.accounts import assert_identifier_free, find_account
from experience.actions.results import Migration
from experience.enterprise_domains import assert_no_enterprise_email
from experience.methods.password import PasswordMethod, assert_password_current
from experience.models import Interaction
from experience.policies import (
    assert_address_allowed,
    assert_channel_used,
    assert_identifies,
    find_verified_token,
    is_delivery_suppressed,
    template_type_for,
)
from experience.proof_validity import password_seen
from experience.records import CODE_RECORDS, CodeRecipient, Identifier, RecordType, VerificationRecord
from experience.services.actions import apply_migration, has_post_first_factor, run_post_first_factor
from experience.services.captcha import SKIPPING, assert_captcha, skip_captcha
from experience.services.code_messages import dispatch_code
from experience.services.restrictions import assert_sign_in_unrestricted
from experience.services.settings import get_sign_in_experience
from experience.services.steps import failures_recorded, get_code_record, get_record, put_record, read_records, step
from experience.sign_in_settings import SignInSettings
from experience.staged_profile import info_for_policy, with_password
from identity.identifiers import assert_username_allowed, assert_valid_email, normalize_phone
from identity.models import User
from identity.passwords import assert_password_allowed, hash_password
from identity.services import codes
from identity.services.one_time_tokens import consume_one_time_token
from identity.services.sentinel import SentinelAction, guard, is_blocked
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
    """Keep what has just been checked with the journey; after some proofs it needs no captcha.

    Raises `session.verification_session_not_found` where another code or challenge has taken its place.
    """
    record = proof.record
    with step(interaction, proof.key, only_journey=True, **proof.details):
        if proof.was_begun:
            get_record(interaction, record.id, record_type=record.type)
        put_record(interaction, record)
        if record.verified and record.type in SKIPPING:
            skip_captcha(interaction)


def verify_password(interaction: Interaction, *, identifier: Identifier, password: str) -> str:
    """Check an account's password, keep the proof, and return the id of its record. Raises as `check_password`."""
    proof = check_password(interaction, identifier=identifier, password=password)
    keep_proof(interaction, proof)
    return proof.id


def check_password(interaction: Interaction, *, identifier: Identifier, password: str) -> Proof:
    """Return the proof that the password is the account's; the journey may be one that has not begun yet.

    A tenant's Action may vouch for a password that is not the account's, which is then made it. Raises
    `session.invalid_credentials`, `user.suspended`, `password.expired`,
    `session.verification_blocked_too_many_attempts` while the identifier is locked, even for the right password, and
    what `run_post_first_factor` and `apply_migration` do.
    """
    settings = get_sign_in_experience()
    details: dict[str, Any] = {"payload": {"identifier": identifier.as_wire()}}
    migration = None
    with failures_recorded(interaction, _PASSWORD_KEY, **details) as noted:
        with _guarded(SentinelAction.PASSWORD, identifier, settings, noted) as account:
            try:
                user = PasswordMethod().verify(account, password)
            except AppError as error:
                if error.code != "session.invalid_credentials" or not has_post_first_factor(interaction.event):
                    raise
                if not _may_enter(interaction, identifier, account, settings):
                    raise
                migration = run_post_first_factor(interaction, identifier=identifier, user=account, password=password)
                if migration is None:
                    raise
        if migration is not None:
            user = _migrate(interaction, identifier, migration, account, password)
        assert_password_current(user, settings.password_expiration)
    record = VerificationRecord.new(
        RecordType.PASSWORD, identifier, verified=True, user_id=user.id, data=password_seen(user)
    )
    return Proof(record, _PASSWORD_KEY, details)


def _migrate(
    interaction: Interaction, identifier: Identifier, migration: Migration, account: User | None, password: str
) -> User:
    try:
        return apply_migration(interaction, migration, user=account, password=password)
    except AppError:
        # A form that was sent twice: the other request may have given the account this very password meanwhile.
        with suppress(AppError):
            return PasswordMethod().verify(find_account(identifier), password)
        raise


def verify_new_password(interaction: Interaction, *, identifier: Identifier, password: str) -> str:
    """Keep the username and the password, hashed, that a registration is to begin with; return the record's id.

    What may be chosen is the same as for the staged profile. Raises `user.username_<violation>`,
    `user.username_already_in_use` and `password.rejected`.
    """
    settings = get_sign_in_experience()
    key = f"Verification.{RecordType.NEW_PASSWORD}.Submit"
    details: dict[str, Any] = {"payload": {"identifier": identifier.as_wire()}}
    with failures_recorded(interaction, key, **details):
        assert_username_allowed(identifier.value, settings.username_policy)
        assert_identifier_free(identifier)
        known = info_for_policy(None, {**interaction.profile, "username": identifier.value})
        assert_password_allowed(password, settings.password_policy, known)
        chosen = with_password({}, hash_password(password))
    record = VerificationRecord.new(RecordType.NEW_PASSWORD, identifier, verified=True, data=chosen)
    keep_proof(interaction, Proof(record, key, details))
    return record.id


def send_code(interaction: Interaction, *, identifier: Identifier, event: str) -> str:
    """Send a code to an email address or a phone number and return the id of its verification record.

    `event` chooses the message. Where the answer would tell who has an account, the record is made and nothing is
    sent. Raises `session.captcha_required` for a journey whose user is not known, `user.invalid_email`,
    `user.invalid_phone`, `session.email_blocklist.*`, the codes of `assert_channel_used`,
    `request.message_rate_limited` and `connector.not_found` (501).
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
        if not is_identified:
            assert_captcha(interaction)
        assert_channel_used(record.type, cleaned.kind, event, settings, is_identified=is_identified)
        if event == Event.REGISTER:
            assert_address_allowed(cleaned.as_identifier(), settings)
    is_known = find_account(cleaned.as_identifier()) is not None
    is_invited = event == Event.REGISTER and find_verified_token(read_records(interaction)) is not None
    dispatch_code(
        interaction,
        record,
        cleaned,
        key=key,
        details=details,
        is_suppressed=is_delivery_suppressed(
            event, settings, is_admitted=is_identified or is_invited, is_known=is_known
        ),
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
    with failures_recorded(interaction, key, **details) as noted:
        record = get_code_record(interaction, verification_id, channel=cleaned.kind)
        with _guarded(SentinelAction.VERIFICATION_CODE, cleaned.as_identifier(), settings, noted):
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
    action = SentinelAction.ONE_TIME_TOKEN
    with failures_recorded(interaction, key, **details) as noted, _guarded(action, identifier, settings, noted):
        used = consume_one_time_token(token, email=identifier.value, event=interaction.event)
    record = VerificationRecord.new(RecordType.ONE_TIME_TOKEN, identifier, verified=True, token_context=used.context)
    return Proof(record, key, details)


def _may_enter(
    interaction: Interaction, identifier: Identifier, account: User | None, settings: SignInSettings
) -> bool:
    """Whether a confirmed password would let somebody in with this identifier: else no script is asked about it.

    Nobody guesses passwords of another system through a tenant that would not take the right one.
    """
    try:
        proof = VerificationRecord.new(RecordType.PASSWORD, identifier)
        assert_identifies(proof, Event.SIGN_IN, settings)
        assert_no_enterprise_email(identifier, settings)
        assert_sign_in_unrestricted(interaction, account)
        if identifier.kind == "email":
            settings.restrictions.assert_email_allowed(identifier.value)
    except AppError:
        return False
    return not is_blocked(SentinelAction.PASSWORD, identifier.value, user=account)


@contextmanager
def _guarded(
    action: SentinelAction, identifier: Identifier, settings: SignInSettings, noted: dict[str, Any]
) -> Iterator[User | None]:
    """Run the block, which verifies a first factor of the account that is yielded, counted by account and network.

    Whose account it is goes to what is `noted` of a failure.
    """
    account = find_account(identifier)
    if account is not None:
        noted["user_id"] = account.id
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
