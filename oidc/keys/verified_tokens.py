"""The JWTs whose signature this process has verified: signed once, they are presented with thousands of requests.

Only what can never change is remembered: that a key signed a token, and what the token says. Whether the key is still
one of the tenant's, and everything else that can change, is asked with every request.
"""

import hashlib
import json
import time
from collections import OrderedDict
from threading import Lock
from typing import Any, NamedTuple

import jwt

from tenants.context import current_tenant_id

# Together a few megabytes of each process; a longer token is verified every time.
_MOST_TOKENS = 2_048
_LONGEST_TOKEN = 2_048

_Name = tuple[str, bytes]


class SignedJwt(NamedTuple):
    """What a JWT says: the `typ` of its header, `None` if it has none, and its claims."""

    typ: Any
    claims: dict[str, Any]


class _Verified(NamedTuple):
    key: jwt.PyJWK
    kid: str
    typ: Any
    # As text: whoever changes the claims of a request changes no other's.
    claims: str
    expires_at: int


_held: OrderedDict[_Name, _Verified] = OrderedDict()
_lock = Lock()


def _name(token: str) -> _Name:
    return current_tenant_id(), hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def find_verified(token: str, keys: dict[str, jwt.PyJWK]) -> SignedJwt | None:
    """Return what an unexpired token says if one of these very keys of the current tenant is known to have signed it.

    Keys that have been loaded again are others: after each change of the tenant's configuration a signature is
    verified again.
    """
    if len(token) > _LONGEST_TOKEN:
        return None
    name = _name(token)
    with _lock:
        found = _held.get(name)
        if found is None:
            return None
        if found.expires_at <= time.time() or keys.get(found.kid) is not found.key:
            del _held[name]
            return None
        _held.move_to_end(name)
    return SignedJwt(found.typ, json.loads(found.claims))


def remember_verified(token: str, signed: SignedJwt, *, key: jwt.PyJWK, kid: str) -> None:
    """Remember that a key of the current tenant has signed a token, if the token expires at all."""
    expires_at = signed.claims.get("exp")
    if len(token) > _LONGEST_TOKEN or not isinstance(expires_at, int):
        return
    verified = _Verified(key, kid, signed.typ, json.dumps(signed.claims), expires_at)
    with _lock:
        _held[_name(token)] = verified
        while len(_held) > _MOST_TOKENS:
            _held.popitem(last=False)
