"""Answers about custom phrases."""

from typing import TypedDict

from management_api.answers import JsonObject


class CustomPhrases(TypedDict):
    """What a tenant says differently in one language."""

    tenantId: str
    id: str
    languageTag: str
    translation: JsonObject
