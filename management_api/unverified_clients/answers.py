"""Answers about clients that register themselves."""

from typing import TypedDict

from management_api.answers import Milliseconds


class InitialAccessToken(TypedDict):
    """A permission to register clients."""

    tenantId: str
    id: str
    name: str
    createdAt: Milliseconds
    expiresAt: Milliseconds | None


class NewInitialAccessToken(InitialAccessToken):
    """A permission that has just been made, with its value."""

    value: str
