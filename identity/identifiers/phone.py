"""Phone numbers: E.164 digits without the plus sign (ITU-T E.164), however a number is customarily written."""

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from common.errors import AppError

# In characters as typed: the longest number has 15 digits, and no writing of it doubles every one of them.
MAX_TYPED_LENGTH = 64

_SHORTEST = 4

_DIGITS = re.compile(r"[0-9]{1,32}")
_TYPED = re.compile(r"\+?[0-9 ()./\-]{1,40}")
_PUNCTUATION = str.maketrans("", "", "+ ()./-")

# Prefixes that a country has given up, by its calling code: people, and their address books, still write them. Mexico
# dropped the 1 of mobile numbers, and 01, 044 and 045 before them, on 3 August 2019.
_FORMER_PREFIXES = {52: re.compile(r"(?:1|01|044|045)(?=[0-9]{10}\Z)")}


def is_valid_phone(phone: str) -> bool:
    """Return whether the text has the wire's form of a number: digits alone."""
    return _DIGITS.fullmatch(phone) is not None


def looks_like_phone(text: str) -> bool:
    """Return whether the text is written as a number is, of four digits at least, whether or not one can exist."""
    typed = _plain(text)
    return _TYPED.fullmatch(typed) is not None and len(typed.translate(_PUNCTUATION)) >= _SHORTEST


def phone_digits(text: str) -> str:
    """Return what to search numbers by: the one form of a number, or the digits of a part of one; else empty."""
    if not looks_like_phone(text):
        return ""
    try:
        return normalize_phone(text)
    except AppError:
        return _plain(text).translate(_PUNCTUATION)


def normalize_phone(phone: str, *, region: str | None = None) -> str:
    """Return the one form of a number: its international digits without `+`, without a national prefix.

    A number without a country code is of `region` (ISO 3166-1), if one is given and the number fits its plan; in
    that country's manner it may also begin with its international prefix (`0011` in Australia). Digits of any script
    count, and signs that only separate them do not: spaces, hyphens, dots, slashes and parentheses, also
    the non-breaking ones, and marks of direction.

    The number must be possible in its country's plan. Whether its range is in use today is left to the
    message that confirms it: numbering plans grow faster than any table. Raises `user.invalid_phone`.
    """
    typed = _plain(phone)
    if not _TYPED.fullmatch(typed):
        raise AppError("user.invalid_phone")
    national = None if region is None or typed.startswith("+") else _parse(typed, region)
    if national is not None and phonenumbers.is_valid_number(national):
        return _digits(national)
    international = _parse("+" + typed.translate(_PUNCTUATION).removeprefix("00"), None)
    # What fits both ways is of the region, unless only the other reading is a number in use.
    if national is not None and not (international is not None and phonenumbers.is_valid_number(international)):
        return _digits(national)
    if international is None:
        raise AppError("user.invalid_phone")
    return _digits(international)


def _plain(phone: str) -> str:
    """Return the text with every digit, space, hyphen and slash in ASCII; empty if it is too long for a number."""
    if len(phone) > MAX_TYPED_LENGTH:
        return ""
    return "".join(_plain_character(character) for character in phone.strip(" "))


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    match unicodedata.category(character):
        case "Nd":
            return str(unicodedata.decimal(character))
        case "Zs":
            return " "
        case "Pd":
            return "-"
        case "Cf":
            return ""
    return {"\uff0b": "+", "\uff08": "(", "\uff09": ")", "\uff0e": ".", "\uff0f": "/", "\u2212": "-"}.get(
        character, character
    )


def _parse(text: str, region: str | None) -> PhoneNumber | None:
    """Return the number that the text is, or `None` if it is not possible in its country's plan."""
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if (former := _FORMER_PREFIXES.get(number.country_code or 0)) is not None:
        significant = former.sub("", phonenumbers.national_significant_number(number), count=1)
        number = PhoneNumber(country_code=number.country_code, national_number=int(significant))
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    # A prefix may be left in front of the digits (27 00 0000 is read as 27 0 0000): it is no number then, as its one
    # form has to be read as itself.
    return number if phonenumbers.parse("+" + _digits(number)) == number else None


def _digits(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")


def calling_code(phone: str) -> str:
    """Return the country calling code of a number; the first three digits of one outside of any plan."""
    digits = phone.translate(_PUNCTUATION)
    try:
        return str(phonenumbers.parse("+" + digits).country_code)
    except NumberParseException:
        return digits[:3]
