"""Hand-written statements of the hot paths, sent as prepared ones.

Django's cursors bind parameters into the text on the client, so PostgreSQL plans a statement anew each time; under row
security, planning costs more than most of these statements take. The tenant's scope is followed as everywhere. Where
somebody counts or wraps statements, they go through Django's cursor and are seen.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple, cast

from django.db import connection, connections

from tenants.database.base import DatabaseWrapper
from tenants.database.conflicts import run_again_on_conflict
from tenants.database.prepared import Parameters

_to_json = json.JSONEncoder(default=str).encode


class NewRow(NamedTuple):
    """A row that is to be written in the same statement as others; build it with `new_row`."""

    table: str
    columns: tuple[str, ...]
    # Further columns, which hold documents; their parameters are the last, as texts.
    documents: tuple[str, ...]
    parameters: tuple[Any, ...]

    @property
    def words(self) -> tuple[str, str]:
        """What stands after `INSERT INTO`, and the places of the parameters."""
        return _words(self.table, self.columns, self.documents)


def new_row(table: str, *, json: Mapping[str, str] | None = None, **columns: Any) -> NewRow:
    """Return a row of a table; `json` are columns that hold a document, as text. Names are our own words."""
    documents = json or {}
    return NewRow(table, tuple(columns), tuple(documents), (*columns.values(), *documents.values()))


@cache
def _words(table: str, columns: tuple[str, ...], documents: tuple[str, ...]) -> tuple[str, str]:
    places = ["%s"] * len(columns) + ["%s::jsonb"] * len(documents)
    return f"{table} ({', '.join((*columns, *documents))})", ", ".join(places)


def _execute(sql: str, parameters: Parameters, scoped: bool = True) -> tuple[list[tuple[Any, ...]], int]:
    """The rows, and how many were found or changed."""
    wrapper = cast(DatabaseWrapper, connections[connection.alias])
    if wrapper.queries_logged or wrapper.execute_wrappers:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else [], cursor.rowcount
    with wrapper.wrap_database_errors:
        return wrapper.prepared(scoped=scoped).execute(sql, parameters)


def fetch_one(sql: str, parameters: Parameters, *, scoped: bool = True) -> tuple[Any, ...] | None:
    """Return the first row, `None` where there is none.

    `scoped=False` is for tables that no tenant owns: the statement runs under whatever scope the connection has.
    """
    rows, _ = _execute(sql, parameters, scoped)
    return rows[0] if rows else None


def fetch_all(sql: str, parameters: Parameters) -> list[tuple[Any, ...]]:
    """Return every row."""
    return _execute(sql, parameters)[0]


def write(sql: str, parameters: Parameters) -> int:
    """Return how many rows a statement changed. Raises Django's `IntegrityError` and the like."""
    return _execute(sql, parameters)[1]


def write_rows(rows: Sequence[NewRow], *, when: str = "", parameters: Sequence[Any] = (), result: str = "1") -> Any:
    """Write rows, all or none, in one statement that is its own transaction; return `result` of `when`.

    `when` is a condition in SQL: the body of a common table expression `done (…)` and of `fit`, from which rows follow.
    """
    parts = [when or "fit AS (SELECT 1)"]
    for number, row in enumerate(rows):
        target, places = row.words
        parts.append(f"row{number} AS (INSERT INTO {target} SELECT {places} FROM fit)")  # noqa: S608 - our words
    statement = f"WITH {', '.join(parts)} SELECT {result} FROM {'done' if when else 'fit'}"  # noqa: S608 - our words
    given = [*parameters, *chain.from_iterable(row.parameters for row in rows)]
    found = run_again_on_conflict(lambda: fetch_one(statement, given))
    return None if found is None else found[0]


def insert_rows(rows: Sequence[NewRow]) -> None:
    """Insert rows that have the same columns, all or none.

    They are one parameter, a document: to bind each value of each row costs several times as much, and a statement for
    each number of rows could not be prepared.
    """
    first = rows[0]
    names = ", ".join((*first.columns, *first.documents))
    source = f"json_populate_recordset(NULL::{first.table}, %s::json)"
    statement = f"INSERT INTO {first.table} ({names}) SELECT {names} FROM {source}"  # noqa: S608 - our words
    write(statement, [f"[{','.join(map(_as_json, rows))}]"])


def _as_json(row: NewRow) -> str:
    values = dict(zip(row.columns, row.parameters, strict=False))
    held = row.parameters[len(row.columns) :]
    documents = [f', "{name}": {text}' for name, text in zip(row.documents, held, strict=True)]
    return f"{_to_json(values)[:-1]}{''.join(documents)}}}"
