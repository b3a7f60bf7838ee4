"""Answers about the captcha provider."""

from typing import TypedDict

from management_api.answers import JsonObject, Milliseconds


class CaptchaProvider(TypedDict):
    """The provider with its configuration."""

    tenantId: str
    id: str
    config: JsonObject
    createdAt: Milliseconds
    updatedAt: Milliseconds
