"""The one form of a password that is judged, hashed and compared (RFC 8265 section 4.2, NIST SP 800-63B).

`é` is one character on one keyboard and two on another: without this, a password that is set on one device would be
refused on the other.
"""

import unicodedata

#: The longest password, in characters of its prepared form; at most 4,096 bytes.
MAX_PASSWORD_LENGTH = 1024

# Composed, a text has no fewer than a quarter of its characters; what is longer is not even looked at.
_MAX_TYPED_LENGTH = 4 * MAX_PASSWORD_LENGTH


def prepare_password(password: str) -> str:
    """Return the password composed (NFC), every kind of space as the ASCII one. Case and the rest stay as they are."""
    if password.isascii():
        return password
    spaced = "".join(" " if unicodedata.category(character) == "Zs" else character for character in password)
    return unicodedata.normalize("NFC", spaced)


def is_too_long(password: str) -> bool:
    """Return whether the password, as typed, is longer than any may be."""
    return len(password) > _MAX_TYPED_LENGTH or len(prepare_password(password)) > MAX_PASSWORD_LENGTH
