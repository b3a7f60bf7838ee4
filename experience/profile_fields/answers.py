"""What a user has filled in: read by the fields that were asked, placed where each is kept, and looked for. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from common.errors import AppError
from experience.profile_fields.field import ProfileField
from experience.profile_fields.names import ADDRESS, CLAIM_NAMES, USER_NAMES, assert_not_reserved
from experience.profile_fields.refusals import explain_refusal
from experience.profile_fields.shapes import Type
from experience.profile_fields.values import TEXT_NAMES, Refusal, RefusedValueError, read_value
from identity.models import User

Answers = dict[str, Any]


def list_asked(fields: Iterable[ProfileField]) -> dict[str, ProfileField]:
    """Return what is asked for by key: the first field of a key, and required if any field of the key requires it.

    The parts of a full name have keys of their own, which may be those of other fields.
    """
    asked: dict[str, ProfileField] = {}
    for field in fields:
        for part in field.parts if field.is_full_name else (field,):
            is_required = part in field.required_parts if field.is_full_name else _is_required(field)
            first = asked.get(part.name)
            asked[part.name] = replace(first or part, required=is_required or (first is not None and first.required))
    return asked


def read_answers(fields: Sequence[ProfileField], values: Mapping[str, Any]) -> Answers:
    """Return what was given for the fields, each as it is kept; `None` for what was left empty.

    Nothing is kept that no field asks for. Raises `custom_profile_fields.name_conflict_*` for names that are no
    field's, `custom_profile_fields.entity_not_exists_with_names` for those that are not asked for, and
    `custom_profile_fields.invalid_value` that names every refused place with its reason.
    """
    assert_not_reserved(*values)
    asked = list_asked(fields)
    _assert_known(name for name in values if name not in asked)
    answers: Answers = {}
    refusals: dict[str, Refusal] = {}
    for key in (key for key in asked if key in values):
        field = asked[key]
        if field.type == Type.ADDRESS:
            answers[key] = _read_parts(field, values[key], refusals)
        else:
            answers[key] = _read(field, values[key], key, refusals, is_claim=key in TEXT_NAMES)
    if refusals:
        raise refused_values(refusals)
    return answers


def refused_values(refusals: Mapping[str, Refusal]) -> AppError:
    """Return `custom_profile_fields.invalid_value` about these places: a name, or that of a part after a dot."""
    issues = [
        {"path": f"values.{place}", "code": refusal.code, "message": explain_refusal(refusal)}
        for place, refusal in refusals.items()
    ]
    return AppError("custom_profile_fields.invalid_value", data={"issues": issues})


def place_answers(answers: Answers, staged: Mapping[str, Any], user: User | None) -> dict[str, Any]:
    """Return the staged profile with the answers, each where it is kept, and the note that the user was asked.

    Parts of an address that the account has already stay.
    """
    held = find_held_answers(user, staged)
    details = dict(staged)
    profile, custom_data = dict(staged.get("profile", {})), dict(staged.get("customData", {}))
    for key, value in answers.items():
        place = details if key in USER_NAMES else profile if _is_claim(key) else custom_data
        kept = _with_parts(_parts_of(held, key), value) if isinstance(value, dict) else value
        if kept in (None, {}):
            place.pop(key, None)
        else:
            place[key] = kept
    return {**details, "profile": profile, "customData": custom_data, "submitted": True}


def find_held_answers(user: User | None, staged: Mapping[str, Any]) -> Answers:
    """Return what the account and the staged profile have together, by key."""
    of_user = {} if user is None else {**user.custom_data, **_claims_of(user), "name": user.name, "avatar": user.avatar}
    of_staged = {
        **staged.get("customData", {}),
        **staged.get("profile", {}),
        **{name: staged[name] for name in USER_NAMES if staged.get(name)},
    }
    return {key: value for key, value in {**of_user, **of_staged}.items() if value not in (None, "", {})}


def are_answered(fields: Iterable[ProfileField], held: Answers, *, was_asked: bool) -> bool:
    """Whether nothing is left to ask: of who was asked once, only what is required."""
    return all(_is_answered(field, held, was_asked=was_asked) for field in list_asked(fields).values())


def _is_answered(field: ProfileField, held: Answers, *, was_asked: bool) -> bool:
    if field.type == Type.ADDRESS:
        parts = _parts_of(held, field.name)
        return all(part.name in parts for part in field.required_parts) and (was_asked or bool(parts))
    return field.name in held or (was_asked and not field.required)


def _is_claim(key: str) -> bool:
    return key in CLAIM_NAMES or key == ADDRESS


def _claims_of(user: User) -> dict[str, Any]:
    return {key: value for key, value in user.profile.items() if _is_claim(key)}


def _parts_of(held: Answers, key: str) -> dict[str, Any]:
    parts = held.get(key)
    return parts if isinstance(parts, dict) else {}


def _with_parts(held: Answers, given: Answers) -> Answers:
    return {name: part for name, part in {**held, **given}.items() if part is not None}


def _is_required(field: ProfileField) -> bool:
    return bool(field.required_parts) if field.parts else field.required


def _assert_known(unknown: Iterable[str]) -> None:
    if names := sorted(unknown):
        data = {"names": names}
        raise AppError(
            "custom_profile_fields.entity_not_exists_with_names", data=data, params={"names": ", ".join(names)}
        )


def _read(field: ProfileField, value: Any, place: str, refusals: dict[str, Refusal], *, is_claim: bool) -> Any:
    if _is_empty(field, value):
        return None
    try:
        return read_value(field, value, is_claim=is_claim)
    except RefusedValueError as error:
        refusals[place] = error.refusal
        return None


def _is_empty(field: ProfileField, value: Any) -> bool:
    """Whether nothing was given. Spaces are nothing, but for a select: options of old catalogs may be made of them."""
    if not isinstance(value, str):
        return value is None
    return not (value if field.type == Type.SELECT else value.strip())


def _read_parts(field: ProfileField, value: Any, refusals: dict[str, Refusal]) -> dict[str, Any] | None:
    if value is None or value == "":
        return None
    if not isinstance(value, dict):
        refusals[field.name] = Refusal("invalid_text")
        return None
    parts = {part.name: part for part in field.parts}
    _assert_known(f"{field.name}.{name}" for name in value if name not in parts)
    is_claim = field.name == ADDRESS
    return {
        name: _read(parts[name], given, f"{field.name}.{name}", refusals, is_claim=is_claim)
        for name, given in value.items()
    }
