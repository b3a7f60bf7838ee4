"""Phone numbers: E.164 digits without the plus sign (ITU-T E.164)."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from common.errors import AppError

_DIGITS = re.compile(r"[0-9]{1,32}")
_TYPED = re.compile(r"\+?[0-9 ().\-]{1,40}")
_PUNCTUATION = str.maketrans("", "", "+ ().-")


def is_valid_phone(phone: str) -> bool:
    """Return whether the text has the wire's form of a number: digits alone."""
    return _DIGITS.fullmatch(phone) is not None


def normalize_phone(phone: str) -> str:
    """Return the one form of an international number: digits without `+`, without a national prefix.

    The number must be possible in its country's plan. Whether its range is in use today is left to the
    message that confirms it: numbering plans grow faster than any table. Raises `user.invalid_phone`.
    """
    if not _TYPED.fullmatch(phone):
        raise AppError("user.invalid_phone")
    try:
        number = phonenumbers.parse("+" + phone.translate(_PUNCTUATION))
    except NumberParseException:
        raise AppError("user.invalid_phone") from None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise AppError("user.invalid_phone")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")


def calling_code(phone: str) -> str:
    """Return the country calling code of a number; the first three digits of one outside of any plan."""
    digits = phone.translate(_PUNCTUATION)
    try:
        return str(phonenumbers.parse("+" + digits).country_code)
    except NumberParseException:
        return digits[:3]
