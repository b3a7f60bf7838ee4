"""The nine types of fields, each declared once: what its row and its `config` may be on the wire.

What the members of a `config` may say together are rules (`config_rules`).
"""

from collections.abc import Mapping
from typing import Any

from common.shapes import AnyObject, Choice, Flag, Integer, Items, Members, Shape, Text, validate
from experience.models import CustomProfileField
from experience.profile_fields.dates import FORMATS
from experience.profile_fields.names import ADDRESS_PARTS, FULL_NAME_PARTS

Type = CustomProfileField.Type

#: Characters of the longest value that is kept.
LONGEST_VALUE = 2048
MAX_LABEL, MAX_DESCRIPTION = 128, 256
_MAX_PLACEHOLDER = 256
_MAX_OPTIONS = 500

_LENGTH = Integer(minimum=0, maximum=LONGEST_VALUE)
_PLACEHOLDER: dict[str, Shape] = {"placeholder": Text(max_length=_MAX_PLACEHOLDER)}
_OPTION = Members({"label": Text(max_length=256), "value": Text(min_length=1, max_length=256, required=True)})

_CONFIG: Mapping[str, Mapping[str, Shape]] = {
    Type.TEXT: {**_PLACEHOLDER, "minLength": _LENGTH, "maxLength": _LENGTH},
    Type.NUMBER: {**_PLACEHOLDER, "minValue": Integer(), "maxValue": Integer()},
    Type.DATE: {
        **_PLACEHOLDER,
        "format": Choice(choices=FORMATS, required=True),
        "customFormat": Text(min_length=1, max_length=128),
    },
    Type.CHECKBOX: {"defaultValue": Choice(choices=("true", "false"), required=True)},
    Type.SELECT: {**_PLACEHOLDER, "options": Items(of=_OPTION, max_items=_MAX_OPTIONS, required=True)},
    Type.URL: _PLACEHOLDER,
    Type.REGEX: {**_PLACEHOLDER, "format": Text(min_length=1, max_length=128, required=True)},
}
# Types that say nothing without a `config`.
_NEED_CONFIG = frozenset({Type.SELECT, Type.REGEX})

_TYPED = Members({"type": Choice(choices=tuple(Type.values), required=True)})
_LABEL = Text(min_length=1, max_length=65_536)
_DESCRIPTION = Text(max_length=65_536, nullable=True)
_PART = {
    "enabled": Flag(required=True),
    "type": Choice(choices=tuple(Type.values), required=True),
    "label": Text(min_length=1, max_length=MAX_LABEL),
    "description": Text(max_length=MAX_DESCRIPTION),
    "required": Flag(required=True),
    # That of the part's type.
    "config": AnyObject(),
}
_PARTS: Mapping[str, tuple[str, ...]] = {Type.ADDRESS: ADDRESS_PARTS, Type.FULLNAME: FULL_NAME_PARTS}


def config_of(kind: str) -> Members:
    """Return the shape of the `config` of a type."""
    if names := _PARTS.get(kind):
        part = Members({**_PART, "name": Choice(choices=names, required=True)})
        return Members({"parts": Items(of=part, max_items=len(names), required=True)}, required=True)
    return Members(_CONFIG[kind], required=kind in _NEED_CONFIG)


def read_field(value: Any) -> dict[str, Any]:
    """Return a field's row without its name, and without what is not of its type; raises `guard.invalid_input`."""
    kind = validate(_TYPED, value)["type"]
    shape = {"label": _LABEL, "description": _DESCRIPTION, "required": Flag(required=True), "config": config_of(kind)}
    return {"type": kind, **validate(Members(shape), value)}
