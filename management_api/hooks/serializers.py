"""Webhooks, their deliveries and logs on the wire."""

import json
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ParseError

from common.clock import to_milliseconds
from common.rest.fields import Choice, Flag, Integer, JsonObject, Moment, Text
from common.rest.limits import read_json
from events.webhooks.configuration import MAX_NAME, config_of, signing_key_of
from events.webhooks.models import Attempt, Delivery, Hook
from events.webhooks.names import EVENTS
from events.webhooks.selectors import LOG_PREFIX, Stats
from events.webhooks.services import LONGEST_OVERLAP
from management_api.logs.serializers import QueryMoment

_STATES = [state.value for state in Delivery.State]


class Events(serializers.ListField):
    """Names of events, one at least; each is named once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=Choice(choices=list(EVENTS)), min_length=1, max_length=1000, **options)


# --- Bodies and queries ----------------------------------------------------------------------------------------------
class HookUpdate(serializers.Serializer[Any]):
    """The body that changes a webhook; what its configuration may be, the service says."""

    name = Text(min_length=1, max_length=MAX_NAME, required=False)
    event = Choice(choices=list(EVENTS), required=False, allow_null=True)
    events = Events(required=False)
    config = JsonObject(required=False)
    enabled = Flag(required=False)
    isOrdered = Flag(source="is_ordered", required=False)


class HookCreation(HookUpdate):
    """The body that sets up a webhook."""

    event = Choice(choices=list(EVENTS), required=False)
    config = JsonObject()


class HookTest(serializers.Serializer[Any]):
    """The body that sends test events."""

    events = Events()
    config = JsonObject()


class KeyRotation(serializers.Serializer[Any]):
    """For how many seconds the old key signs next to the new one."""

    overlap = Integer(min_value=0, max_value=LONGEST_OVERLAP, required=False)


class RecentLogsQuery(serializers.Serializer[Any]):
    """The filters of what was sent."""

    logKey = Text(source="key", required=False)
    start_time = QueryMoment(source="start", required=False)
    end_time = QueryMoment(source="end", required=False)


class DeliveryQuery(serializers.Serializer[Any]):
    """The filters of deliveries."""

    state = Choice(choices=_STATES, required=False)
    event = Choice(choices=list(EVENTS), required=False)
    start_time = QueryMoment(source="start", required=False)
    end_time = QueryMoment(source="end", required=False)


class Replay(serializers.Serializer[Any]):
    """The body that sends again what was recorded in a time."""

    startTime = Moment(source="start")
    endTime = Moment(source="end")
    state = Choice(choices=[Delivery.State.FAILED.value, Delivery.State.DELIVERED.value], required=False)
    event = Choice(choices=list(EVENTS), required=False)


# --- Rows ------------------------------------------------------------------------------------------------------------
def hook_row(hook: Hook, stats: Stats | None = None) -> dict[str, Any]:
    """Return a webhook, with what was sent in the last 24 hours if that is given."""
    row = {
        "tenantId": hook.tenant_id,
        "id": hook.id,
        "name": hook.name,
        "event": hook.event,
        "events": hook.events,
        "config": config_of(hook),
        "signingKey": signing_key_of(hook),
        "enabled": hook.enabled,
        "createdAt": to_milliseconds(hook.created_at),
        "isOrdered": hook.is_ordered,
        "pausedAt": to_milliseconds(hook.paused_at),
        "pauseReason": hook.pause_reason or None,
        "previousKeyExpiresAt": to_milliseconds(hook.previous_key_expires_at),
    }
    if stats is not None:
        row["executionStats"] = {"successCount": stats.successes, "requestCount": stats.requests}
    return row


def log_row(attempt: Attempt) -> dict[str, Any]:
    """Return a request to a webhook as an entry of the audit log."""
    delivery = attempt.delivery
    key = f"{LOG_PREFIX}{delivery.event}"
    payload: dict[str, Any] = {
        "key": key,
        "result": "Success" if attempt.is_success else "Error",
        "hookId": attempt.hook_id,
        "hookRequest": {"body": json.loads(delivery.body)},
    }
    if attempt.status:
        payload["response"] = {"statusCode": attempt.status, "body": _as_json(attempt.answer)}
    if attempt.error:
        payload["error"] = attempt.error
    return {"id": attempt.id, "key": key, "payload": payload, "createdAt": to_milliseconds(attempt.created_at)}


def _as_json(text: str) -> Any:
    """An answer as JSON if it is, within the bounds of what is sent to this API, else as it came."""
    try:
        return read_json(text.encode())
    except ParseError:
        return text


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery; its request is in the detail."""
    is_due = delivery.state == Delivery.State.PENDING
    return {
        "id": delivery.message_id,
        "hookId": delivery.hook_id,
        "event": delivery.event,
        "state": delivery.state,
        "attemptCount": delivery.tries,
        "nextAttemptAt": to_milliseconds(delivery.due_at) if is_due else None,
        "createdAt": to_milliseconds(delivery.created_at),
    }


def delivery_detail(delivery: Delivery, attempts: list[Attempt]) -> dict[str, Any]:
    """Return a delivery with what is sent and what was answered each time."""
    return {
        **delivery_row(delivery),
        "request": {"body": json.loads(delivery.body)},
        "attempts": [
            {
                "id": attempt.id,
                "result": "Success" if attempt.is_success else "Error",
                "statusCode": attempt.status,
                "responseBody": attempt.answer,
                "error": attempt.error or None,
                "duration": attempt.duration,
                "createdAt": to_milliseconds(attempt.created_at),
            }
            for attempt in attempts
        ],
    }
