"""Fields that take a JSON value of their own type and no other: a number is not a text, `"true"` is not a flag."""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.web_addresses import MAX_ADDRESS_LENGTH, is_web_address

MAX_INTEGER = 2_147_483_647


class Text(serializers.CharField):
    """A string, kept as it is. `min_length` refuses the empty one."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("trim_whitespace", False)
        options.setdefault("allow_blank", not options.get("min_length"))
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WebAddressField(Text):
    """An absolute http(s) URL, also of a host in a private network: a browser shows or follows it."""

    default_error_messages = {"invalid_address": _("This is not an http(s) address.")}

    def __init__(self, **options: Any) -> None:
        options.setdefault("allow_blank", False)
        super().__init__(max_length=MAX_ADDRESS_LENGTH, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text and not is_web_address(text):
            self.fail("invalid_address")
        return text


class Choice(serializers.ChoiceField):
    """A string that is one of a few."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class Flag(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs alone
    """`true` or `false`."""

    default_error_messages = {"invalid": _("Must be true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> bool:
        return bool(value)


class Integer(serializers.IntegerField):
    """A whole number that a column can hold."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_value", MAX_INTEGER)
        options.setdefault("min_value", -MAX_INTEGER)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> int:
        is_whole = isinstance(data, int) or (isinstance(data, float) and data.is_integer())
        if isinstance(data, bool) or not is_whole:
            self.fail("invalid")
        return super().to_internal_value(int(data))


class JsonObject(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs alone
    """Any JSON object."""

    default_error_messages = {"invalid": _("Must be an object.")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class Texts(serializers.ListField):
    """A list of strings; `min_length` is about the list, `item` holds options for each string."""

    def __init__(self, *, item: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(child=Text(**(item or {})), **options)


class Moment(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs alone
    """A moment as milliseconds since the epoch."""

    default_error_messages = {"invalid": _("Must be milliseconds since 1970.")}

    def to_internal_value(self, data: Any) -> datetime:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        try:
            return datetime.fromtimestamp(data / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            self.fail("invalid")

    def to_representation(self, value: datetime) -> int:
        return int(value.timestamp() * 1000)
