"""Answers about one-time tokens."""

from typing import Literal, TypedDict

from management_api.answers import JsonObject, Milliseconds


class OneTimeToken(TypedDict):
    """A token; its value shows only when it has just been made or was sent along."""

    tenantId: str
    id: str
    email: str
    token: str
    context: JsonObject
    status: Literal["active", "consumed", "revoked", "expired"]
    createdAt: Milliseconds
    expiresAt: Milliseconds
