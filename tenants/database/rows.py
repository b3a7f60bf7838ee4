"""Rows as the models they are, by prepared statements: for the few that every sign-in and every code goes through.

The ORM costs several times the statement it sends. What stands here does as it does for a plain row of the current
tenant: defaults are the model's, `auto_now` is kept up, errors are Django's. It sends no signal, so it is not for
configuration, whose writes are followed; and a value that only the database would give has to be given.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

from tenants.context import current_tenant_id
from tenants.database.prepared import Parameters
from tenants.database.statements import NewRow, fetch_all, fetch_columns, insert_rows, new_row, write

M = TypeVar("M", bound=models.Model)
N = TypeVar("N", bound=models.Model)

_to_json = json.JSONEncoder(default=str).encode


def _quoted(field: Any) -> str:
    return connection.ops.quote_name(str(field.column))


@cache
def columns_of(model: type[models.Model], alias: str) -> str:
    """Return every column of a model, in its order, as the words of a `SELECT`."""
    return ", ".join(f"{alias}.{_quoted(field)}" for field in model._meta.concrete_fields)


@cache
def _shape(model: type[models.Model]) -> tuple[list[str], list[tuple[int, Any]]]:
    """The names of a model's columns, and the fields that convert what comes; a document has been read already."""
    fields = model._meta.concrete_fields
    converters = [
        (at, field)
        for at, field in enumerate(fields)
        if hasattr(field, "from_db_value") and not isinstance(field, models.JSONField)
    ]
    return [field.attname for field in fields], converters


def _made(model: type[M], columns: Sequence[Any]) -> M:
    """The model of its columns, as a query would have made it."""
    names, converters = _shape(model)
    values = list(columns)
    for at, field in converters:
        values[at] = field.from_db_value(values[at], None, connection)
    return model.from_db("default", names, values)


def find_pair(first: type[M], second: type[N], sql: str, parameters: Parameters) -> tuple[M, N] | None:
    """Return two models of a row that has the `columns_of` both, `None` if there is no row. 1 statement."""
    row = fetch_columns(sql, parameters)
    if row is None:
        return None
    width = len(first._meta.concrete_fields)
    return _made(first, row[:width]), _made(second, row[width:])


@cache
def _selecting(model: type[models.Model], where: str, lock: str) -> str:
    table = model._meta.db_table
    return f"SELECT {columns_of(model, 'r')} FROM {table} r WHERE r.tenant_id = %s AND {where} LIMIT 1 {lock}"  # noqa: S608 - identifiers come from code


def find(model: type[M], where: str, *parameters: Any, lock: str = "") -> M | None:
    """Return the current tenant's row `r` of which a condition in SQL is true, `None` if there is none. 1 statement.

    `lock` holds it until the transaction ends: `FOR UPDATE` or `FOR NO KEY UPDATE`.
    """
    row = fetch_columns(_selecting(model, where, lock), [current_tenant_id(), *parameters])
    return None if row is None else _made(model, row)


@cache
def _listing(model: type[models.Model], where: str, order: str) -> str:
    table = model._meta.db_table
    return f"SELECT {columns_of(model, 'r')} FROM {table} r WHERE r.tenant_id = %s AND {where} ORDER BY {order}"  # noqa: S608 - identifiers come from code


def find_all(model: type[M], where: str, *parameters: Any, order: str) -> list[M]:
    """Return all of the current tenant's rows `r` of which a condition in SQL is true, in an order. 1 statement.

    For what there are few of.
    """
    found = fetch_all(tuple, _listing(model, where, order), [current_tenant_id(), *parameters])
    return [_made(model, row) for row in found]


def refresh(instance: models.Model, *, lock: str) -> bool:
    """Lock an instance's row and bring the instance up to date; false if it is gone. 1 statement."""
    found = find(type(instance), "r.id = %s", instance.pk, lock=lock)
    if found is None:
        return False
    # What has been read of other rows stays, where the reference to them does.
    related = instance._state.fields_cache
    for field in instance._meta.concrete_fields:
        if getattr(instance, field.attname) != getattr(found, field.attname):
            related.pop(field.name, None)
        setattr(instance, field.attname, getattr(found, field.attname))
    return True


