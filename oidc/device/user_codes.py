"""The codes that people read off a device and type elsewhere (RFC 8628 section 6.1)."""

import re
import secrets

# Consonants: no word comes of them, and none looks like a digit.
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8

# Characters of what somebody typed that are looked at.
LONGEST_TYPED = 64

_IGNORED = re.compile(r"[\W_]")


def new_user_code() -> str:
    """Draw the bare letters of a code: one of 25.6 thousand million."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(user_code: str) -> str:
    """Return a code as devices and pages show it."""
    return f"{user_code[: LENGTH // 2]}-{user_code[LENGTH // 2 :]}"


def find_letters(typed: str) -> str | None:
    """Return the bare letters of a code as somebody typed it, in any case and with any punctuation.

    `None` for what cannot be a code.
    """
    letters = _IGNORED.sub("", typed).upper()
    return letters if len(letters) == LENGTH and not set(letters) - set(ALPHABET) else None
