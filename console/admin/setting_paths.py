"""Form fields that each stand for one place in an object of settings: read from there, and put back."""

from collections.abc import Iterable, Mapping
from typing import Any

# Form field -> where it stands: the member, then the keys inside of it.
Paths = Mapping[str, tuple[str, ...]]


def fields_by_place(paths: Paths) -> dict[str, str]:
    """Return the fields by their place on the wire, which is what a refusal names."""
    return {".".join(path): field for field, path in paths.items()}


def values_at(settings: Mapping[str, Any], paths: Paths) -> dict[str, Any]:
    """Return the values of the fields."""
    values: dict[str, Any] = {}
    for field, path in paths.items():
        value: Any = settings
        for key in path:
            value = (value or {}).get(key)
        values[field] = value
    return values


def member_with(stored: Any, values: Mapping[str, Any], fields: Iterable[str], paths: Paths) -> Any:
    """Return a member of the settings with the fields' values in it."""
    result: Any = dict(stored) if isinstance(stored, dict) else stored
    for field in fields:
        path = paths[field]
        if len(path) == 1:
            result = values[field] if values[field] not in ("",) else None
        else:
            result = _put(result, path[1:], values[field])
    return result


def changed_members(
    values: Mapping[str, Any], changed: Iterable[str], settings: Mapping[str, Any], paths: Paths
) -> dict[str, Any]:
    """Return the members that the changed fields stand in, whole, as services take them."""
    touched = set(changed) & paths.keys()
    members = dict.fromkeys(paths[field][0] for field in paths if field in touched)
    return {
        member: member_with(
            settings[member], values, [field for field, path in paths.items() if path[0] == member], paths
        )
        for member in members
    }


def _put(target: Mapping[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Return the object with a value at the path; an emptied text or number is left out."""
    result = dict(target)
    if len(path) > 1:
        result[path[0]] = _put(result.get(path[0]) or {}, path[1:], value)
    elif value is None or value == "":
        result.pop(path[0], None)
    else:
        result[path[0]] = value
    return result
