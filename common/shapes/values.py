"""Shapes of single values."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from common.shapes.base import Shape, refuse
from common.web_addresses import MAX_ADDRESS_LENGTH, is_web_address

_COLOR = re.compile(r"#[0-9A-Fa-f]{3}(?:[0-9A-Fa-f]{3})?")
# What an integer column holds.
MAX_INTEGER = 2_147_483_647


@dataclass(frozen=True, kw_only=True)
class Flag(Shape):
    """`true` or `false`."""

    def _read(self, value: Any, path: str) -> bool:
        if not isinstance(value, bool):
            raise refuse(path, "invalid", _("Must be true or false."))
        return value


@dataclass(frozen=True, kw_only=True)
class Integer(Shape):
    """A whole number within bounds, both included."""

    minimum: int = -MAX_INTEGER
    maximum: int = MAX_INTEGER

    def _read(self, value: Any, path: str) -> int:
        is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not is_whole:
            raise refuse(path, "invalid", _("A valid integer is required."))
        if value < self.minimum:
            message = _("Ensure this value is greater than or equal to %(limit_value)s.")
            raise refuse(path, "min_value", message % {"limit_value": self.minimum})
        if value > self.maximum:
            message = _("Ensure this value is less than or equal to %(limit_value)s.")
            raise refuse(path, "max_value", message % {"limit_value": self.maximum})
        return int(value)


@dataclass(frozen=True, kw_only=True)
class Text(Shape):
    """A string that a column can hold, kept as it is. Lengths are in characters, both bounds included."""

    min_length: int = 0
    max_length: int = 65_536

    def _read(self, value: Any, path: str) -> str:
        if not isinstance(value, str):
            raise refuse(path, "invalid", _("Not a valid string."))
        if "\x00" in value:
            raise refuse(path, "null_characters_not_allowed", _("Null characters are not allowed."))
        if len(value) < self.min_length:
            raise refuse(path, "min_length", _("This text is too short."))
        if len(value) > self.max_length:
            raise refuse(path, "max_length", _("This text is too long."))
        self._check(value, path)
        return value

    def _check(self, value: str, path: str) -> None:
        """Refuse a string of another form."""


@dataclass(frozen=True, kw_only=True)
class Color(Text):
    """Three or six hexadecimal digits after a `#`."""

    def _check(self, value: str, path: str) -> None:
        if not _COLOR.fullmatch(value):
            raise refuse(path, "invalid", _("This is not a color."))


@dataclass(frozen=True, kw_only=True)
class WebAddress(Text):
    """An absolute http(s) URL, also of a host in a private network: it is shown or followed by a browser."""

    max_length: int = MAX_ADDRESS_LENGTH
    allows_empty: bool = False

    def _check(self, value: str, path: str) -> None:
        if not (is_web_address(value) or (self.allows_empty and not value)):
            raise refuse(path, "invalid", _("This is not an http(s) address."))


@dataclass(frozen=True, kw_only=True)
class Origin(Text):
    """A scheme, a host and perhaps a port, in the spelling in which browsers send it (RFC 6454 section 6.2)."""

    max_length: int = MAX_ADDRESS_LENGTH

    def _check(self, value: str, path: str) -> None:
        parts = urlsplit(value) if is_web_address(value) else None
        if parts is None or value != f"{parts.scheme}://{parts.netloc}" or value != value.lower():
            raise refuse(path, "invalid", _("This is not an origin: scheme, host and port alone."))


@dataclass(frozen=True, kw_only=True)
class EmailAddress(Text):
    """An email address."""

    max_length: int = 320
    allows_empty: bool = False

    def _check(self, value: str, path: str) -> None:
        if self.allows_empty and not value:
            return
        try:
            validate_email(value)
        except ValidationError as error:
            raise refuse(path, "invalid", error.messages[0]) from error


@dataclass(frozen=True, kw_only=True)
class Choice(Shape):
    """One of a few strings."""

    choices: tuple[str, ...]

    def _read(self, value: Any, path: str) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise refuse(path, "invalid_choice", _("This is not a valid choice."))
        return str(value)


@dataclass(frozen=True, kw_only=True)
class AnyObject(Shape):
    """Any JSON object; who declares it checks further."""

    def _read(self, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise refuse(path, "invalid", _("Must be an object."))
        return value
