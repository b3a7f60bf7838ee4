"""What an audit entry says: secrets masked, and never more than 8 kB."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

# The size of an entry's payload, in characters of JSON; beyond it, it is cut and says `truncated`.
MAX_PAYLOAD = 8192

_MASK = "******"
_SECRET_PARTS = ("secret", "password", "apikey", "privatekey", "credential", "cookie")
_SECRET_NAMES = frozenset({"authorization", "xfunctionskey", "token", "code", "codeverifier"})
_KEPT = frozenset({"applicationsecret", "passwordpolicy", "passwordexpiration"})

# What an entry holds in any case; their sizes are bounded where they come from.
_ESSENTIAL = ("key", "result", "ip", "userAgent", "userId", "applicationId", "cimdClientId", "actor", "subject")

# How long a text, and how many an object's or a list's members, may be: one after the other until it fits.
_CUTS = ((1024, 100), (256, 50), (64, 20))

_to_json = json.JSONEncoder(default=str).encode


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    plain = re.sub(r"[_-]", "", name).lower()
    if plain in _KEPT:
        return False
    return plain in _SECRET_NAMES or plain.endswith("token") or any(part in plain for part in _SECRET_PARTS)


def sanitized(value: Any) -> Any:
    """Return the value with everything that looks like a secret masked, and only characters that the database takes."""
    # The most frequent first.
    if isinstance(value, str):
        return _storable(value)
    if isinstance(value, dict | Mapping):
        return {_storable(str(name)): _masked(str(name), item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [sanitized(item) for item in value]
    return value


def _masked(name: str, item: Any) -> Any:
    # Whether there is one is no secret.
    if item and not isinstance(item, bool) and len(name) <= 64 and _is_secret(name):
        return _MASK
    return sanitized(item)


def _storable(text: str) -> str:
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\x00", "")


def encode_payload(payload: Mapping[str, Any]) -> str:
    """Return the payload, which is sanitized, as JSON of at most `MAX_PAYLOAD` characters.

    What is too much is cut, and `truncated` says so: long texts and lists first, then whole members, the largest first.
    """
    text = _to_json(payload)
    if len(text) <= MAX_PAYLOAD:
        return text
    for length, count in _CUTS:
        held = {**_cut(payload, length, count), "truncated": True}
        if len(text := _to_json(held)) <= MAX_PAYLOAD:
            return text
    details = sorted(held.keys() - {*_ESSENTIAL, "truncated"}, key=lambda name: -len(_to_json(held[name])))
    for name in details:
        del held[name]
        if len(text := _to_json(held)) <= MAX_PAYLOAD:
            break
    return text


def _cut(value: Any, length: int, count: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= length else f"{value[:length]}…"
    if isinstance(value, Mapping):
        return {name[:length]: _cut(item, length, count) for name, item in list(value.items())[:count]}
    if isinstance(value, list | tuple):
        return [_cut(item, length, count) for item in value[:count]]
    return value
