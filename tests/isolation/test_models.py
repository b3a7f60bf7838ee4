"""No model shows, takes or changes another tenant's rows: generated over every tenant-owned model."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from tenants.context import Role, Scope, TenantNotSetError, _scoped, all_tenants_scope, enter_tenant
from tenants.isolation import references, tenant_models
from tenants.models import Tenant, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from tests.isolation.rows import Rows, snapshot

Model = type[TenantModel]

every_model = pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
every_reference = pytest.mark.parametrize(
    ("model", "field"),
    [(model, field) for model in tenant_models() for field in references(model)],
    ids=lambda value: value.name if isinstance(value, models.Field) else value._meta.label,
)

# Tables that belong to the installation, or to Django itself.
_SHARED = {"common.Heartbeat", "identity.DisposableDomainList", "tenants.Tenant", "admin.LogEntry"}
_SHARED_APPS = {"auth", "contenttypes", "sessions"}


def execute(statement: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def table_of(model: Model) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def key_column_of(row: TenantModel) -> str:
    column = row._meta.pk.column
    assert column is not None
    return connection.ops.quote_name(column)


def test_every_model_of_ours_belongs_to_a_tenant() -> None:
    strays = [
        model._meta.label
        for model in apps.get_models()
        if not issubclass(model, TenantModel)
        and model._meta.label not in _SHARED
        and model._meta.app_label not in _SHARED_APPS
    ]
    assert not strays, f"inherit TenantModel, or say in _SHARED why all tenants share it: {strays}"


def test_every_table_with_a_tenant_is_under_the_lock(db: None) -> None:
    rows = execute(
        "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'tenant_id'"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition"
    )
    assert {table for (table,) in rows} == {model._meta.db_table for model in tenant_models()}


def test_no_partition_has_a_lock_of_its_own_to_open(db: None) -> None:
    """Rows of a partition are reached through its table, which has the policies."""
    partitions = execute("SELECT oid::regclass::text FROM pg_class WHERE relispartition AND relkind = 'r'")
    assert partitions
    granted = "SELECT relacl::text FROM pg_class WHERE oid = %(table)s::regclass"
    assert not [name for (name,) in partitions if "gatehouse" in (execute(granted, {"table": name})[0][0] or "")]


@every_model
def test_row_security_is_forced(db: None, model: Model) -> None:
    table = model._meta.db_table
    rows = execute(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %(table)s::regclass", {"table": table}
    )
    assert rows == [(True, True)]
    policies = execute(
        "SELECT policyname, roles::text, cmd, qual, with_check FROM pg_policies WHERE tablename = %(table)s",
        {"table": table},
    )
    assert {policy[0] for policy in policies} == {"tenant_isolation", "system_access"}
    for name, roles, command, using, check in policies:
        assert command == "ALL"
        if name == "tenant_isolation":
            assert roles == "{gatehouse_app}"
            assert "tenant_id" in using
            assert "tenant_id" in check
        else:
            assert roles == "{gatehouse_system}"


@every_model
def test_the_application_may_not_truncate(db: None, model: Model) -> None:
    """TRUNCATE heeds no policy."""
    statement = "SELECT has_table_privilege('gatehouse_app', %(table)s, 'TRUNCATE')"
    assert execute(statement, {"table": model._meta.db_table}) == [(False,)]


@every_model
def test_the_managers_are_the_locked_ones(db: None, model: Model) -> None:
    assert isinstance(model._default_manager, TenantManager)
    assert isinstance(model.objects, TenantManager)
    with pytest.raises(TenantNotSetError):
        model.objects.count()
    with pytest.raises(TenantNotSetError):
        model.objects.create()


@every_model
def test_without_a_tenant_nothing_is_seen(theirs: Rows, model: Model) -> None:
    theirs.of(model)
    assert execute(f"SELECT count(*) FROM {table_of(model)}") == [(0,)]


@every_model
def test_another_tenants_row_is_out_of_reach(theirs: Rows, ours: Rows, model: Model) -> None:
    row, own = theirs.of(model), ours.of(model)
    column = key_column_of(row)
    before = snapshot("acme")
    with enter_tenant("default"):
        assert not model.objects.filter(pk=row.pk).exists()
        assert not model.all_tenants.filter(pk=row.pk).exists()
        assert model.objects.filter(pk=own.pk).exists()
        seen = execute(f"SELECT tenant_id FROM {table_of(model)}")
        assert {tenant_id for (tenant_id,) in seen} == {"default"}
        for statement in (
            f"UPDATE {table_of(model)} SET tenant_id = 'default' WHERE {column} = %(key)s RETURNING 1",
            f"UPDATE {table_of(model)} SET {column} = {column} WHERE tenant_id = 'acme' RETURNING 1",
            f"DELETE FROM {table_of(model)} WHERE {column} = %(key)s RETURNING 1",
        ):
            assert execute(statement, {"key": row.pk}) == []
    assert snapshot("acme") == before


@every_model
def test_no_row_is_given_to_another_tenant(theirs: Rows, ours: Rows, model: Model) -> None:
    row, own = theirs.of(model), ours.of(model)
    column = key_column_of(own)
    before = snapshot("acme")
    with enter_tenant("default"):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            execute(f"UPDATE {table_of(model)} SET tenant_id = 'acme' WHERE {column} = %(key)s", {"key": own.pk})
        copy = model(**theirs.values(model), tenant_id="acme")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            models.Model.save(copy, force_insert=True)
    assert snapshot("acme") == before
    assert row.tenant_id == "acme"


@every_reference
def test_no_reference_leaves_the_tenant(
    theirs: Rows, ours: Rows, model: Model, field: models.ForeignKey[Any, Any]
) -> None:
    assert isinstance(field, TenantForeignKey), "a plain ForeignKey accepts another tenant's row: use TenantForeignKey"
    target, own = theirs.of(field.related_model), ours.of(model)
    column = key_column_of(own)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    with enter_tenant("default"), pytest.raises(IntegrityError, match="in_tenant"), transaction.atomic():
        execute(
            f"UPDATE {table_of(model)} SET {connection.ops.quote_name(field.column)} = %(target)s"
            f" WHERE {column} = %(key)s",
            {"target": getattr(target, field.target_field.attname), "key": own.pk},
        )


# --- The first lock, alone -------------------------------------------------------------------------------------------
def assert_the_manager_filters(model: Model, ours: Rows, theirs: Rows) -> None:
    """The manager shows the current tenant's rows alone even where the database would show all."""
    own, row = ours.of(model), theirs.of(model)
    with _scoped(Scope(Role.SYSTEM, "default")):
        shown = set(model.objects.values_list("pk", flat=True))
    assert own.pk in shown
    assert row.pk not in shown, f"{model._meta.label}.objects does not filter by tenant"


