"""How rows stand in a file: a JSON object a line, CSV, or the items of an array in a JSON document.

Each layout is read from the byte where a row begins, so that an import goes on where it stopped.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from common.errors import AppError
from common.spreadsheets import unguard_cell
from common.strict_json import parse_json
from identity.imports.errors import RowError
from identity.imports.window import MAX_ROW_BYTES, FileBytes, Window

_BOM = b"\xef\xbb\xbf"
_DELIMITERS = (",", ";", "\t")
_MAX_COLUMNS = 256
# The one CSV without a header that is read: Firebase's, by the places of its cells. The comma at the end of each row
# makes one more; older files end with the number.
_FIREBASE_COLUMNS = (
    *("localId", "email", "emailVerified", "passwordHash", "salt", "displayName", "photoUrl"),
    *(
        f"{provider}/{name}"
        for provider in ("google.com", "facebook.com", "twitter.com", "github.com")
        for name in ("rawId", "email", "displayName", "photoUrl")
    ),
    *("createdAt", "lastSignedInAt", "phoneNumber", "disabled", "customAttributes", ""),
)
_FEWEST_FIREBASE_CELLS = 26
_MAX_COLUMN_NAME = 128
# A string, complete or begun, or what opens and closes objects and arrays.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["{}\[\]]', re.DOTALL)
_AFTER_NAME = re.compile(rb"\s*:\s*\[")
#: What a document's array of users is called; Firebase and Keycloak agree.
_ARRAY = b'"users"'
# Before it, in a document. A realm of Keycloak has its users behind its clients, roles and groups.
_MOST_TOKENS = 1_000_000
# What may stand between rows is passed over at the speed of C: a file may have nothing else.
_SPACE = re.compile(rb"\s*")
_SPACE_OR_COMMA = re.compile(rb"[\s,]*")
_EMPTY_LINES = re.compile(rb"(?:\s*\n)?")
# The lines of a record: a quoted cell may hold line breaks (RFC 4180 section 2).
_RECORD = re.compile(rb'(?:[^"\n]++|"[^"]*+")*+\n')


class FileForm(NamedTuple):
    """How a file is laid out, and where its first row begins. `header` is `{delimiter, columns}` of a CSV file."""

    layout: str
    position: int
    line: int
    header: Mapping[str, Any] = {}


class RawRow(NamedTuple):
    """A row, or why there is none; the next one begins at byte `end`, in line `end_line`."""

    line: int
    end: int
    end_line: int
    values: Mapping[str, Any] | None
    error: RowError | None = None


def find_form(file: FileBytes) -> FileForm:
    """Look at the beginning of a file. Raises `user_import.unknown_format`."""
    window = Window(file, 0)
    window.extend()
    if window.buffer.startswith(_BOM):
        window.at = len(_BOM)
    lines = 1 + window.pass_over(_SPACE)
    first = window.peek()
    if first == b"[":
        window.at += 1
        return FileForm("json", window.position, lines)
    if first == b"{":
        line = window.line()
        document = None if line is None else _object_of(line)
        if document is not None and not isinstance(document.get("users"), list):
            return FileForm("ndjson", window.position, lines)
        return _find_array(window, lines)
    return _csv_form(window, lines)


def read_rows(file: FileBytes, form: FileForm) -> Iterator[RawRow]:
    """Yield the rows from the form's position on; a row that cannot be read has an error and is passed over."""
    return _READERS[form.layout](Window(file, form.position), form)


def _unknown() -> AppError:
    return AppError("user_import.unknown_format")


def _object_of(text: bytes) -> dict[str, Any] | None:
    try:
        value = parse_json(text.decode("utf-8"))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _find_array(window: Window, lines: int) -> FileForm:
    """Find the array of users of a document, among whatever else the document has."""
    depth = 0
    for _ in range(_MOST_TOKENS):
        token = _TOKEN.search(window.buffer, window.at)
        if token is None or (token[0] == b'"' and window.length <= 4 * MAX_ROW_BYTES):
            if token is None:
                lines += window.buffer.count(b"\n", window.at)
                window.at = len(window.buffer)
            if not window.extend():
                raise _unknown()
            continue
        if token[0] == b'"':
            raise _unknown()
        lines += window.buffer.count(b"\n", window.at, token.end())
        window.at = token.end()
        if token[0] == _ARRAY and depth == 1:
            while window.length < 64 and window.extend():
                pass
            if found := _AFTER_NAME.match(window.buffer, window.at):
                lines += window.buffer.count(b"\n", window.at, found.end())
                window.at = found.end()
                return FileForm("json", window.position, lines)
        depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(token[0], 0)
    raise _unknown()


