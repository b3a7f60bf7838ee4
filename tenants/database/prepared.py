"""The prepared statements of one connection, sent by libpq's plain call.

A cursor of psycopg's waits in steps, so that asynchronous callers can share its code; here that is most of what a
statement costs the client. One call that sends, waits and reads costs a third of it. It lets other threads run, and
Ctrl-C waits for its end.

psycopg's own prepared statements (`prepare=True`, on a cursor that is kept) cost the worker more processor time for the
same requests: a refresh or an authorization 1.2 times as much, a refused token request 1.3, introspection and userinfo
1.4 to 1.5. It throws all of them away with every `ROLLBACK`: a refused authorization costs 1.3 times as much, and
together with the userinfo or refresh after it, which prepares its statements again, 1.5 to 1.6. Here they stay; one
that the schema has outdated is prepared again.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, cast

import psycopg
from psycopg.adapt import Loader, PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.types.datetime import TimestamptzLoader

from tenants.database.named_rows import Row, row_maker

Parameters = Sequence[Any] | Mapping[str, Any]

# More than there are: a statement that is made again each time is a mistake, and must not fill the server's memory.
_MOST_STATEMENTS = 500
# A column has another type since, or a pooler has thrown the statement away: the next one is prepared again.
_OUTDATED = (psycopg.errors.FeatureNotSupported, psycopg.errors.InvalidSqlStatementName)
# PostgreSQL writes no space around a `jsonb`.
_read_document = json.JSONDecoder().raw_decode
_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


@lru_cache(maxsize=_MOST_STATEMENTS)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """A statement with PostgreSQL's places for psycopg's, and the names of its parameters where they have any."""
    names: list[str] = []
    places = count(1)

    def place(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        if found[1] is None:
            return f"${next(places)}"
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    return re.sub(r"%(?:%|s|\((\w+)\)s)", place, sql).encode(), tuple(names)


class _DocumentLoader(Loader):
    """A JSON document as the values it says; Django's cursors return its text."""

    def load(self, data: Any) -> Any:
        return _read_document(str(data, "utf-8"))[0]


class PreparedStatements:
    """Prepares a statement when it first comes, and executes it from then on."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        context = psycopg.Cursor(connection)
        # psycopg's own, which is compiled; Django's takes 3 µs for each moment, and a token has nine.
        context.adapters.register_loader("timestamptz", TimestamptzLoader)
        context.adapters.register_loader("jsonb", _DocumentLoader)
        self._transformer = Transformer.from_context(context)
        self._names: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self._makers: dict[tuple[str, type[Row]], Callable[[Sequence[Any]], Row]] = {}
        self._numbers = count()

    def execute(self, sql: str, parameters: Parameters, shape: type[Row]) -> tuple[list[Any], int]:
        """Return the rows as `shape`, and how many a statement found or changed.

        Raises psycopg's errors, and `TypeError` for columns that a shape is not made of.
        """
        self._begin_where_due()
        text, names = _numbered(sql)
        given = [parameters[name] for name in names] if isinstance(parameters, Mapping) else parameters
        transformer = self._transformer
        values = cast(Sequence[bytes], transformer.dump_sequence(given, [PyFormat.AUTO] * len(given)))
        key = (sql, transformer.types or ())
        name = self._names.get(key) or self._prepare(key, text)
        try:
            result = self._checked(self._connection.pgconn.exec_prepared(name, values, transformer.formats))
        except _OUTDATED:
            del self._names[key]
            raise
        if not result.ntuples:
            return [], result.command_tuples or 0
        transformer.set_pgresult(result)
        make = self._makers.get((sql, shape)) or self._maker(sql, shape, result)
        return transformer.load_rows(0, result.ntuples, make), result.ntuples

    def _maker(self, sql: str, shape: type[Row], result: PGresult) -> Callable[[Sequence[Any]], Row]:
        columns = tuple((result.fname(number) or b"").decode() for number in range(result.nfields))
        made = self._makers[sql, shape] = tuple if shape is tuple else row_maker(shape, columns)
        return made

    def _begin_where_due(self) -> None:
        connection = self._connection
        if connection.autocommit or connection.pgconn.transaction_status != TransactionStatus.IDLE:
            return
        level = connection.isolation_level
        chosen = "" if level is None else f" ISOLATION LEVEL {level.name.replace('_', ' ')}"
        self._checked(connection.pgconn.exec_(f"BEGIN{chosen}".encode()))

    def _prepare(self, key: tuple[str, tuple[int, ...]], text: bytes) -> bytes:
        if len(self._names) >= _MOST_STATEMENTS:
            self._checked(self._connection.pgconn.exec_(b"DEALLOCATE ALL"))
            self._names.clear()
            self._makers.clear()
        name = b"statement%d" % next(self._numbers)
        self._checked(self._connection.pgconn.prepare(name, text, key[1]))
        self._names[key] = name
        return name

    def _checked(self, result: PGresult) -> PGresult:
        if result.status in _GOOD:
            return result
        pgconn = self._connection.pgconn
        if pgconn.status == ConnStatus.BAD:
            raise psycopg.OperationalError(pgconn.get_error_message())
        raise psycopg.errors.error_from_result(result, encoding=self._transformer.encoding)


class PreparedCursor:
    """As much of a cursor as Django's wrappers use: counted, logged and timed or not, a statement goes the same way."""

    def __init__(self, statements: PreparedStatements, shape: type[Row]) -> None:
        self._statements = statements
        self._shape = shape
        self.rows: list[Any] = []
        self.rowcount = -1

    def execute(self, sql: str, parameters: Parameters) -> None:
        self.rows, self.rowcount = self._statements.execute(sql, parameters, self._shape)
