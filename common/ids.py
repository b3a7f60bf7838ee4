"""Identifiers and secrets, drawn from the operating system's random source."""

import secrets
import string

_ID_ALPHABET = string.digits + string.ascii_lowercase
_SECRET_ALPHABET = string.digits + string.ascii_letters


def _draw(alphabet: str, length: int) -> str:
    """Draw with one call: bytes past the last whole multiple of the alphabet are thrown away, so all are as likely."""
    size = len(alphabet)
    limit = 256 - 256 % size
    drawn: list[str] = []
    while len(drawn) < length:
        drawn += [alphabet[byte % size] for byte in secrets.token_bytes(2 * length) if byte < limit]
    return "".join(drawn[:length])


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
