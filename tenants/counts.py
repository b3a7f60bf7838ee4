"""Row counts that the database keeps: a list of a million rows has its total from a sum of a few.

For a model with `is_counted`, triggers write how many rows each statement inserted or deleted: a row of `RowCount` for
the tenant, in the same transaction, whoever writes (`COPY` too). Writers add rows and never wait for each other;
`fold_counts` adds them up now and then.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, cast

from django.db import connection

from tenants.context import all_tenants_scope, current_tenant_id
from tenants.database.statements import fetch_value, write

if TYPE_CHECKING:
    from tenants.models import TenantModel

COUNT_FUNCTION = """
CREATE OR REPLACE FUNCTION gatehouse_count_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.tenants_rowcount (tenant_id, table_name, change)
  SELECT tenant_id, TG_TABLE_NAME, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END
  FROM changed GROUP BY tenant_id;
  RETURN NULL;
END $$"""

COUNT_TRIGGERS = """
CREATE TRIGGER count_inserted_rows AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION gatehouse_count_rows();
CREATE TRIGGER count_deleted_rows AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION gatehouse_count_rows()"""


def count_expression(*, tenant: str, table: str) -> str:
    """Return the SQL of how many rows of a table with kept counts a tenant has, as of its statement."""
    return (
        f"(SELECT coalesce(sum(change), 0)::bigint FROM tenants_rowcount WHERE tenant_id = {tenant}"  # noqa: S608 - identifiers come from code
        f" AND table_name = {table})"
    )


_COUNT = f"SELECT {count_expression(tenant='%s', table='%s')}"

# One statement sees rows and changes as of one moment: other transactions bring both or neither.
_RECOUNT = """
INSERT INTO tenants_rowcount (tenant_id, table_name, change)
SELECT tenant_id, %(name)s, sum(change) FROM (
  SELECT tenant_id, count(*) AS change FROM {table} GROUP BY tenant_id
  UNION ALL
  SELECT tenant_id, -sum(change) FROM tenants_rowcount WHERE table_name = %(name)s GROUP BY tenant_id
) AS both_counts
GROUP BY tenant_id HAVING sum(change) <> 0"""

# The bound keeps a first run after a long pause from holding everything at once; the next run goes on.
_FOLD = """
WITH several AS (
  SELECT tenant_id, table_name FROM tenants_rowcount GROUP BY tenant_id, table_name HAVING count(*) > 1
), chosen AS (
  SELECT id FROM tenants_rowcount JOIN several USING (tenant_id, table_name)
  ORDER BY id LIMIT 100000 FOR UPDATE OF tenants_rowcount SKIP LOCKED
), folded AS (
  DELETE FROM tenants_rowcount WHERE id IN (SELECT id FROM chosen) RETURNING tenant_id, table_name, change
)
INSERT INTO tenants_rowcount (tenant_id, table_name, change)
SELECT tenant_id, table_name, sum(change) FROM folded GROUP BY tenant_id, table_name"""


def count_all(model: "type[TenantModel]") -> int:
    """Return how many rows of a model with `is_counted` the current tenant has. 1 statement."""
    return cast(int, fetch_value(_COUNT, [current_tenant_id(), model._meta.db_table]))


def count_few(table: str, values: Mapping[str, str], most: int) -> int:
    """Return how many rows of the current tenant have these values in their columns, no further than `most`.

    1 statement.
    """
    return cast(int, fetch_value(_counting(table, tuple(values)), [current_tenant_id(), *values.values(), most]))


@cache
def _counting(table: str, columns: tuple[str, ...]) -> str:
    others = "".join(f" AND {connection.ops.quote_name(column)} = %s" for column in columns)
    return f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE tenant_id = %s{others} LIMIT %s) some_rows"  # noqa: S608 - identifiers come from code


def fold_counts() -> None:
    """Replace the changes of each tenant and table by their sum. 1 statement; may run twice at the same time."""
    with all_tenants_scope():
        write(_FOLD, [])


def recount(model: "type[TenantModel]") -> None:
    """Bring the kept counts of a table in line with its rows, in every tenant. 1 statement, reads every row."""
    table = model._meta.db_table
    with all_tenants_scope(), connection.cursor() as cursor:
        cursor.execute(_RECOUNT.format(table=connection.ops.quote_name(table)), {"name": table})
