"""Rows that very many tests begin with: made by the services once in a run, then copied in one statement.

What a test begins with is what the services make, but making three tenants takes a hundred statements, and thousands of
tests begin with them. The rows that were written the first time are kept in a schema of their own in the database of
the tests, and a function of the database puts them back.
"""

import copy
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from django.conf import settings
from django.db import connection

from tenants.context import owner_scope

T = TypeVar("T")

_SCHEMA = "test_snapshots"

# What PostgreSQL computes itself cannot be inserted.
_COLUMNS = """
SELECT relname, string_agg(quote_ident(attname), ', ' ORDER BY attnum)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
  AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
GROUP BY relname ORDER BY relname"""

# Triggers and references are left out: the rows they would write or look for are among those that are copied.
_RESTORE = """
CREATE FUNCTION {schema}.restore_{name}() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET session_replication_role = replica AS $$
#variable_conflict use_column
BEGIN
{inserts}
END $$"""


class Snapshot:
    """The rows that `make` writes, and what it returns; kept by `name` until the run ends.

    Redirect URIs of the console are among them, so each address of the installation has its own: a browser test once
    got those of the console tests, and could not sign in after them.
    """

    _has_schema = False

    def __init__(self, name: str) -> None:
        self._name = name
        self._results: dict[str, Any] = {}

    def restore_or_make(self, make: Callable[[], T]) -> T:
        """Put the rows back that `make` wrote before, in this run; the first time it writes them."""
        address = settings.BASE_URL
        if address in self._results:
            number = list(self._results).index(address)
            with owner_scope(), connection.cursor() as cursor:
                cursor.execute(f"SELECT {_SCHEMA}.restore_{self._name}_{number}()")
            return copy.deepcopy(self._results[address])
        before = _all_rows()
        result = make()
        written = {
            table: (columns, sorted(set(rows) - set(before[table][1])))
            for table, (columns, rows) in _all_rows().items()
        }
        name = f"{self._name}_{len(self._results)}"
        self._keep(name, {table: kept for table, kept in written.items() if kept[1]})
        self._results[address] = result
        return copy.deepcopy(result)

    def _keep(self, name: str, written: dict[str, tuple[str, list[str]]]) -> None:
        """Store the rows, past the transaction of the test."""
        with psycopg.connect(**_address(), autocommit=True) as direct:
            if not Snapshot._has_schema:
                direct.execute(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE")
                direct.execute(f"CREATE SCHEMA {_SCHEMA}")
                Snapshot._has_schema = True
            inserts = []
            for table, (columns, rows) in written.items():
                kept = f"{_SCHEMA}.{name}_{table}"
                direct.execute(f"CREATE TABLE {kept} AS SELECT {columns} FROM public.{table} WHERE false")
                direct.execute(
                    f"INSERT INTO {kept} SELECT {columns} FROM json_populate_recordset(null::public.{table}, %s)",
                    [f"[{','.join(rows)}]"],
                )
                inserts.append(f"INSERT INTO public.{table} ({columns}) SELECT {columns} FROM {kept};")
            direct.execute(_RESTORE.format(schema=_SCHEMA, name=name, inserts="\n".join(inserts)))


def _all_rows() -> dict[str, tuple[str, list[str]]]:
    """Return the columns and the rows, as JSON, of every table."""
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        tables = cursor.fetchall()
        rows = {}
        for table, columns in tables:
            cursor.execute(f"SELECT row_to_json(kept)::text FROM (SELECT {columns} FROM public.{table}) AS kept")
            rows[table] = (columns, [row for (row,) in cursor.fetchall()])
    return rows


def _address() -> dict[str, Any]:
    """Where the database of the tests is."""
    options = connection.get_connection_params()
    return {name: options[name] for name in ("dbname", "user", "password", "host", "port") if options.get(name)}
