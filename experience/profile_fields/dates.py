"""Dates in the form that a field has: day, month and year in digits, in an order of the tenant's. Pure rules."""

import re
from datetime import date

ISO = "yyyy-MM-dd"
CUSTOM = "custom"
FORMATS = ("MM/dd/yyyy", "dd/MM/yyyy", ISO, CUSTOM)

_BIRTHDATE_WITHOUT_YEAR = "0000-MM-dd"
_KINDS = frozenset("yMd")
_TOKEN = re.compile(r"[A-Za-z]+|[^A-Za-z]+")
_DIGITS = {
    "yyyy": r"(?P<year>[0-9]{4})",
    "MM": r"(?P<month>[0-9]{2})",
    "M": r"(?P<month>[0-9]{1,2})",
    "dd": r"(?P<day>[0-9]{2})",
    "d": r"(?P<day>[0-9]{1,2})",
}
_FIRST = {"year": 4, "month": 1, "day": 1}  # 4 is a leap year: 29 February needs no year


def is_format(text: str) -> bool:
    """Whether the text is made of `yyyy`, `MM` or `M`, `dd` or `d`, each at most once, and signs between them."""
    letters = [token for token in _TOKEN.findall(text) if token.isalpha()]
    kinds = [token[0] for token in letters]
    return bool(letters) and all(token in _DIGITS for token in letters) and len(kinds) == len(set(kinds))


def is_whole(date_format: str) -> bool:
    """Whether a date of this form has day, month and year."""
    return _kinds(date_format) == _KINDS


def read_date(text: str, date_format: str) -> date | None:
    """Return the date that the text is in this form, `None` if it is none; what the form leaves out is arbitrary."""
    pattern = "".join(_DIGITS.get(token) or re.escape(token) for token in _TOKEN.findall(date_format))
    match = re.fullmatch(pattern, text)
    if match is None:
        return None
    try:
        return date(**{**_FIRST, **{name: int(digits) for name, digits in match.groupdict().items()}})
    except ValueError:
        return None


def write_date(day: date, date_format: str) -> str:
    """Return the date in this form."""
    written = {
        "yyyy": f"{day.year:04}",
        "MM": f"{day.month:02}",
        "M": str(day.month),
        "dd": f"{day.day:02}",
        "d": str(day.day),
    }
    return "".join(written.get(token, token) for token in _TOKEN.findall(date_format))


def read_birthdate(text: str, date_format: str) -> date | None:
    """Return the date that the claim `birthdate` is, `None` if it is none or lacks what this form has."""
    if _kinds(date_format) == {"y"} and (year := read_date(text, "yyyy")):
        return year
    without_year = None if "y" in date_format else read_date(text, _BIRTHDATE_WITHOUT_YEAR)
    return without_year or read_date(text, ISO)


def write_birthdate(day: date, date_format: str) -> str:
    """Return a date that was read in this form as the claim `birthdate` (OpenID Connect Core 1.0 section 5.1).

    `0000-MM-dd` without a year, `yyyy` for a year alone; else `yyyy-MM-dd`.
    """
    if _kinds(date_format) == {"y"}:
        return write_date(day, "yyyy")
    return write_date(day, ISO if "y" in date_format else _BIRTHDATE_WITHOUT_YEAR)


def _kinds(date_format: str) -> frozenset[str]:
    return _KINDS & set(date_format)
