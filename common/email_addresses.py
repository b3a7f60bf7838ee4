"""Email addresses: their form, the form in which they are compared, and their domain (RFC 5321, 6531 and 5890)."""

import re
import string
import unicodedata

from common.domains import canonical_domain, is_host_name

MAX_EMAIL_LENGTH = 128

# Of the wire's `\S+@\S+\.\S+` without what could be read as two addresses, a comment, or a header of its own.
_FORM = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ud800-\udfff]")
_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def has_email_form(email: str) -> bool:
    """Return whether the text is one email address, of any host: a mail server may know hosts that DNS does not.

    Its local part must be composed (RFC 6532 section 3.1): decomposed, the same letters would be another address.
    """
    if not email or len(email) > MAX_EMAIL_LENGTH or _UNPRINTABLE.search(email) or not _FORM.fullmatch(email):
        return False
    local, domain = split_email(email)
    return (
        unicodedata.is_normalized("NFC", local)
        and is_host_name(domain)
        and len(normalize_email(email)) <= MAX_EMAIL_LENGTH
    )


def is_valid_email(email: str) -> bool:
    """Return whether the text is one email address that can be stored and written to: its domain must be one that DNS
    can hold, with two labels at least.
    """
    return has_email_form(email) and "." in email_domain(email)


def normalize_email(email: str) -> str:
    """Return the form in which two addresses are compared: the domain as DNS sees it, the local part in lower case.

    Of the local part only ASCII letters lose their case. Unicode's case mapping folds different letters into one (the
    Kelvin sign becomes `k`, the dotless i meets `I`), which would let somebody with a look-alike mailbox reach
    another user's account.
    """
    stripped = email.strip(string.whitespace)
    return with_canonical_domain(stripped).translate(_ASCII_LOWER)


def with_canonical_domain(email: str) -> str:
    """Return the address with its domain as DNS sees it and its local part as it stands."""
    local, domain = split_email(email)
    return f"{local}@{canonical_domain(domain)}" if domain else email


def split_email(email: str) -> tuple[str, str]:
    """Return local part and domain as they stand; the domain is empty if there is no `@`."""
    local, at, domain = email.rpartition("@")
    return (local, domain) if at else (email, "")


def email_domain(email: str) -> str:
    """Return the canonical domain of an address, for every rule about domains; empty if there is none."""
    return canonical_domain(split_email(email)[1])
