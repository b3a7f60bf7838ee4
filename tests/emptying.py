"""After a test that commits, the tables that have rows are emptied.

Django truncates every table and then announces a migration, at which content types and permissions are written anew.
For a hundred and fifty tables with their indexes and partitions that is two thousand files and two seconds a test.
"""

import functools

from django.db import connection, transaction
from django.test import TransactionTestCase

from tenants.context import owner_scope

# What `migrate` writes stays.
_KEPT = ("auth_permission", "django_content_type", "django_migrations")

_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL(%s)
ORDER BY relname"""


@functools.cache
def _deletions() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [list(_KEPT)])
        deletions = [f"DELETE FROM public.{connection.ops.quote_name(table)};" for (table,) in cursor.fetchall()]
    return "\n".join(deletions)


def _empty_tables(_test: TransactionTestCase) -> None:
    """Delete every row, past triggers and references. 2 statements."""
    with owner_scope(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_deletions())


def install() -> None:
    """Put it in the place of Django's `flush`."""
    TransactionTestCase._fixture_teardown = _empty_tables  # type: ignore[attr-defined]  # the stubs leave it out
