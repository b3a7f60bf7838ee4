"""What an entry of the audit log may hold: no secret, no character that a column refuses, and no more than 8 kB."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

# The JSON of one entry, and one text or list in it.
MAX_BYTES = 8 * 1024
_MAX_TEXT = 512
_MAX_ITEMS = 20
_MAX_DEPTH = 6

_MASK = "******"
_SECRET_PARTS = ("secret", "password", "apikey", "privatekey", "credential", "cookie")
_SECRET_NAMES = frozenset({"authorization", "xfunctionskey", "token", "code", "codeverifier"})
_NOT_SECRET = frozenset({"passwordpolicy", "passwordexpiration"})
# The one with which an application has proved who it is: of it the name, which people have given it.
_NAMED_SECRET = "applicationsecret"

# What an entry keeps whole; the sizes of these are bounded where they come from.
_KEPT = frozenset({"key", "result", "ip", "userAgent", "userId", "applicationId", "cimdClientId", "actor", "subject"})
_MAX_NAME = 128


@lru_cache(maxsize=1024)
def _plain(name: str) -> str:
    return re.sub(r"[_-]", "", name).lower()


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    plain = _plain(name)
    if plain in _NOT_SECRET:
        return False
    return plain in _SECRET_NAMES or plain.endswith("token") or any(part in plain for part in _SECRET_PARTS)


@lru_cache(maxsize=1024)
def _is_left_out(name: str) -> bool:
    """Tenants' scripts and what they are given are long and may hold secrets."""
    plain = _plain(name)
    return plain.startswith("script") or plain.endswith("script") or "environmentvariables" in plain


def sanitized(value: Any) -> Any:
    """Return the value with everything that looks like a secret masked, in characters that the database takes."""
    # The most frequent first.
    if isinstance(value, str):
        return _storable(value)
    if isinstance(value, Mapping):
        members = ((_storable(str(name)[:_MAX_NAME]), item) for name, item in value.items())
        return {name: _masked(name, item) for name, item in members if not _is_left_out(name)}
    if isinstance(value, list | tuple | set | frozenset):
        return [sanitized(item) for item in value]
    return value


def _masked(name: str, item: Any) -> Any:
    # Whether there is one is no secret.
    if not item or isinstance(item, bool) or not _is_secret(name):
        return sanitized(item)
    if _plain(name) == _NAMED_SECRET and isinstance(item, Mapping) and "name" in item:
        return {"name": sanitized(item["name"])}
    return _MASK


def _storable(text: str) -> str:
    """PostgreSQL refuses NUL, and halves of surrogate pairs, in JSON."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\x00", "") if "\x00" in text else text


def shortened(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry that is too long, cut to `MAX_BYTES`, with `truncated` set.

    Long texts and lists are cut first; members that are still too much are left out, the longest first.
    """
    cut = {name: _cut(item, _MAX_DEPTH) for name, item in payload.items()} | {"truncated": True}
    sizes = {name: len(json.dumps(item, default=str)) for name, item in cut.items() if name not in _KEPT}
    for name in sorted(sizes, key=lambda name: -sizes[name]):
        if len(json.dumps(cut, default=str)) <= MAX_BYTES:
            break
        del cut[name]
    return cut | {"truncated": True}


def _cut(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _MAX_TEXT else f"{value[:_MAX_TEXT]}…"
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        return "…"
    if isinstance(value, dict):
        return {str(name): _cut(item, depth - 1) for name, item in list(value.items())[:_MAX_ITEMS]}
    rest = [f"… {len(value) - _MAX_ITEMS} more"] if len(value) > _MAX_ITEMS else []
    return [_cut(item, depth - 1) for item in value[:_MAX_ITEMS]] + rest