def _csv_form(window: Window, lines: int) -> FileForm:
    line = window.line()
    try:
        text = "" if line is None else line.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise _unknown() from None
    if _is_of_firebase(text):
        return FileForm("csv", window.position, lines, {"delimiter": ",", "columns": list(_FIREBASE_COLUMNS)})
    delimiter = max(_DELIMITERS, key=text.count)
    columns = [column.strip() for column in _cells(text, delimiter) or []]
    is_header = columns and all(0 < len(column) <= _MAX_COLUMN_NAME for column in columns)
    if not is_header or len(columns) > _MAX_COLUMNS or len(set(columns)) != len(columns) or "\x00" in text:
        raise _unknown()
    window.at += len(line or b"")
    return FileForm("csv", window.position, lines + 1, {"delimiter": delimiter, "columns": columns})


def _is_of_firebase(text: str) -> bool:
    cells = _cells(text, ",") or []
    if not _FEWEST_FIREBASE_CELLS <= len(cells) <= len(_FIREBASE_COLUMNS):
        return False
    by_name = dict(zip(_FIREBASE_COLUMNS, cells, strict=False))
    return bool(by_name["localId"]) and by_name["emailVerified"] in ("true", "false") and by_name["createdAt"].isdigit()


def _cells(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), None)
    except csv.Error:
        return None


def _read_lines(window: Window, form: FileForm) -> Iterator[RawRow]:
    number = form.line + window.pass_over(_SPACE)
    while (line := window.line()) != b"":
        if line is None:
            window.skip_line()
            error: RowError | None = RowError("user_import.row_too_long")
            values = None
        else:
            window.at += len(line)
            values = _object_of(line)
            error = RowError("user_import.malformed_row") if values is None else None
        yield RawRow(number, window.position, number + 1, values, error)
        number += 1 + window.pass_over(_SPACE)


def _read_csv(window: Window, form: FileForm) -> Iterator[RawRow]:
    number = form.line
    columns, delimiter = form.header["columns"], form.header["delimiter"]
    while True:
        number += window.pass_over(_EMPTY_LINES)
        record = _csv_record(window)
        if record == b"":
            return
        if record is None:
            # A quotation mark that nothing closes: the rows after it may be sound.
            window.skip_line()
            yield RawRow(number, window.position, number + 1, None, RowError("user_import.row_too_long"))
            number += 1
            continue
        window.at += len(record)
        after = number + max(1, record.count(b"\n"))
        if record.strip():
            values = _csv_values(record, columns, delimiter)
            error = RowError("user_import.malformed_row") if values is None else None
            yield RawRow(number, window.position, after, values, error)
        number = after


def _csv_record(window: Window) -> bytes | None:
    """Return the next record, at the end of the file whatever is left; `None` if it is too long."""
    while True:
        if found := _RECORD.match(window.buffer, window.at, window.at + MAX_ROW_BYTES):
            return found[0]
        if window.length > MAX_ROW_BYTES:
            return None
        if not window.extend():
            return window.buffer[window.at :]


def _csv_values(record: bytes, columns: list[str], delimiter: str) -> dict[str, Any] | None:
    try:
        # Of the characters that end lines elsewhere, CSV knows two.
        text = io.StringIO(record.decode("utf-8"), newline="")
        rows = list(csv.reader(text, delimiter=delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None
    if len(rows) != 1 or len(rows[0]) > len(columns):
        return None
    return {column: unguard_cell(cell) for column, cell in zip(columns, rows[0], strict=False)}


def _read_items(window: Window, form: FileForm) -> Iterator[RawRow]:
    number = form.line
    while True:
        number += window.pass_over(_SPACE_OR_COMMA)
        if window.peek() in (b"]", b""):
            return
        end = _item_end(window)
        if end is None:
            # Where the next item begins is not to be known.
            is_long = window.length > MAX_ROW_BYTES
            _skip_all(window)
            code = "user_import.row_too_long" if is_long else "user_import.malformed_row"
            yield RawRow(number, window.position, number, None, RowError(code))
            return
        text = window.buffer[window.at : end]
        window.at = end
        after = number + text.count(b"\n")
        values: dict[str, Any] | None = None
        error: RowError | None = RowError("user_import.row_too_long")
        if len(text) <= MAX_ROW_BYTES:
            values = _object_of(text)
            error = RowError("user_import.malformed_row") if values is None else None
        yield RawRow(number, window.position, after, values, error)
        number = after


def _skip_all(window: Window) -> None:
    while window.extend():
        window.at = len(window.buffer)
    window.at = len(window.buffer)


def _item_end(window: Window) -> int | None:
    """Return where in the buffer the item that comes next ends, `None` if it is too long, or is none and never does."""
    while True:
        depth = 0
        for token in _TOKEN.finditer(window.buffer, window.at):
            if token[0] == b'"':
                break
            depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(token[0], 0)
            if depth < 0:
                return token.start() if token.start() > window.at else None
            if depth == 0 and token.start() > window.at:
                return token.end()
            if depth == 0:
                # A text, or an empty object: no user.
                return token.end()
        if window.length > MAX_ROW_BYTES or not window.extend():
            return None


_READERS: Mapping[str, Callable[[Window, FileForm], Iterator[RawRow]]] = {
    "ndjson": _read_lines,
    "csv": _read_csv,
    "json": _read_items,
}
