"""MD5, SHA-1 and SHA-256 of the bare password in hexadecimal, for imported users until they sign in."""

import hashlib
import hmac
import re

from common.errors import AppError

_HEX = re.compile(r"[0-9a-fA-F]+")


class PlainDigestFormat:
    """A fast, unsalted hash; `name` is the name `hashlib` knows it by."""

    is_costly = False
    needs_decoy = True

    def __init__(self, name: str) -> None:
        self._name = name
        self._hex_length = 2 * hashlib.new(name, usedforsecurity=False).digest_size

    def validate(self, digest: str) -> None:
        if len(digest) != self._hex_length or not _HEX.fullmatch(digest):
            raise AppError("password.unsupported_encryption_method")

    def verify(self, password: bytes, digest: str) -> bool:
        self.validate(digest)
        actual = hashlib.new(self._name, password, usedforsecurity=False).hexdigest()
        return hmac.compare_digest(actual, digest.lower())
