"""The environment variables of a script, which may be secrets: sealed where its configuration is stored."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from common.crypto import seal, unseal

OPEN = "environmentVariables"
_SEALED = "sealedEnvironmentVariables"


def sealed(value: Mapping[str, Any], *, context: str) -> dict[str, Any]:
    """Return a script's configuration as it is stored: the environment variables are sealed."""
    stored = {name: item for name, item in value.items() if name != OPEN}
    if OPEN in value:
        stored[_SEALED] = base64.b64encode(seal(json.dumps(value[OPEN]), context=context)).decode()
    return stored


def unsealed(stored: Mapping[str, Any], *, context: str) -> dict[str, Any]:
    """Return a stored configuration as it was given."""
    value = {name: item for name, item in stored.items() if name != _SEALED}
    if _SEALED in stored:
        value[OPEN] = json.loads(unseal(base64.b64decode(stored[_SEALED]), context=context))
    return value
