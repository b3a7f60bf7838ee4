"""JSON as others write it, without the values that Python reads and that no JSON, and no database, holds."""

import json
import math
from typing import Any


def parse_json(text: str) -> Any:
    """Return what JSON says (RFC 8259). Raises `ValueError`, also for `NaN`, infinities and too deep a nesting."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refuse(text)
