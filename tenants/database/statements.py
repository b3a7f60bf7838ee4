"""Hand-written statements of the hot paths, sent straight to psycopg as prepared ones.

Django's cursors bind parameters into the text on the client, so PostgreSQL plans a statement anew each time; under row
security, planning costs more than most of these statements take. The tenant's scope is followed as everywhere. Where
somebody counts or wraps statements, they go through Django's cursor and are seen.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple, cast

import psycopg
from django.db import connection, connections
from psycopg.types.datetime import TimestamptzLoader

from tenants.database.base import DatabaseWrapper

Parameters = Sequence[Any] | Mapping[str, Any]

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


def _execute(sql: str, parameters: Parameters, scoped: bool) -> Any:
    wrapper = cast(DatabaseWrapper, connections[connection.alias])
    if wrapper.queries_logged or wrapper.execute_wrappers:
        cursor = connection.cursor()
        cursor.execute(sql, parameters)
        return cursor
    with wrapper.wrap_database_errors:
        opened = psycopg.Cursor(wrapper.open(scoped=scoped))
        # psycopg's own, which is compiled; Django's takes 3 µs for each moment, and a token has nine.
        opened.adapters.register_loader("timestamptz", TimestamptzLoader)
        return opened.execute(cast(Any, sql), parameters, prepare=True)


def fetch_one(sql: str, parameters: Parameters, *, scoped: bool = True) -> tuple[Any, ...] | None:
    """Return the first row, `None` where there is none.

    `scoped=False` is for tables that no tenant owns: the statement runs under whatever scope the connection has.
    """
    with _execute(sql, parameters, scoped) as cursor:
        return cast(tuple[Any, ...] | None, cursor.fetchone())


def fetch_all(sql: str, parameters: Parameters) -> list[tuple[Any, ...]]:
    """Return every row."""
    with _execute(sql, parameters, True) as cursor:
        return cast(list[tuple[Any, ...]], cursor.fetchall())


def write(sql: str, parameters: Parameters) -> int:
    """Return how many rows a statement changed. Raises Django's `IntegrityError` and the like."""
    with _execute(sql, parameters, True) as cursor:
        return int(cursor.rowcount)


def write_rows(rows: Sequence[NewRow], *, when: str = "", parameters: Sequence[Any] = (), result: str = "1") -> Any:
    """Write rows, all or none, in one statement that is its own transaction; return `result` of `when`.

    `when` is a condition in SQL: the body of a common table expression `done (…)` and of `fit`, from which rows follow.
    """
    parts = [when or "fit AS (SELECT 1)"]
    for number, row in enumerate(rows):
        target, places = row.words
        parts.append(f"row{number} AS (INSERT INTO {target} SELECT {places} FROM fit)")  # noqa: S608 - our words
    statement = f"WITH {', '.join(parts)} SELECT {result} FROM {'done' if when else 'fit'}"  # noqa: S608 - our words
    found = fetch_one(statement, [*parameters, *chain.from_iterable(row.parameters for row in rows)])
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
