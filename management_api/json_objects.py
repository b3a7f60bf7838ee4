"""Bodies that are one JSON object, whatever its keys."""

from typing import Any

from rest_framework import serializers


class JsonObjectBody(serializers.BaseSerializer[Any]):
    """Reads any JSON object as `{"value": <the object>}`."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise serializers.ValidationError("Must be an object.", code="invalid")
        return {"value": data}
