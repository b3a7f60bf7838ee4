"""Bodies and queries about the sign-in experience; its own members are declared in `experience.settings_shape`."""

from typing import Any

from rest_framework import serializers

from common.rest.fields import Text


class PasswordCheckBody(serializers.Serializer[Any]):
    password = Text()
    userId = Text(required=False)


class ConflictQuery(serializers.Serializer[Any]):
    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)
