"""The one form in which identifiers are compared: what the unique columns hold and what look-ups ask for."""

import string
from typing import Literal

from common.errors import AppError
from identity.identifiers import normalize_email, normalize_phone
from identity.username_case import is_case_sensitive

IdentifierKind = Literal["username", "email", "phone"]

_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold the text: no NUL, no lone surrogate."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def username_key(username: str) -> str:
    """Return a username's compared form: as typed, or without regard to case, as the tenant has it."""
    return username if is_case_sensitive() else username.translate(_ASCII_LOWER)


def phone_key(phone: str) -> str:
    """Return a number's compared form: its international digits; a number outside of any plan stays as given."""
    try:
        return normalize_phone(phone)
    except AppError:
        return phone


def identifier_key(kind: IdentifierKind, value: str) -> str:
    """Return the compared form of an identifier of any kind."""
    match kind:
        case "email":
            return normalize_email(value)
        case "phone":
            return phone_key(value)
        case "username":
            return username_key(value)


def recipient_key(channel: Literal["email", "phone"], recipient: str) -> str:
    """Return the form in which recipients of messages are compared and counted."""
    return identifier_key(channel, recipient)


def subject_key(value: str) -> str:
    """Return the form in which attempts against a subject are counted, whatever kind of identifier it is.

    Every spelling that reaches the same account has the same form, so spelling a name differently gives no new tries.
    """
    return normalize_email(phone_key(value.strip(string.whitespace)))
