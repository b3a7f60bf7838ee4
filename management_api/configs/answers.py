"""Answers about the tenant's configuration."""

from typing import Literal, TypedDict

from management_api.answers import Seconds


class SigningKey(TypedDict):
    """A signing key without its value."""

    id: str
    createdAt: Seconds
    signingKeyAlgorithm: Literal["RSA", "EC"]
    status: Literal["Next", "Current", "Previous"]
