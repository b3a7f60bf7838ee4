"""The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), and what a request is recognized by."""

import re
from typing import NamedTuple

from django.http import HttpRequest

from common.crypto import keyed_digests, sha256_hex
from common.errors import AppError
from management_api.auth import Principal

HEADER = "HTTP_IDEMPOTENCY_KEY"
MAX_LENGTH = 255

# A string of Structured Fields (RFC 9651 section 3.3.3), as the draft has it, or the bare key that most programs send.
_STRING = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_BARE = re.compile(r"[\x21\x23-\x7e][\x21-\x7e]*")
_ESCAPED = re.compile(r"\\(.)")


class RequestIdentity(NamedTuple):
    """Which request of whom a key stands for. `request_digests` are under each key of the ring, the newest first."""

    key_digest: str
    request_digests: list[str]


def read_key(header: str) -> str:
    """Return the key that a header names; raises `request.idempotency_key_invalid`."""
    text = header.strip(" ")
    if len(text) <= 2 * MAX_LENGTH + 2:
        if quoted := _STRING.fullmatch(text):
            key = _ESCAPED.sub(r"\1", quoted[1])
        else:
            key = text if _BARE.fullmatch(text) else ""
        if 0 < len(key) <= MAX_LENGTH:
            return key
    raise AppError("request.idempotency_key_invalid")


def identify(request: HttpRequest, principal: Principal) -> RequestIdentity:
    """Return what a request with the header is recognized by: its client and key, and all that it says.

    A body can hold a password: its digest is keyed. Raises `request.idempotency_key_invalid`.
    """
    key = read_key(request.META[HEADER])
    said = "\0".join((request.method or "", request.get_full_path(), request.content_type or ""))
    return RequestIdentity(
        sha256_hex(f"{principal.kind}\0{principal.id}\0{key}"),
        keyed_digests(f"{said}\0{request.body.decode('latin-1')}", context="idempotency"),
    )
