"""The public keys of a client: registered with it, or fetched from its `jwks_uri` and remembered in this process."""

import json
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any

from applications.clients import Client
from applications.outbound import ask_client, still_calling
from common.http import OutboundRequestError, Response
from common.jose.public_keys import InvalidJwtError, InvalidKeyError, load_public_key, read_claims, read_header
from tenants.context import current_tenant_id

Keys = tuple[Mapping[str, Any], ...]

MAX_KEYS = 20

# Seconds. Keys are fetched again when they are this old, or when an unknown one is named, but no more often than the
# third figure says: whoever sends made-up key ids cannot make this server call out for each of them.
_FRESH_FOR = 600.0
_KEPT_FOR = 86_400.0
_PAUSE = 30.0

_MAX_BYTES = 100_000
_MAX_ADDRESSES = 1000


@dataclass(slots=True)
class _Fetched:
    """What one address gave, when, and when it was last asked."""

    keys: Keys = ()
    fetched_at: float = float("-inf")
    tried_at: float = float("-inf")

    def take(self, answer: Response | OutboundRequestError) -> bool:
        """Take an answer; keys that are there stay if it has none."""
        self.tried_at = time.monotonic()
        if isinstance(answer, Response) and answer.status == 200:
            with suppress(ValueError, RecursionError):
                self.keys, self.fetched_at = read_key_set(json.loads(answer.body)), self.tried_at
        return True


_addresses: OrderedDict[tuple[str, str], _Fetched] = OrderedDict()
_addresses_lock = Lock()


def forget_fetched_keys() -> None:
    """Drop what this process has fetched."""
    with _addresses_lock:
        _addresses.clear()


def read_key_set(document: Any) -> Keys:
    """Return the keys of a JWK set (RFC 7517 section 5); raises `ValueError` for what is none."""
    keys = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(keys, list) or len(keys) > MAX_KEYS:
        raise ValueError("not a JWK set")
    return tuple(key for key in keys if isinstance(key, Mapping))


def _fetched(uri: str) -> _Fetched:
    place = (current_tenant_id(), uri)
    with _addresses_lock:
        found = _addresses.setdefault(place, _Fetched())
        _addresses.move_to_end(place)
        if len(_addresses) > _MAX_ADDRESSES:
            _addresses.popitem(last=False)
        return found


def _is_settled(found: _Fetched, uri: str, *, older_than: float, is_unverified: bool) -> bool:
    """Ask the address unless its keys are younger or it was asked just now; false while it has not answered."""
    moment = time.monotonic()
    if moment - found.fetched_at <= older_than or moment - found.tried_at <= _PAUSE:
        return True
    return bool(ask_client(uri, max_bytes=_MAX_BYTES, is_unverified=is_unverified, then=found.take))


def _named(keys: Keys, kid: str | None) -> Keys:
    return keys if kid is None else tuple(key for key in keys if key.get("kid") == kid)


def find_keys(client: Client, *, kid: str | None) -> Iterator[Mapping[str, Any]]:
    """Yield the client's keys with this id, all of them where a JWT names none.

    Keys of a `jwks_uri` are fetched where they are old or the id is unknown, so that a client rotates its keys by
    publishing the next one. Where the address does not answer, keys are good for a day. Raises
    `temporarily_unavailable` (503) while the address has not answered and there is no such key.
    """
    security = client.security
    if security.jwks is not None:
        yield from _named(read_key_set(security.jwks), kid)
    elif security.jwks_uri is not None:
        yield from _find_published(security.jwks_uri, kid=kid, is_unverified=client.is_unverified)


def _find_published(uri: str, *, kid: str | None, is_unverified: bool) -> Keys:
    found = _fetched(uri)
    is_settled = _is_settled(found, uri, older_than=_FRESH_FOR, is_unverified=is_unverified)
    if is_settled and kid is not None and not _named(found.keys, kid):
        is_settled = _is_settled(found, uri, older_than=_PAUSE, is_unverified=is_unverified)
    keys = _named(found.keys, kid) if time.monotonic() - found.fetched_at <= _KEPT_FOR else ()
    if not keys and not is_settled:
        raise still_calling()
    return keys


def read_signed(client: Client, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a JWT that one of the client's keys signed; raises `InvalidJwtError`.

    What they say is the caller's to check. May have the client's `jwks_uri` called, and then raises
    `temporarily_unavailable` as `find_keys` does.
    """
    header = read_header(text, algorithms=client.security.algorithms)
    for jwk in find_keys(client, kid=header.get("kid")):
        try:
            return header, read_claims(text, load_public_key(jwk, header["alg"]))
        except (InvalidKeyError, InvalidJwtError):
            continue
    raise InvalidJwtError("none of the client's keys signed the JWT")
