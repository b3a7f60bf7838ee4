"""One-time codes sent by email and SMS."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from django.db import transaction
from django.utils.crypto import salted_hmac

from common.clock import now
from common.errors import AppError
from common.ids import new_code, new_id
from common.shapes import Integer, Members
from connectors.services.messages import send_message, withhold_message
from identity import hot
from identity.identifier_keys import is_storable, recipient_key
from identity.identifiers import assert_valid_email, normalize_phone
from identity.models import VerificationCode
from identity.services.delivery_problems import note_arrival
from identity.services.send_limits import SendAction, Sender, counted_send

Channel = Literal["email", "phone"]

CODE_POLICY = Members(
    {
        "expirationDuration": Integer(minimum=60, maximum=3600, default=600),
        "maxRetryAttempts": Integer(minimum=1, maximum=100, default=10),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePolicy:
    """How long a code lives, in seconds, and how many wrong guesses it survives."""

    expires_in: int
    max_tries: int

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any] | None) -> "CodePolicy":
        """Read the stored `verificationCodePolicy`; a key that is missing keeps its default."""
        given = CODE_POLICY.fill(settings)
        return cls(expires_in=given["expirationDuration"], max_tries=given["maxRetryAttempts"])


DEFAULT_POLICY = CodePolicy.from_settings(None)


def send_verification_code(
    *,
    channel: Channel,
    recipient: str,
    template_type: str,
    verification_id: str = "",
    policy: CodePolicy = DEFAULT_POLICY,
    context: Mapping[str, Any] | None = None,
    locale: str | None = None,
    sender: Sender | None = None,
    is_suppressed: bool = False,
) -> None:
    """Send a code; it replaces the unused codes of its key.

    The key is the verification record and the type of message, or the recipient and the type if there is no record.
    `context` fills the message besides the code; `sender` is the anonymous caller who asks for it. A
    suppressed code goes nowhere: all else is as for one that is sent, and takes as long, so that nobody learns from the
    answer whether an account exists. Raises
    `user.invalid_email`, `user.invalid_phone`, `request.message_rate_limited` (429) beyond a limit (`send_limits`) and
    `connector.not_found` (501) without a connector.
    """
    recipient = _deliverable(channel, recipient)
    with counted_send(SendAction.VERIFICATION_CODE, channel=channel, recipient=recipient, sender=sender):
        code = _store_code(channel, recipient, template_type, verification_id, policy)
        (withhold_message if is_suppressed else send_message)(
            channel=channel,
            recipient=recipient,
            template_type=template_type,
            payload={**(context or {}), "code": code, "expiresInMinutes": max(1, policy.expires_in // 60)},
            locale=locale,
        )


def verify_code(
    *,
    channel: Channel,
    recipient: str,
    template_type: str,
    code: str,
    verification_id: str = "",
    policy: CodePolicy = DEFAULT_POLICY,
) -> None:
    """Consume the code of a key, or raise.

    In this order: `verification_code.not_found`, `verification_code.email_mismatch` or `.phone_mismatch`, `.expired`,
    `.exceed_max_try`, and `.code_mismatch`, which is counted. Of concurrent calls with the right code one succeeds, and
    no number of concurrent guesses gets more tries than the policy gives. Must not run inside of another transaction:
    a wrong guess stays counted whatever happens next.
    """
    key = recipient_key(channel, recipient)
    pending = _get_open(channel, key, template_type, verification_id, policy)
    with transaction.atomic(durable=True):
        outcome = hot.guess_code(pending.id, _hash(pending.id, code), max_tries=policy.max_tries, moment=now())
        if outcome:
            note_arrival(channel, key)
    if outcome is False:
        raise AppError("verification_code.code_mismatch")
    if outcome is None:
        # Spent since it was read: say why.
        _get_open(channel, key, template_type, verification_id, policy)
        raise AppError("verification_code.not_found")


def _deliverable(channel: Channel, recipient: str) -> str:
    """Return the recipient as messages are sent to it; raises `user.invalid_email` and `user.invalid_phone`."""
    if channel == "phone":
        return normalize_phone(recipient)
    assert_valid_email(recipient)
    return recipient


def _store_code(channel: Channel, recipient: str, template_type: str, verification_id: str, policy: CodePolicy) -> str:
    key, code, moment, record_id = recipient_key(channel, recipient), new_code(), now(), new_id()
    hot.drop_pending_codes(channel=channel, recipient=key, template_type=template_type, verification_id=verification_id)
    VerificationCode.objects.create(
        id=record_id,
        verification_id=verification_id,
        template_type=template_type,
        channel=channel,
        recipient=key,
        code_hash=_hash(record_id, code),
        expires_at=moment + timedelta(seconds=policy.expires_in),
        created_at=moment,
    )
    return code


def _hash(record_id: str, code: str) -> str:
    """Return the code's digest under a key of this record alone; without the secret key it cannot be guessed at."""
    # A lone surrogate must fail as a wrong code does.
    content = code.encode("utf-8", "surrogatepass")
    return salted_hmac(f"identity.verification-code.{record_id}", content, algorithm="sha256").hexdigest()


def _find_pending(channel: Channel, key: str, template_type: str, verification_id: str) -> VerificationCode | None:
    if not is_storable(key + template_type + verification_id):
        return None
    codes = VerificationCode.objects.filter(
        template_type=template_type, verification_id=verification_id, consumed_at__isnull=True
    )
    if not verification_id:
        codes = codes.filter(channel=channel, recipient=key)
    return codes.order_by("-created_at", "-id").first()


def _get_open(
    channel: Channel, key: str, template_type: str, verification_id: str, policy: CodePolicy
) -> VerificationCode:
    """Return the code of the key that can still be guessed at, or raise why there is none."""
    pending = _find_pending(channel, key, template_type, verification_id)
    if pending is None:
        raise AppError("verification_code.not_found")
    if (pending.channel, pending.recipient) != (channel, key):
        raise AppError(f"verification_code.{channel}_mismatch")
    if pending.expires_at <= now():
        raise AppError("verification_code.expired")
    if pending.try_count >= policy.max_tries:
        raise AppError("verification_code.exceed_max_try")
    return pending