def _stored(instance: models.Model, field: Any, *, is_new: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(instance, is_new), connection)


@cache
def _inserting(model: type[models.Model]) -> str:
    fields = model._meta.concrete_fields
    names, places = ", ".join(_quoted(field) for field in fields), ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({places})"  # noqa: S608 - identifiers come from code


def insert(instance: M) -> M:
    """Write a new row and return it. 1 statement."""
    model = type(instance)
    write(_inserting(model), [_stored(instance, field, is_new=True) for field in model._meta.concrete_fields])
    instance._state.adding, instance._state.db = False, "default"
    return instance


def insert_all(instances: Sequence[M]) -> None:
    """Write new rows of one model, all or none, however many there are. 1 statement.

    They are sent as one document (see `statements.insert_rows`).
    """
    if instances:
        fields = [
            field for field in type(instances[0])._meta.concrete_fields if not isinstance(field, models.AutoField)
        ]
        insert_rows([_new_row(instance, fields) for instance in instances])


def _new_row(instance: models.Model, fields: Sequence[Any]) -> NewRow:
    documents: dict[str, str] = {}
    values: dict[str, Any] = {}
    for field in fields:
        if isinstance(field, models.JSONField):
            documents[str(field.column)] = _to_json(getattr(instance, field.attname))
            continue
        if isinstance(field, models.BinaryField):
            # As PostgreSQL reads bytes from a text.
            content = getattr(instance, field.attname)
            values[str(field.column)] = None if content is None else f"\\x{bytes(content).hex()}"
            continue
        values[str(field.column)] = _stored(instance, field, is_new=True)
    return new_row(instance._meta.db_table, json=documents, **values)


@cache
def _updating(model: type[models.Model], names: tuple[str, ...], where: str) -> tuple[str, list[Any]]:
    fields = [model._meta.get_field(name) for name in names]
    values = ", ".join(f"{_quoted(field)} = %s" for field in fields)
    return f"UPDATE {model._meta.db_table} r SET {values} WHERE r.tenant_id = %s AND r.id = %s AND {where}", fields  # noqa: S608 - identifiers come from code


def save(instance: models.Model, *names: str, where: str = "true", parameters: Sequence[Any] = ()) -> bool:
    """Write the named fields of a row; false, and nothing done, if a condition is not true of it. 1 statement."""
    statement, fields = _updating(type(instance), names, where)
    values = [_stored(instance, field, is_new=False) for field in fields]
    return write(statement, [*values, current_tenant_id(), instance.pk, *parameters]) > 0


@cache
def _deleting(model: type[models.Model]) -> str:
    parts = []
    for number, reference in enumerate(model._meta.related_objects):
        owner = reference.related_model._meta
        if reference.on_delete is not models.CASCADE or owner.related_objects:
            raise TypeError(f"{owner.label} does not simply go with {model._meta.label}")
        owned = f"tenant_id = %(tenant)s AND {_quoted(reference.field)} = %(id)s"
        parts.append(f"gone{number} AS (DELETE FROM {owner.db_table} WHERE {owned})")  # noqa: S608 - identifiers come from code
    held = f"WITH {', '.join(parts)} " if parts else ""
    return f"{held}DELETE FROM {model._meta.db_table} WHERE tenant_id = %(tenant)s AND id = %(id)s"  # noqa: S608 - identifiers come from code


def delete(instance: models.Model) -> bool:
    """Delete a row and what refers to it; false if it is gone already. 1 statement.

    It sees what is there when it begins: lock the row before, so that nothing new can refer to it. Raises `TypeError`
    for a model on which more depends than rows that go with it.
    """
    return write(_deleting(type(instance)), {"tenant": current_tenant_id(), "id": instance.pk}) > 0
