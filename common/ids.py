"""Identifiers and secrets, drawn from the operating system's random source."""

import secrets
import string

_ID_ALPHABET = string.digits + string.ascii_lowercase
_SECRET_ALPHABET = string.digits + string.ascii_letters


def _table(alphabet: str) -> tuple[bytes, bytes]:
    """Return the character of each byte, and the bytes past the last whole multiple of the alphabet."""
    size = len(alphabet)
    return bytes(ord(alphabet[byte % size]) for byte in range(256)), bytes(range(256 - 256 % size, 256))


_TABLES = {alphabet: _table(alphabet) for alphabet in (_ID_ALPHABET, _SECRET_ALPHABET)}


def _draw(alphabet: str, length: int) -> str:
    """Draw with one call: bytes past the last whole multiple of the alphabet are thrown away, so all are as likely."""
    table, unfair = _TABLES[alphabet]
    drawn = b""
    while len(drawn) < length:
        drawn += secrets.token_bytes(2 * length).translate(table, unfair)
    return drawn[:length].decode()


def new_id() -> str:
    """Return a 21-character lower-case identifier, the form of every entity but those of `new_short_id`."""
    return _draw(_ID_ALPHABET, 21)


def new_short_id() -> str:
    """Return a 12-character lower-case identifier: users, organizations and connectors."""
    return _draw(_ID_ALPHABET, 12)


def new_secret(length: int = 32) -> str:
    """Return an alphanumeric secret; 32 characters carry about 190 bits."""
    return _draw(_SECRET_ALPHABET, length)


def new_token() -> str:
    """Return an opaque token of 43 base64url characters (256 bits) without a dot, so it never looks like a JWT."""
    return secrets.token_urlsafe(32)


def new_code(digits: int = 6) -> str:
    """Return a numeric one-time code with leading zeros kept."""
    return str(secrets.randbelow(10**digits)).zfill(digits)
