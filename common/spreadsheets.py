"""Cells of CSV that a spreadsheet would run as a formula (CWE-1236): an apostrophe in front makes a text of them."""

import csv
import io
import re
from collections.abc import Iterable

# An apostrophe is guarded too, so that a cell which begins with one comes back as it was.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "'")
_GUARDED = re.compile(r"\A'(?=[=+\-@\t\r'])")


def guard_cell(text: str) -> str:
    """Return a cell that is shown and not run."""
    return f"'{text}" if text.startswith(_RUNS) else text


def unguard_cell(text: str) -> str:
    """Return the text that `guard_cell` has guarded."""
    return _GUARDED.sub("", text)


def csv_lines(rows: Iterable[Iterable[str]]) -> bytes:
    """Return rows as CSV (RFC 4180) in UTF-8, with no cell that a spreadsheet runs."""
    written = io.StringIO()
    csv.writer(written).writerows([guard_cell(cell) for cell in row] for row in rows)
    return written.getvalue().encode()
