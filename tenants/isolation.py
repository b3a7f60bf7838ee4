"""The second lock: row-level security, composite foreign keys and triggers for every tenant-owned table.

`ensure_isolation` runs after every `migrate` and is idempotent, so no model can be forgotten. The first lock is
`TenantManager`; this one holds when a filter is missing.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from tenants.context import Role, owner_scope
from tenants.counts import COUNT_FUNCTION, COUNT_TRIGGERS, recount
from tenants.database.statements import fetch_value, fetch_values
from tenants.models import Tenant, TenantModel

_ROLES = (Role.APPLICATION, Role.SYSTEM)

# Two installations on one cluster may create the shared roles at the same moment.
_CREATE_ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$"""

_GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"""

# Row security is what the partitioned table has; a partition by its own name would be without.
_PARTITIONS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass"

# The first `migrate` needs CREATEROLE for this; an account that has lost it since is a member already.
_JOIN_ROLE = """
DO $$ BEGIN
  GRANT {role} TO CURRENT_USER;
EXCEPTION WHEN insufficient_privilege THEN
  IF NOT pg_has_role('{role}', 'MEMBER') THEN RAISE; END IF;
END $$"""

_TOUCH_FUNCTION = """
CREATE OR REPLACE FUNCTION gatehouse_touch_configuration() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE tenants_tenant SET configuration_version = configuration_version + 1
  WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.tenant_id ELSE NEW.tenant_id END;
  RETURN NULL;
END $$"""

# Deferred, so that writers of one tenant hold its stamp only while they commit and cannot deadlock over it.
_TOUCH_TRIGGER = """
CREATE CONSTRAINT TRIGGER touch_configuration AFTER INSERT OR UPDATE OR DELETE ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION gatehouse_touch_configuration()"""

_ROW_SECURITY = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON {table} TO gatehouse_app
  USING (tenant_id = current_setting('gatehouse.tenant', true))
  WITH CHECK (tenant_id = current_setting('gatehouse.tenant', true));
CREATE POLICY system_access ON {table} TO gatehouse_system USING (true) WITH CHECK (true)"""


def tenant_models() -> list[type[TenantModel]]:
    """Return every concrete tenant-owned model."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def references(model: type[TenantModel]) -> Iterator[models.ForeignKey[Any, Any]]:
    """Yield the model's references to other tenant-owned rows."""
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, TenantModel):
            yield field


def _ensure_row_security(cursor: CursorWrapper, table: str) -> None:
    query = "SELECT 1 FROM pg_policies WHERE tablename = %s AND policyname = 'tenant_isolation'"
    if fetch_value(query, [table]) is None:
        cursor.execute(_ROW_SECURITY.format(table=connection.ops.quote_name(table)))


def _close_partitions(cursor: CursorWrapper, table: str) -> None:
    """Take from the roles what was granted on all tables: rows of a partition are reached through its table alone."""
    for partition in fetch_values(_PARTITIONS, [table]):
        cursor.execute(f"REVOKE ALL ON {partition} FROM {', '.join(_ROLES)}")


def _ensure_version_trigger(cursor: CursorWrapper, table: str) -> None:
    query = "SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'touch_configuration'"
    if fetch_value(query, [table]) is None:
        cursor.execute(_TOUCH_TRIGGER.format(table=connection.ops.quote_name(table)))


def _ensure_count_triggers(cursor: CursorWrapper, table: str) -> None:
    query = "SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'count_deleted_rows'"
    if fetch_value(query, [table]) is None:
        cursor.execute(COUNT_TRIGGERS.format(table=connection.ops.quote_name(table)))


def _ensure_constraint(cursor: CursorWrapper, table: str, name: str, definition: str) -> None:
    query = "SELECT 1 FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s"
    if fetch_value(query, [table, name]) is None:
        cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} ADD CONSTRAINT {name} {definition}")


def _ensure_reference(cursor: CursorWrapper, table: str, field: models.ForeignKey[Any, Any]) -> None:
    quote = connection.ops.quote_name
    target, column = field.related_model._meta.db_table, str(field.column)
    remote = str(field.target_field.column)
    _ensure_constraint(cursor, target, f"{target}_tenant_{remote}"[:63], f"UNIQUE (tenant_id, {quote(remote)})")
    _ensure_constraint(
        cursor,
        table,
        f"{table}_{column}_in_tenant"[-63:],
        f"FOREIGN KEY (tenant_id, {quote(column)}) REFERENCES {quote(target)} (tenant_id, {quote(remote)})"
        " DEFERRABLE INITIALLY DEFERRED",
    )


def ensure_isolation() -> None:
    """Bring every tenant-owned table under the second lock; what is in place already is left alone."""
    existing = set(connection.introspection.table_names())
    if Tenant._meta.db_table not in existing:
        return
    with owner_scope(), connection.cursor() as cursor:
        for role in _ROLES:
            cursor.execute(_CREATE_ROLE.format(role=role))
            cursor.execute(_GRANTS.format(role=role))
            cursor.execute(_JOIN_ROLE.format(role=role))
        cursor.execute(_TOUCH_FUNCTION)
        cursor.execute(COUNT_FUNCTION)
        for model in tenant_models():
            table = model._meta.db_table
            if table not in existing:
                continue
            _ensure_row_security(cursor, table)
            _close_partitions(cursor, table)
            if model.is_configuration:
                _ensure_version_trigger(cursor, table)
            if model.is_counted:
                _ensure_count_triggers(cursor, table)
                # Also what a restore with its triggers off has brought.
                recount(model)
            for field in references(model):
                if field.related_model._meta.db_table in existing:
                    _ensure_reference(cursor, table, field)
