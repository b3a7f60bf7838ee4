"""Answers about webhooks, and what was sent to them."""

from typing import Any, Literal, NotRequired, TypedDict

from management_api.answers import JsonObject, Milliseconds


class ExecutionStats(TypedDict):
    """What was sent in the last 24 hours."""

    successCount: int
    requestCount: int


class Hook(TypedDict):
    """A webhook, with the key that signs what is sent."""

    tenantId: str
    id: str
    name: str
    event: str | None
    events: list[str]
    config: JsonObject
    signingKey: str
    enabled: bool
    createdAt: Milliseconds
    isOrdered: bool
    pausedAt: Milliseconds | None
    pauseReason: str | None
    previousKeyExpiresAt: Milliseconds | None
    executionStats: NotRequired[ExecutionStats]


class HookLog(TypedDict):
    """A request to a webhook, as an entry of the audit log."""

    id: str
    key: str
    payload: JsonObject
    createdAt: Milliseconds


class Delivery(TypedDict):
    """What was, or is to be, sent to a webhook."""

    id: str
    hookId: str
    event: str
    state: str
    attemptCount: int
    nextAttemptAt: Milliseconds | None
    createdAt: Milliseconds


class DeliveryRequest(TypedDict):
    """What is sent."""

    body: Any


class DeliveryAttempt(TypedDict):
    """One request; `duration` is in milliseconds."""

    id: str
    result: Literal["Success", "Error"]
    statusCode: int | None
    responseBody: str | None
    error: str | None
    duration: int | None
    createdAt: Milliseconds


class DeliveryDetail(Delivery):
    """A delivery with its requests."""

    request: DeliveryRequest
    attempts: list[DeliveryAttempt]


class ReplayCount(TypedDict):
    """How many are sent again."""

    count: int
