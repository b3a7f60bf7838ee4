"""Subject tokens on the wire."""

from typing import Any

from rest_framework import serializers

from common.rest.fields import JsonObject, Text


class SubjectTokenCreation(serializers.Serializer[Any]):
    """The body that asks for a subject token."""

    userId = Text(source="user_id")
    # Declared fields leave the class before `Field.context` is looked up.
    context = JsonObject(required=False)  # type: ignore[assignment]
