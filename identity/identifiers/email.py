"""E-mail addresses: their form, the form in which they are compared, and their domain."""

import re
import string

from common.domains import canonical_domain
from common.errors import AppError

MAX_EMAIL_LENGTH = 128

# Of the wire's `\S+@\S+\.\S+` without what could be read as two addresses, a comment, or a header of its own.
_FORM = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\.]+(?:\.[^\s@<>()\[\],;:\"\\.]+)+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ud800-\udfff]")
_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def is_valid_email(email: str) -> bool:
    """Return whether the text is one e-mail address that can be stored."""
    if not email or len(email) > MAX_EMAIL_LENGTH or _UNPRINTABLE.search(email):
        return False
    return _FORM.fullmatch(email) is not None


def assert_valid_email(email: str) -> None:
    """Raise `user.invalid_email`, or `entity.value_too_long` for more than 128 characters."""
    if len(email) > MAX_EMAIL_LENGTH:
        raise AppError("entity.value_too_long", data={"message": "primaryEmail"})
    if not is_valid_email(email):
        raise AppError("user.invalid_email")


def normalize_email(email: str) -> str:
    """Return the form in which two addresses are compared.

    Only ASCII letters lose their case. Unicode's case mapping folds different letters into one (the Kelvin
    sign becomes `k`, the dotless i meets `I`), which would let somebody with a look-alike mailbox reach
    another user's account.
    """
    return email.strip(string.whitespace).translate(_ASCII_LOWER)


def split_email(email: str) -> tuple[str, str]:
    """Return local part and domain as they stand; the domain is empty where there is no `@`."""
    local, at, domain = email.rpartition("@")
    return (local, domain) if at else (email, "")


def email_domain(email: str) -> str:
    """Return the canonical domain of an address, for every rule about domains; empty where there is none."""
    return canonical_domain(split_email(email)[1])
