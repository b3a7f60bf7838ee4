"""Whether something is a value of a field, and the value as it is kept. Pure rules, one function a type."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from common.web_addresses import is_web_address
from experience.profile_fields.dates import CUSTOM, ISO, read_birthdate, read_date, write_birthdate
from experience.profile_fields.field import ProfileField
from experience.profile_fields.names import CLAIM_NAMES
from experience.profile_fields.patterns import matches
from experience.profile_fields.shapes import LONGEST_VALUE, Type
from identity.identifier_keys import is_storable

_MAX_NAME = 128
# The largest whole number that every JSON reader keeps exactly (RFC 8259 section 6).
_MAX_NUMBER = 2**53 - 1
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_FLAGS = {"true": True, "false": False}
_BIRTHDATE = "birthdate"
# Names whose values are linked or shown by whoever reads the profile, whatever the type of the field.
_ADDRESSES = frozenset({"avatar", "profile", "website"})


class Refusal(NamedTuple):
    """Why something is no value of a field: a short code, and what its sentence names."""

    code: str
    limit: Any = None


class RefusedValueError(ValueError):
    """What was given is no value of the field."""

    def __init__(self, code: str, limit: Any = None) -> None:
        super().__init__(code)
        self.refusal = Refusal(code, limit)


def read_value(field: ProfileField, value: Any, *, is_claim: bool) -> Any:
    """Return a value as it is kept; raises `RefusedValueError`.

    Numbers and boxes may come as texts, as forms send them. Claims of the profile are kept as texts.
    """
    read = _READERS[field.type](field.config, value)
    if is_claim and field.name == _BIRTHDATE and field.type == Type.DATE:
        read = _as_birthdate(field, read)
    if is_claim and field.name in _ADDRESSES and not (isinstance(read, str) and is_web_address(read)):
        raise RefusedValueError("invalid_url")
    if is_claim and field.name == "name" and len(str(read)) > _MAX_NAME:
        raise RefusedValueError("too_long", _MAX_NAME)
    return _as_text(read) if is_claim else read


def date_format_of(config: Mapping[str, Any]) -> str:
    """Return the form in which a field's dates are given."""
    chosen: str = config.get("format", ISO)
    return str(config["customFormat"]) if chosen == CUSTOM else chosen


def find_date(field: ProfileField, value: Any) -> date | None:
    """Return the date of a value that is kept: as `birthdate` is, or in the field's form; `None` if it is none."""
    text, form = value if isinstance(value, str) else "", date_format_of(field.config)
    # The claim first: a form such as yyyy-dd-MM would read another day in it.
    birthdate = read_birthdate(text, form) if field.name == _BIRTHDATE else None
    return birthdate or read_date(text, form)


def _as_birthdate(field: ProfileField, text: str) -> str:
    form = date_format_of(field.config)
    day = read_date(text, form)
    return text if day is None else write_birthdate(day, form)


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read_text(config: Mapping[str, Any], value: Any) -> str:
    if not isinstance(value, str) or not is_storable(value):
        raise RefusedValueError("invalid_text")
    shortest, longest = config.get("minLength", 0), config.get("maxLength", LONGEST_VALUE)
    if len(value) < shortest:
        raise RefusedValueError("too_short", shortest)
    if len(value) > longest:
        raise RefusedValueError("too_long", longest)
    return value


def _read_number(config: Mapping[str, Any], value: Any) -> float:
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value) if "." in value else int(value)
    # Not a number, and infinity, are not within the bounds either.
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_MAX_NUMBER <= value <= _MAX_NUMBER:
        raise RefusedValueError("invalid_number")
    if "minValue" in config and value < config["minValue"]:
        raise RefusedValueError("too_small", config["minValue"])
    if "maxValue" in config and value > config["maxValue"]:
        raise RefusedValueError("too_large", config["maxValue"])
    return int(value) if float(value).is_integer() else value


def _read_date(config: Mapping[str, Any], value: Any) -> str:
    form = date_format_of(config)
    if not isinstance(value, str) or len(value) > LONGEST_VALUE or read_date(value, form) is None:
        raise RefusedValueError("invalid_date", form)
    return value


def _read_flag(_config: Mapping[str, Any], value: Any) -> bool:
    read = value if isinstance(value, bool) else _FLAGS.get(value) if isinstance(value, str) else None
    if read is None:
        raise RefusedValueError("invalid_option")
    return read


def _read_option(config: Mapping[str, Any], value: Any) -> str:
    if not isinstance(value, str) or value not in [option["value"] for option in config["options"]]:
        raise RefusedValueError("invalid_option")
    return value


def _read_address(_config: Mapping[str, Any], value: Any) -> str:
    if not isinstance(value, str) or not is_web_address(value):
        raise RefusedValueError("invalid_url")
    return value


def _read_pattern(config: Mapping[str, Any], value: Any) -> str:
    text = _read_text({}, value)
    if not matches(config["format"], text):
        raise RefusedValueError("invalid_format")
    return text


_READERS: Mapping[str, Callable[[Mapping[str, Any], Any], Any]] = {
    Type.TEXT: _read_text,
    Type.NUMBER: _read_number,
    Type.DATE: _read_date,
    Type.CHECKBOX: _read_flag,
    Type.SELECT: _read_option,
    Type.URL: _read_address,
    Type.REGEX: _read_pattern,
}

#: Names whose values are kept as texts, in the user or in the profile.
TEXT_NAMES = frozenset({"name", "avatar", *CLAIM_NAMES})
