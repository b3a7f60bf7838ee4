"""Streams of the audit log on the wire."""

from typing import Any, Literal, NotRequired, TypedDict

from rest_framework import serializers

from common.clock import to_milliseconds
from common.rest.fields import Choice, Flag, JsonObject, Text
from events.streams.configuration import masked_config
from events.streams.models import LogStream
from events.streams.selectors import StreamState, state_of


class StreamUpdate(serializers.Serializer[Any]):
    """The body that changes a stream; its configuration is replaced whole, and the service says what it may be."""

    name = Text(min_length=1, max_length=128, required=False)
    config = JsonObject(required=False)
    enabled = Flag(required=False)


class StreamCreation(serializers.Serializer[Any]):
    """The body that sets up a stream."""

    name = Text(min_length=1, max_length=128)
    kind = Choice(choices=LogStream.Kind.values)
    config = JsonObject()
    enabled = Flag(required=False)


class StreamTest(serializers.Serializer[Any]):
    """The body that sends a test, with another configuration than the stored one if it has any."""

    config = JsonObject(required=False)


class Config(TypedDict):
    """Where to; values of headers are masked."""

    url: str
    headers: dict[str, str]
    format: NotRequired[Literal["ndjson", "json"]]


class Stream(TypedDict):
    """A stream."""

    tenantId: str
    id: str
    name: str
    kind: Literal["Http", "OpenTelemetry"]
    config: Config
    enabled: bool
    state: StreamState
    error: str | None
    failureCount: int
    nextAttemptAt: int | None
    pausedAt: int | None
    sentCount: int
    sentAt: int | None
    createdAt: int


def stream_row(stream: LogStream) -> dict[str, Any]:
    """Return a stream."""
    return {
        "tenantId": stream.tenant_id,
        "id": stream.id,
        "name": stream.name,
        "kind": stream.kind,
        "config": masked_config(stream),
        "enabled": stream.enabled,
        "state": state_of(stream),
        "error": stream.error or None,
        "failureCount": stream.failures,
        "nextAttemptAt": to_milliseconds(stream.due_at),
        "pausedAt": to_milliseconds(stream.paused_at),
        "sentCount": stream.sent_count,
        "sentAt": to_milliseconds(stream.sent_at),
        "createdAt": to_milliseconds(stream.created_at),
    }
