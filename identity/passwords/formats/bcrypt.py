"""bcrypt in the `$2a$`, `$2b$` and `$2y$` encodings, which are computed alike."""

import re

import bcrypt

from common.errors import AppError

# 2^15 rounds take two to three seconds; more would let one imported user occupy a worker at will.
_COSTS = range(4, 16)

# bcrypt reads no more than 72 bytes; refusing longer passwords would lock their owners out.
_READ_BYTES = 72

_SHAPE = re.compile(r"\$2[aby]\$(?P<cost>\d\d)\$[./A-Za-z0-9]{53}")


class BcryptFormat:
    """The password's first 72 bytes count, as in every other implementation."""

    is_costly = True
    needs_decoy = False

    def validate(self, digest: str) -> None:
        match = _SHAPE.fullmatch(digest)
        if match is None or int(match["cost"]) not in _COSTS:
            raise AppError("password.unsupported_encryption_method")

    def verify(self, password: bytes, digest: str) -> bool:
        self.validate(digest)
        try:
            return bcrypt.checkpw(password[:_READ_BYTES], digest.encode("ascii"))
        except ValueError:
            return False
