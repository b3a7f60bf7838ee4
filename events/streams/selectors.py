"""Reads of streams."""

from typing import Literal

from django.db.models import QuerySet

from common.errors import AppError
from events.streams.models import LogStream

StreamState = Literal["active", "retrying", "paused", "off"]


def get_stream(stream_id: str, *, code: str = "entity.not_exists_with_id") -> LogStream:
    """Return a stream; raises `code`."""
    stream = LogStream.objects.filter(id=stream_id).first() if stream_id.isprintable() else None
    if stream is None:
        raise AppError(code)
    return stream


def list_streams() -> QuerySet[LogStream]:
    """Return the tenant's streams, the oldest first."""
    return LogStream.objects.order_by("created_at", "id")


def state_of(stream: LogStream) -> StreamState:
    """Return what a stream does: sends, tries again after a failure, waits for somebody to resume it, or nothing."""
    if not stream.enabled:
        return "off"
    if stream.paused_at:
        return "paused"
    return "retrying" if stream.failures else "active"
