"""What a field must obey besides its shape: one function a rule, in the order in which they are asked.

A rule gets the field's row: `{name, type, required, config, …}`. `CONFIG_RULES` has those of each type.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from common.errors import AppError, invalid_value
from common.shapes import validate
from experience.profile_fields.dates import CUSTOM, is_format
from experience.profile_fields.names import ADDRESS, FULL_NAME, assert_name_allowed
from experience.profile_fields.patterns import InvalidPatternError, compile_pattern
from experience.profile_fields.shapes import MAX_DESCRIPTION, MAX_LABEL, Type, config_of

Row = Mapping[str, Any]
Rule = Callable[[Row], None]

_COMPOSITE = (Type.ADDRESS, Type.FULLNAME)


def check_texts(row: Row) -> None:
    """Raise `entity.value_too_long` for a label or a description that no column holds."""
    for name, longest in (("label", MAX_LABEL), ("description", MAX_DESCRIPTION)):
        if len(row.get(name) or "") > longest:
            raise AppError("entity.value_too_long", data={"message": name})


def check_name(row: Row) -> None:
    """Raise `custom_profile_fields.name_conflict_*` and `custom_profile_fields.invalid_name`.

    The latter as well for a name whose value has a form of its own, and another type: `fullname` and `address`. The
    parts of a full name are names of their own, so that there is one such field.
    """
    assert_name_allowed(row["name"])
    is_full_name = row["type"] == Type.FULLNAME
    if (row["name"] == FULL_NAME) is not is_full_name or (row["name"] == ADDRESS and row["type"] != Type.ADDRESS):
        raise AppError("custom_profile_fields.invalid_name")


def check_lengths(row: Row) -> None:
    """Raise `custom_profile_fields.invalid_min_max_input` for lengths that no text has."""
    _check_bounds(row["config"], "minLength", "maxLength")


def check_numbers(row: Row) -> None:
    """Raise `custom_profile_fields.invalid_min_max_input` for bounds that no number is between."""
    _check_bounds(row["config"], "minValue", "maxValue")


def check_date(row: Row) -> None:
    """Raise `guard.invalid_input` for a form of the tenant's own that no date can be read from."""
    config = row["config"]
    if config.get("format") == CUSTOM and not is_format(config.get("customFormat", "")):
        message = _("Write it with yyyy, MM and dd, such as dd.MM.yyyy.")
        raise invalid_value("config.customFormat", message)


def check_checkbox(row: Row) -> None:
    """Raise `custom_profile_fields.invalid_default_value` without one, and `guard.invalid_input` if it is required."""
    if "defaultValue" not in row["config"]:
        raise AppError("custom_profile_fields.invalid_default_value")
    if row["required"]:
        raise invalid_value("required", _("A checkbox may be left empty."))


def check_options(row: Row) -> None:
    """Raise `custom_profile_fields.invalid_options` if there is nothing to choose, the same twice, or only spaces."""
    values = [option["value"] for option in row["config"]["options"]]
    if not values or len(values) != len(set(values)) or not all(value.strip() for value in values):
        raise AppError("custom_profile_fields.invalid_options")


def check_pattern(row: Row) -> None:
    """Raise `custom_profile_fields.invalid_regex_format` for what is no pattern that can be matched in linear time."""
    try:
        compile_pattern(row["config"]["format"])
    except InvalidPatternError as error:
        raise AppError("custom_profile_fields.invalid_regex_format") from error


def check_address_parts(row: Row) -> None:
    """Raise `custom_profile_fields.invalid_address_components`, and what the parts themselves are refused for."""
    _check_parts(row["config"]["parts"], "custom_profile_fields.invalid_address_components")


def check_full_name_parts(row: Row) -> None:
    """Raise `custom_profile_fields.invalid_fullname_components`, and what the parts themselves are refused for."""
    _check_parts(row["config"]["parts"], "custom_profile_fields.invalid_fullname_components")


CONFIG_RULES: Mapping[str, Rule] = {
    Type.TEXT: check_lengths,
    Type.NUMBER: check_numbers,
    Type.DATE: check_date,
    Type.CHECKBOX: check_checkbox,
    Type.SELECT: check_options,
    Type.REGEX: check_pattern,
    Type.ADDRESS: check_address_parts,
    Type.FULLNAME: check_full_name_parts,
}


def assert_field_valid(row: Row) -> None:
    """Ask every rule in turn."""
    check_name(row)
    check_texts(row)
    _check_config(row)


def _check_config(row: Row) -> None:
    if rule := CONFIG_RULES.get(row["type"]):
        rule(row)


def _check_bounds(config: Row, lowest: str, highest: str) -> None:
    if lowest in config and highest in config and config[lowest] > config[highest]:
        raise AppError("custom_profile_fields.invalid_min_max_input")


def _check_parts(parts: list[dict[str, Any]], code: str) -> None:
    """The config of each part is read as that of a field of its type, and written back as it is stored."""
    names = [part["name"] for part in parts]
    if len(names) != len(set(names)) or not any(part["enabled"] for part in parts):
        raise AppError(code)
    if any(part["type"] in _COMPOSITE for part in parts):
        raise AppError("custom_profile_fields.invalid_sub_component_type")
    for index, part in enumerate(parts):
        part["config"] = validate(config_of(part["type"]), part.get("config", {}), path=f"config.parts.{index}.config")
        _check_config(part)
