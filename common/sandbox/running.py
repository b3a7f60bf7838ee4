"""Running a script: from a script and its input to a JSON value, or to the reason why there is none."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from common.sandbox.limits import Limits
from common.sandbox.pool import ProcessLostError, SandboxBusyError, Terms, get_pool
from common.sandbox.process import Fetcher
from common.strict_json import parse_json

# Characters of an error's message.
LONGEST_MESSAGE = 512
_DEEPEST = 32


class ScriptError(Exception):
    """The script gave no result; `message` says why, `name` is the JavaScript error's."""

    def __init__(self, message: str, *, name: str = "Error") -> None:
        super().__init__(message)
        self.name = _shown(name)
        self.message = _shown(message) or "The script failed."


class ScriptBusyError(ScriptError):
    """The script did not run: every process that it may have is taken."""


class ScriptAccessDeniedError(Exception):
    """The script called `api.denyAccess`."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = _shown(message) or "Access denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """How a kind of script runs: `entry` is the name of its function, which is code, never a tenant's text.

    With `denies` it is given `api.denyAccess`; with `returns_object` anything but an object is a failure. `leaves` is
    how many of its processes it leaves to scripts that not everybody can cause.
    """

    entry: str
    limits: Limits
    terms: Terms
    denies: bool = False
    returns_object: bool = False
    leaves: int = 0


class Returned(NamedTuple):
    """What a script has returned, as JSON; `undefined` is no value at all, unlike `null`."""

    value: Any
    is_undefined: bool


def run_script(
    script: str, payload: Mapping[str, Any], *, runtime: Runtime, tenant_id: str, fetch: Fetcher | None = None
) -> Returned:
    """Return what the script's function makes of `payload`.

    Raises `ScriptAccessDeniedError` or `ScriptError`; the latter also where the script takes too long or too much, and
    as `ScriptBusyError` where the tenant has too many runs at once. `fetch` answers its requests; without one it cannot
    make any.
    """
    limits = runtime.limits
    request = json.dumps(
        {
            "script": script,
            "entry": runtime.entry,
            "payload": json.dumps(payload, default=str),
            "denies": runtime.denies,
            "returnsObject": runtime.returns_object,
            **limits.as_request(),
            "calls": 0 if fetch is None else limits.calls,
        },
        ensure_ascii=False,
    ).encode(errors="replace")
    if len(request) > limits.input:
        raise ScriptError("The script and its input are too long.", name="RangeError")
    try:
        answer = get_pool(runtime.entry, runtime.terms).run(tenant_id, request, limits, fetch, leaves=runtime.leaves)
    except SandboxBusyError as error:
        raise ScriptBusyError("Too many scripts are running.", name="InternalError") from error
    except ProcessLostError as error:
        raise ScriptError("The script used too much time or memory and was stopped.", name="InternalError") from error
    if "denied" in answer:
        raise ScriptAccessDeniedError(str(answer["denied"]))
    if "error" in answer:
        raise ScriptError(str(answer["error"]["message"]), name=str(answer["error"]["name"]))
    text = answer.get("result")
    return Returned(None, is_undefined=True) if text is None else Returned(_read(text), is_undefined=False)


def _read(text: str) -> Any:
    try:
        value = parse_json(text)
        _assert_storable(value, _DEEPEST)
    except (TypeError, ValueError) as error:
        raise ScriptError("The script's result cannot be stored as JSON.", name="TypeError") from error
    return value


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
    return printable(text[:LONGEST_MESSAGE].encode(errors="replace").decode()).strip()


def printable(text: str) -> str:
    """Return a text with a space for each character that cannot be seen, as messages have it."""
    return "".join(" " if unicodedata.category(character)[0] == "C" else character for character in text)
