"""Sending what a stream has not sent yet, batch by batch, each at least once.

A stream is one worker's at a time, under a lease that is renewed with every batch; its place moves on only once the
destination has taken a batch, and only while the lease is still this worker's. A worker that is killed loses nothing:
its last batch goes out again when the lease ends.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from common.actors import SYSTEM
from common.clock import now
from common.http import OutboundRequestError, fetch
from common.ids import new_id
from events.history import record
from events.streams.batches import Entry, begin_again, current_place, next_batch
from events.streams.configuration import config_of
from events.streams.formats import encode
from events.streams.models import LogStream
from events.webhooks.schedule import find_delay
from events.webhooks.sending import MAX_ANSWER, wait_of
from tenants.context import all_tenants_scope

#: For how long, in seconds, a stream has a worker before others have their turn.
RUN_SECONDS = 30.0
# Seconds for the whole of a request, and for how long a worker that says nothing is waited for.
_TIME_LIMIT = 20.0
_LEASE = timedelta(seconds=60)


class RefusedBatchError(Exception):
    """The destination did not take a batch. `wait` are the seconds for which it asks to be left alone."""

    def __init__(self, reason: str, wait: int = 0) -> None:
        super().__init__(reason[:256])
        self.wait = wait


def list_due_streams() -> list[tuple[str, str]]:
    """Return tenant and id of every stream that a worker may look after now, in all tenants. 1 statement."""
    with all_tenants_scope():
        due = _due(LogStream.all_tenants.all(), now()).order_by("due_at", "id")
        return list(due.values_list("tenant_id", "id"))


def deliver_stream(stream_id: str, *, seconds: float = RUN_SECONDS) -> int:
    """Send what the current tenant's stream has not sent; returns how many entries. 0 if another worker is at it."""
    worker, deadline, count = new_id(), time.monotonic() + seconds, 0
    stream = _claim(stream_id, worker)
    if stream is None:
        return 0
    place = current_place()
    if stream.database_id != place.database_id:
        begin_again(stream, place)
    try:
        while time.monotonic() < deadline and (batch := next_batch(stream)):
            send(stream.kind, config_of(stream), batch)
            if not _move_on(stream, batch[-1], len(batch), worker):
                return count
            count += len(batch)
    except RefusedBatchError as error:
        _put_off(stream, error, worker)
        return count
    LogStream.objects.filter(id=stream.id, leased_by=worker).update(leased_until=None, leased_by="")
    return count


def send(kind: str, config: Mapping[str, Any], batch: Sequence[Entry]) -> None:
    """Post a batch; raises `RefusedBatchError` if the destination does not take it."""
    content_type, body = encode(kind, config, batch)
    own = {name.lower(): value for name, value in config["headers"].items()}
    headers = {"user-agent": "Gatehouse", **own, "content-type": content_type}
    try:
        answer = fetch(
            "POST",
            config["url"],
            headers=headers,
            content=body,
            timeout=_TIME_LIMIT,
            longest=_TIME_LIMIT,
            max_bytes=MAX_ANSWER,
            cuts_off=True,
        )
    except OutboundRequestError as error:
        raise RefusedBatchError(str(error)) from error
    if not 200 <= answer.status < 300:
        raise RefusedBatchError(f"the destination answered {answer.status}", wait_of(answer))


def _due(streams: QuerySet[LogStream], moment: datetime) -> QuerySet[LogStream]:
    free = Q(leased_until=None) | Q(leased_until__lt=moment)
    return streams.filter(free, Q(due_at=None) | Q(due_at__lte=moment), enabled=True, paused_at=None)


def _claim(stream_id: str, worker: str) -> LogStream | None:
    """Take the lease if it is free: one statement, so that of several workers one has it."""
    moment = now()
    free = _due(LogStream.objects.filter(id=stream_id), moment)
    if not free.update(leased_by=worker, leased_until=moment + _LEASE):
        return None
    return LogStream.objects.filter(id=stream_id, leased_by=worker).first()


def _move_on(stream: LogStream, last: Entry, count: int, worker: str) -> bool:
    """Note that everything up to an entry is sent; returns whether the stream is still this worker's."""
    moment = now()
    stream.position, stream.position_id = last.position, last.id
    return bool(
        LogStream.objects.filter(id=stream.id, leased_by=worker, enabled=True).update(
            position=last.position,
            position_id=last.id,
            sent_count=F("sent_count") + count,
            sent_at=moment,
            failures=0,
            error="",
            due_at=None,
            leased_until=moment + _LEASE,
        )
    )


@transaction.atomic
def _put_off(stream: LogStream, error: RefusedBatchError, worker: str) -> None:
    """Try again later, or pause the stream once it has failed for more than a day."""
    held = LogStream.objects.select_for_update().filter(id=stream.id, leased_by=worker).first()
    if held is None:
        return
    held.failures += 1
    held.error = str(error)
    held.leased_until, held.leased_by = None, ""
    delay = find_delay(held.failures, retries=None, wait=error.wait)
    if delay is None:
        held.paused_at, held.due_at = now(), None
        record("LogStream.Paused", actor=SYSTEM, subject=held, error=held.error)
    else:
        held.due_at = now() + delay
    held.save(update_fields=["failures", "error", "leased_until", "leased_by", "paused_at", "due_at"])
