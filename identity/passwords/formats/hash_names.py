"""Names of hash functions as other platforms write them, resolved to the ones of `hashlib`."""

import hashlib
import re

from common.errors import AppError

_ALIASES = {
    "rmd160": "ripemd160",
    "ripemd": "ripemd160",
    "blake2b512": "blake2b",
    "blake2s256": "blake2s",
    "shake128": "shake_128",
    "shake256": "shake_256",
}
_SHA_FAMILY = re.compile(r"sha-?(?P<bits>1|224|256|384|512)")


def resolve_hash_name(name: str) -> str:
    """Return the `hashlib` name of a hash, however spelled: `SHA-256`, `RSA-SHA512`, `sha3-256`.

    Raises `password.unsupported_legacy_hash_algorithm`.
    """
    candidate = name.lower().removeprefix("rsa-")
    family = _SHA_FAMILY.fullmatch(candidate)
    if family:
        candidate = "sha" + family["bits"]
    candidate = _ALIASES.get(candidate, candidate)
    for spelling in (candidate, candidate.replace("-", "_").replace("/", "_")):
        # Without the first condition OpenSSL would also accept ciphers' and test providers' names.
        if spelling in hashlib.algorithms_available:
            try:
                hashlib.new(spelling, usedforsecurity=False)
            except ValueError:
                break
            return spelling
    raise AppError("password.unsupported_legacy_hash_algorithm")
