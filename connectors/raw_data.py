"""A provider's own words as a JSON column can hold them. Pure."""

import json
import math
from collections.abc import Mapping
from typing import Any

_MOST_BYTES = 16_384
_DEEPEST = 16


def storable_raw_data(raw_data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a provider says without what PostgreSQL refuses: NUL, half surrogate pairs, numbers that are none.

    What lies too deep is `None`; nothing is left of what is too long altogether.
    """
    cleaned: dict[str, Any] = _cleaned(raw_data, 0)
    return cleaned if len(json.dumps(cleaned)) <= _MOST_BYTES else {}


def _cleaned(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "ignore").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    if depth >= _DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {_cleaned(str(name), depth): _cleaned(each, depth + 1) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(each, depth + 1) for each in value]
    return _cleaned(str(value), depth)
