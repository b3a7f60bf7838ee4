"""How many messages one recipient may be sent, and how many anybody can make the tenant send."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from math import ceil
from typing import Literal, NamedTuple

from django.db import transaction

from common.clock import now
from common.crypto import sha256_hex
from events.history import record
from identity.identifier_keys import recipient_key
from identity.identifiers import calling_code
from identity.locks import lock
from identity.models import MessageSend
from tenants.rate_limits import TooManyRequestsError, find_wait

MAX_SENDS = 10
WINDOW = timedelta(seconds=600)


class MessageLimitError(TooManyRequestsError):
    """`request.message_rate_limited` (429); says when to come again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after, code="request.message_rate_limited")


class Sender(NamedTuple):
    """Who makes the tenant send: an anonymous caller's network and the journey they are on."""

    network: str
    interaction_id: str


class SendAction(StrEnum):
    """What is counted apart."""

    VERIFICATION_CODE = "VerificationCodeSend"
    MESSAGE = "MessageSend"


@contextmanager
def counted_send(
    action: SendAction, *, channel: Literal["email", "phone"], recipient: str, sender: Sender | None = None
) -> Iterator[None]:
    """Run the block, which sends one message, in the transaction that counts it; if it fails, it is not counted.

    Raises `request.message_rate_limited`, and publishes `Message.RateLimited`, before the block runs if the recipient
    has had ten messages in ten minutes. Exact under concurrency: sends to one recipient queue up. The same for the
    limits of the settings: by the sender's network and journey, if there is one, by the country of a phone number, and
    by the tenant, in a minute and in a day. What counts against those stays counted.
    """
    limit, wait = _find_limit(channel, recipient, sender)
    if not wait:
        limit = "recipient"
        with transaction.atomic():
            wait = _count(action, sha256_hex(recipient_key(channel, recipient)))
            if not wait:
                yield
                return
    with transaction.atomic():
        record("Message.RateLimited", action=action.value, limit=limit, data={"recipient": recipient})
    raise MessageLimitError(wait)


def _find_limit(channel: str, recipient: str, sender: Sender | None) -> tuple[str, int]:
    """Return the limit that a message is beyond, and the seconds until there is room; `("", 0)` within all of them.

    They are counted in order, narrow ones first, so that one sender does not use up a tenant's.
    """
    limits: list[tuple[str, str]] = []
    if sender is not None:
        limits = [("MESSAGE_LIMIT_PER_INTERACTION", sender.interaction_id)]
        if sender.network:
            limits.append(("MESSAGE_LIMIT_PER_ADDRESS", sender.network))
    if channel == "phone":
        limits.append(("MESSAGE_LIMIT_PER_COUNTRY", calling_code(recipient)))
    limits += [("MESSAGE_LIMIT_PER_TENANT", ""), ("MESSAGE_CEILING_PER_TENANT", "")]
    return next(((name, wait) for name, key in limits if (wait := find_wait(name, key))), ("", 0))


def _count(action: SendAction, recipient_hash: str) -> int:
    lock("send", action, recipient_hash)
    moment = now()
    sends = MessageSend.objects.filter(action=action, recipient_hash=recipient_hash, created_at__gt=moment - WINDOW)
    sent_at = list(sends.order_by("created_at").values_list("created_at", flat=True)[:MAX_SENDS])
    if len(sent_at) >= MAX_SENDS:
        return max(1, ceil((sent_at[0] + WINDOW - moment).total_seconds()))
    MessageSend.objects.create(action=action, recipient_hash=recipient_hash, created_at=moment)
    return 0
