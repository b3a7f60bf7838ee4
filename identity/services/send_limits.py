"""How many messages one recipient may be sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from typing import Literal

from django.db import transaction

from common.clock import now
from common.crypto import sha256_hex
from common.errors import AppError
from events.history import record
from identity.identifier_keys import recipient_key
from identity.locks import lock
from identity.models import MessageSend

MAX_SENDS = 10
WINDOW = timedelta(seconds=600)


class SendAction(StrEnum):
    """What is counted apart."""

    VERIFICATION_CODE = "VerificationCodeSend"
    MESSAGE = "MessageSend"


@contextmanager
def counted_send(action: SendAction, *, channel: Literal["email", "phone"], recipient: str) -> Iterator[None]:
    """Run the block, which sends one message, in the transaction that counts it; if it fails, it is not counted.

    Raises `request.message_rate_limited`, and publishes `Message.RateLimited`, before the block runs if the recipient
    has had ten messages in ten minutes. Exact under concurrency: sends to one recipient queue up.
    """
    with transaction.atomic():
        if _count(action, sha256_hex(recipient_key(channel, recipient))):
            yield
            return
    with transaction.atomic():
        record("Message.RateLimited", action=action.value, data={"recipient": recipient})
    raise AppError("request.message_rate_limited")


def _count(action: SendAction, recipient_hash: str) -> bool:
    lock("send", action, recipient_hash)
    moment = now()
    sends = MessageSend.objects.filter(action=action, recipient_hash=recipient_hash)
    if sends.filter(created_at__gt=moment - WINDOW).count() >= MAX_SENDS:
        return False
    MessageSend.objects.create(action=action, recipient_hash=recipient_hash, created_at=moment)
    return True