@every_model
def test_the_manager_filters(ours: Rows, theirs: Rows, model: Model) -> None:
    assert_the_manager_filters(model, ours, theirs)


@every_model
def test_either_lock_holds_without_the_other(
    ours: Rows, theirs: Rows, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the manager's filter taken out, the check above fails, and the database still shows nothing foreign."""
    own, row = ours.of(model), theirs.of(model)
    monkeypatch.setattr(TenantManager, "get_queryset", lambda manager: TenantQuerySet(manager.model, using=manager._db))
    with pytest.raises(AssertionError, match="does not filter by tenant"):
        assert_the_manager_filters(model, ours, theirs)
    with enter_tenant("default"):
        shown = set(model.objects.values_list("pk", flat=True))
        assert own.pk in shown
        assert row.pk not in shown
        assert not model.objects.filter(tenant_id="acme").exists()


def test_a_rollback_does_not_leave_the_tenant_behind(ours: Rows, theirs: Rows) -> None:
    """What was set inside a transaction that failed is set again."""
    model = tenant_models()[0]
    row, own = theirs.of(model), ours.of(model)
    with enter_tenant("acme"), pytest.raises(ZeroDivisionError), transaction.atomic():
        with enter_tenant("default"):
            assert model.all_tenants.filter(pk=own.pk).exists()
        raise ZeroDivisionError
    with enter_tenant("acme"):
        assert model.all_tenants.filter(pk=row.pk).exists()
        assert not model.all_tenants.filter(pk=own.pk).exists()
    with all_tenants_scope():
        assert model.all_tenants.filter(pk__in=[row.pk, own.pk]).count() == 2
    assert Tenant.objects.filter(id="acme").exists()
