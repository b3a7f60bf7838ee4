"""Files as they should not be: each story is one that held a request or an import up, or changed what a cell said."""

from itertools import islice
from typing import Any

import pytest

from common.errors import AppError
from identity.imports import layouts
from identity.imports.files import BytesFile
from identity.imports.layouts import RawRow, find_form, read_rows
from identity.imports.window import MAX_ROW_BYTES


def _rows(content: bytes) -> list[RawRow]:
    """The first rows; a thousand stand for a file that never ends."""
    file = BytesFile(content)
    return list(islice(read_rows(file, find_form(file)), 1_000))


def _code(row: RawRow) -> str:
    return row.error.code if row.error else ""


@pytest.mark.parametrize(
    "content", [b"[}", b'{"users": [}', b'[{"username": "alice"}, }', b'[{"username": "alice"}, {"a']
)
def test_a_document_that_is_none_ends(content: bytes) -> None:
    """A bracket that closes nothing was a row of no bytes, again and again, up to the most rows of an import."""
    last = _rows(content)[-1]

    assert (last.values, last.end) == (None, len(content))
    assert _code(last) == "user_import.malformed_row"


def test_apostrophes_within_a_cell_stay() -> None:
    """The apostrophe that guards a formula was taken from the middle of a cell, too: names and passwords changed."""
    [row] = _rows(b"username,name,phone,quoted\nbob,Rock'-n-Roll,'+15551234567,''tis\n")

    assert row.values == {"username": "bob", "name": "Rock'-n-Roll", "phone": "+15551234567", "quoted": "'tis"}


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\x0b", "\x1c"])
def test_a_cell_may_have_what_ends_lines_elsewhere(separator: str) -> None:
    """Exports do not quote such a cell, and imports read two rows of one."""
    [row] = _rows(f"username,name\nbob,a{separator}b\n".encode())

    assert row.values == {"username": "bob", "name": f"a{separator}b"}


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b'\n\n{"username": "alice"}\n\n \n{"username": "bob"}\n', [3, 6]),
        (b"\nusername\n\nalice\n\r\n  \nbob\n", [4, 7]),
        (b'\n[\n{"username": "alice"},\n\n,{"username":\n"bob"}]', [3, 5]),
    ],
)
def test_lines_are_counted_over_empty_ones(content: bytes, lines: list[int]) -> None:
    """What is empty is passed over at once, and the next row still knows its line."""
    rows = _rows(content)

    assert [row.line for row in rows] == lines
    assert [row.values for row in rows] == [{"username": "alice"}, {"username": "bob"}]


def test_a_file_that_is_mostly_empty_is_passed_over_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """32 MB of line breaks were read as 32 million rows while the upload waited."""
    asked: list[int] = []

    def read(line: bytes) -> dict[str, Any]:
        asked.append(len(line))
        return {"username": "alice"}

    monkeypatch.setattr(layouts, "_object_of", read)

    assert len(_rows(b'{"username": "alice"}\n' + b"\n" * 3_000_000)) == 1
    # The form is found by the first line, and the row is read.
    assert asked == [22, 22]


def test_a_quotation_mark_that_nothing_closes_costs_one_row() -> None:
    """The record was put together line by line, each time from its beginning: one row took minutes."""
    rows = _rows(b'username,name\n"alice,x\n' + b"\n" * MAX_ROW_BYTES + b"bob,y\n")

    assert [(row.line, row.values) for row in rows] == [
        (2, None),
        (3 + MAX_ROW_BYTES, {"username": "bob", "name": "y"}),
    ]


def test_users_are_looked_for_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document without users was searched to its end, millions of brackets long, while the upload waited."""
    monkeypatch.setattr(layouts, "_MOST_TOKENS", 100)

    assert _rows(b'{"a": ' + b"[]" * 20 + b', "users": [{"username": "alice"}]}')[0].values == {"username": "alice"}
    with pytest.raises(AppError) as refused:
        find_form(BytesFile(b'{"a": ' + b"[]" * 60 + b', "users": [{"username": "alice"}]}'))
    assert refused.value.code == "user_import.unknown_format"


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e999"])
def test_numbers_that_are_none_make_a_row_malformed(value: str) -> None:
    """`1e999` became infinity, which PostgreSQL refuses: the whole batch was written row by row."""
    rows = _rows(f'{{"username": "alice"}}\n{{"username": "bob", "customData": {{"a": {value}}}}}\n'.encode())

    assert [_code(row) for row in rows] == ["", "user_import.malformed_row"]
