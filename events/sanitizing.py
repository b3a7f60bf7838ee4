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
_NOT_SECRET = frozenset({"passwordverified", "haspassword", "applicationsecret", "ispasswordexpired"})


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    plain = re.sub(r"[_-]", "", name).lower()
    if plain in _NOT_SECRET:
        return False
    return plain in _SECRET_NAMES or plain.endswith("token") or any(part in plain for part in _SECRET_PARTS)


@lru_cache(maxsize=1024)
def _is_left_out(name: str) -> bool:
    """Tenants' scripts and what they are given are long and may hold secrets."""
    plain = name.lower()
    return plain.startswith("script") or plain.endswith("script") or "environmentvariables" in plain


def sanitized(value: Any) -> Any:
    """Return the value with everything that looks like a secret masked and NUL characters removed."""
    # The most frequent first.
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, Mapping):
        return {
            name: _MASK if _is_secret(str(name)) and item else sanitized(item)
            for name, item in value.items()
            if not _is_left_out(str(name))
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [sanitized(item) for item in value]
    return value


def shortened(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry that is too long, cut to `MAX_BYTES`, with `truncated` set.

    Long texts and lists are cut first; members that are still too much are left out, the longest first.
    """
    cut = {name: _cut(item, _MAX_DEPTH) for name, item in payload.items()} | {"truncated": True}
    while len(json.dumps(cut, default=str)) > MAX_BYTES:
        longest = max(cut, key=lambda name: len(json.dumps(cut[name], default=str)))
        cut[longest] = "…"
    return cut


def _cut(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _MAX_TEXT else f"{value[:_MAX_TEXT]}…"
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        return "…"
    if isinstance(value, dict):
        return {str(name)[:_MAX_TEXT]: _cut(item, depth - 1) for name, item in list(value.items())[:_MAX_ITEMS]}
    rest = [f"… {len(value) - _MAX_ITEMS} more"] if len(value) > _MAX_ITEMS else []
    return [_cut(item, depth - 1) for item in value[:_MAX_ITEMS]] + rest
