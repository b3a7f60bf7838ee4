"""Running a script: from a script and its input to claims, or to the reason why there are none."""

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from oidc.custom_claims.sandbox.limits import LIMITS
from oidc.custom_claims.sandbox.pool import ProcessLostError, SandboxBusyError, get_pool
from tenants.context import current_tenant_id

_LONGEST_MESSAGE = 512
_DEEPEST = 32


class ScriptError(Exception):
    """The script did not give claims; `message` says why, `name` is the JavaScript error's."""

    def __init__(self, message: str, *, name: str = "Error") -> None:
        super().__init__(message)
        self.name = _shown(name)
        self.message = _shown(message) or "The script failed."


class ScriptAccessDeniedError(Exception):
    """The script called `api.denyAccess`."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = _shown(message) or "Access denied"


def run_script(script: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims that the script's `getCustomJwtClaims` makes of `payload`.

    `payload` holds `token`, `context` and `environmentVariables`. Raises `ScriptAccessDeniedError` or `ScriptError`;
    the latter also where the script takes too long or too much, or the tenant has too many runs at once.
    """
    request = json.dumps(
        {"script": script, "payload": json.dumps(payload, default=str), **LIMITS.as_request()}, ensure_ascii=False
    ).encode(errors="replace")
    if len(request) > LIMITS.input:
        raise ScriptError("The script and its input are too long.", name="RangeError")
    try:
        answer = get_pool(settings.CUSTOM_CLAIMS_PROCESSES).run(current_tenant_id(), request, LIMITS)
    except SandboxBusyError as error:
        raise ScriptError("Too many scripts are running.", name="InternalError") from error
    except ProcessLostError as error:
        raise ScriptError("The script used too much time or memory and was stopped.", name="InternalError") from error
    if "denied" in answer:
        raise ScriptAccessDeniedError(str(answer["denied"]))
    if "error" in answer:
        raise ScriptError(str(answer["error"]["message"]), name=str(answer["error"]["name"]))
    return _read_claims(answer["claims"])


def _read_claims(text: str) -> dict[str, Any]:
    try:
        claims = json.loads(text, parse_constant=_refuse_constant)
        _assert_storable(claims, _DEEPEST)
    except (ValueError, RecursionError) as error:
        raise ScriptError("The claims cannot be written into a token.", name="TypeError") from error
    if not isinstance(claims, dict):
        raise ScriptError("The script must return an object.", name="TypeError")
    return claims


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _assert_storable(value: Any, depth: int) -> None:
    """Refuse what a token or a row cannot hold: lone surrogates, NUL, and nesting without end."""
    if depth == 0:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("NUL")
        value.encode()
    elif isinstance(value, dict):
        for name, item in value.items():
            _assert_storable(name, depth)
            _assert_storable(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _assert_storable(item, depth - 1)


def _shown(text: str) -> str:
    """Return a script's text fit for an answer and the audit log: short, one line, valid Unicode."""
    valid = text[:_LONGEST_MESSAGE].encode(errors="replace").decode()
    return "".join(" " if unicodedata.category(character)[0] == "C" else character for character in valid).strip()
