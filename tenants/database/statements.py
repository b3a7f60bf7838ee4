"""Hand-written statements of the hot paths, sent straight to psycopg as prepared ones.

Django's cursors bind parameters into the text on the client, so PostgreSQL plans a statement anew each time; under row
security, planning costs more than most of these statements take. The tenant's scope is followed as everywhere. Where
somebody counts or wraps statements, they go through Django's cursor and are seen.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple, cast

import psycopg
from django.db import connection, connections

from tenants.database.base import DatabaseWrapper

Parameters = Sequence[Any] | Mapping[str, Any]

_SIZES = (100, 10, 1)


class NewRow(NamedTuple):
    """A row that is to be written in the same statement as others; build it with `new_row`."""

    target: str
    values: str
    parameters: tuple[Any, ...]


def new_row(table: str, *, json: Mapping[str, str] | None = None, **columns: Any) -> NewRow:
    """Return a row of a table; `json` are columns that hold a document, as text. Names are our own words."""
    documents = json or {}
    target, places = _words(table, tuple(columns), tuple(documents))
    return NewRow(target, places, (*columns.values(), *documents.values()))


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
        return psycopg.Cursor(wrapper.open(scoped=scoped)).execute(cast(Any, sql), parameters, prepare=True)


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
        parts.append(f"row{number} AS (INSERT INTO {row.target} SELECT {row.values} FROM fit)")  # noqa: S608 - our words
    statement = f"WITH {', '.join(parts)} SELECT {result} FROM {'done' if when else 'fit'}"  # noqa: S608 - our words
    found = fetch_one(statement, [*parameters, *chain.from_iterable(row.parameters for row in rows)])
    return None if found is None else found[0]


def insert_rows(rows: Sequence[NewRow]) -> None:
    """Insert rows that have the same columns; in statements of few sizes, so that each is prepared once."""
    while rows:
        size = next(size for size in _SIZES if size <= len(rows))
        places = ", ".join([f"({rows[0].values})"] * size)
        statement = f"INSERT INTO {rows[0].target} VALUES {places}"  # noqa: S608 - our words
        with _execute(statement, [*chain.from_iterable(row.parameters for row in rows[:size])], True):
            rows = rows[size:]
