"""Django's PostgreSQL backend, with the current tenant told to the server.

Row-level security reads the setting `gatehouse.tenant` under the role `gatehouse_app`. Both are session settings; this
backend remembers what the connection has and sends one statement only when the wanted scope differs. A rollback undoes
settings made inside the transaction, so it also forgets what was remembered.

Behind a transaction pooler (PgBouncer) session settings would leak between clients: connect directly, or run the pooler
in session mode.
"""

import select
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.dispatch import Signal

from tenants.context import Role, current_scope
from tenants.database.named_rows import Row
from tenants.database.prepared import Parameters, PreparedCursor, PreparedStatements

# Sent after every rollback: what was read inside the transaction may never have existed.
rolled_back = Signal()

# No statement is worth two processes of the server more: starting them takes longer than what they would share.
_SET_SCOPE = """
SELECT set_config('role', %s, false), set_config('gatehouse.tenant', %s, false),
  set_config('max_parallel_workers_per_gather', '0', false)"""


class SchemaEditor(DatabaseSchemaEditor):
    """Django's, without a second index for each id and reference, which would serve `LIKE` alone.

    Nobody searches an id by its beginning, and every insert pays for every index; refresh tokens would have 13 instead
    of 7.
    """

    def _create_like_index_sql(self, model: Any, field: Any) -> None:
        return None


class Operations(DatabaseOperations):
    """Django's; what a prepared statement was is put together for the log, as it never went out with its values."""

    def last_executed_query(self, cursor: Any, sql: str, params: Parameters) -> Any:
        if isinstance(cursor, PreparedCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


def _is_readable(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


class DatabaseWrapper(base.DatabaseWrapper):
    """A PostgreSQL connection that shows only the rows of the current scope."""

    SchemaEditorClass = SchemaEditor
    ops_class = Operations

    _server_scope: tuple[str, str] | None = None
    _prepared: PreparedStatements

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._server_scope = None
        opened = super().get_new_connection(conn_params)
        # psycopg prepares nothing, so it never throws away what it has not prepared.
        opened.prepare_threshold = None
        self._prepared = PreparedStatements(opened)
        return opened

    def _cursor(self, name: str | None = None) -> Any:
        self._open()
        return super()._cursor(name)  # type: ignore[misc]

    def prepared_cursor(self, shape: type[Row], *, scoped: bool) -> Any:
        """Return a wrapped `PreparedCursor` of a connection that is alive and in the current scope."""
        self._open(scoped=scoped)
        return self._prepare_cursor(PreparedCursor(self._prepared, shape))  # type: ignore[attr-defined]  # the stubs lack it

    def _open(self, *, scoped: bool = True) -> None:
        self.validate_no_broken_transaction()
        self.close_if_health_check_failed()
        self.ensure_connection()
        if scoped:
            self._follow_scope()

    def is_usable(self) -> bool:
        """Whether the connection still stands; asked at the start of each request.

        A server that went away has closed it, and a closed connection can be read at once. The server itself is asked
        only where something waits to be read.
        """
        if self.connection is None or self.connection.closed:
            return False
        if not _is_readable(self.connection.fileno()):
            return True
        return bool(super().is_usable())

    def _follow_scope(self) -> None:
        # Creating and dropping databases happens on a maintenance connection, which has no tenant tables.
        if self.settings_dict["NAME"] in (None, "", "postgres"):
            return
        scope = current_scope()
        wanted = (scope.role, scope.tenant_id)
        if self._server_scope == wanted or (self._server_scope is None and scope.role is Role.OWNER):
            return
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(_SET_SCOPE, wanted)
        self._server_scope = wanted

    def _rollback(self) -> Any:
        self._forget_scope()
        result = super()._rollback()  # type: ignore[misc]
        rolled_back.send(type(self))
        return result

    def _savepoint_rollback(self, sid: str) -> None:
        # Not through `cursor`: a failed transaction takes no other statement than its rollback.
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(self.ops.savepoint_rollback_sql(sid))
        self._forget_scope()
        rolled_back.send(type(self))

    def _forget_scope(self) -> None:
        # A name no scope has: the next cursor sends the settings again, also for the owner.
        self._server_scope = ("", "")

    def _close(self) -> Any:
        self._server_scope = None
        return super()._close()  # type: ignore[misc]
