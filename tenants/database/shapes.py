"""Rows in the shape they have on the wire, made into JSON by PostgreSQL.

From the index to the answer no row becomes an object, and the SQL of a shape is prepared once for a connection. A shape
is declared by the model's fields, `Shape(Role, "id", "name", "created_at")`, and is the one place that knows how a row
looks, read from the database or after a write: `of` gives the same members for an instance.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

from django.db import connection, models

from common.clock import to_milliseconds
from common.errors import AppError
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_value, fetch_values
from tenants.models import TenantModel, TenantQuerySet

M = TypeVar("M", bound=TenantModel)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@dataclass(frozen=True, slots=True)
class Member:
    """An attribute of the model under another name on the wire, or one that no column holds, with its SQL."""

    attribute: str
    wire: str = ""
    sql: str = ""


def _encode(text: str) -> bytes:
    # Fit for a script, too, as every other answer.
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()


def _column(model: type[models.Model], attribute: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == attribute)


class Shape(Generic[M]):
    """How rows of a model look on the wire: the names of their fields in camelCase, moments in milliseconds."""

    def __init__(self, model: type[M], *members: str | Member) -> None:
        self._model = model
        self._members = members
        self._readers: list[tuple[str, Callable[[M], Any]]] = []
        pairs = []
        for member in members:
            given = Member(member) if isinstance(member, str) else member
            wire, sql = given.wire or _camel(given.attribute), given.sql
            if not sql:
                field = _column(model, given.attribute)
                sql = f"r.{connection.ops.quote_name(field.column)}"
                if isinstance(field, models.DateTimeField):
                    sql = f"floor(extract(epoch FROM {sql}) * 1000)::bigint"
            self._readers.append((wire, attrgetter(given.attribute)))
            pairs.append(f"'{wire}', {sql}")
        self._json = f"json_build_object({', '.join(pairs)})::text"

    def plus(self, *members: str | Member) -> "Shape[M]":
        """Return the shape with more members at its end."""
        return Shape(self._model, *self._members, *members)

    def of(self, row: M) -> dict[str, Any]:
        """Return an instance in this shape."""
        values = {wire: read(row) for wire, read in self._readers}
        return {wire: to_milliseconds(held) if isinstance(held, datetime) else held for wire, held in values.items()}

    def get(self, row_id: str, *, code: str = "entity.not_exists_with_id") -> bytes:
        """Return the current tenant's row with this id as JSON; raises `code`. 1 statement."""
        # Whatever else an address may hold is no id.
        is_id = row_id.isascii() and row_id.isprintable()
        text = fetch_value(_by_id(self._json, self._model), [current_tenant_id(), row_id]) if is_id else None
        if text is None:
            raise AppError(code)
        return _encode(text)

    def page(self, rows: models.QuerySet[M], start: int, size: int | None) -> tuple[bytes, int]:
        """Return a part of the rows as a JSON array, and how many it has; all from `start` on if `size` is `None`.

        1 statement for the rows of a whole tenant, otherwise 2: which rows they are is asked through the ORM.
        """
        whole = _ordered(self._model, rows.query.order_by)
        parameters: dict[str, Any] = {"tenant": current_tenant_id()}
        if whole and cast("TenantQuerySet[M]", rows).is_whole():
            parameters |= {"start": start, "size": size}
            texts = fetch_values(_part_of_all(self._json, self._model, whole), parameters)
        else:
            ids = list(rows.values_list("pk", flat=True)[start : None if size is None else start + size])
            texts = fetch_values(_by_ids(self._json, self._model), parameters | {"ids": ids}) if ids else []
        return _encode(f"[{','.join(texts)}]"), len(texts)


def _ordered(model: type[models.Model], names: Sequence[Any]) -> str:
    """`ORDER BY` of plain fields; empty if it is any other."""
    if not all(isinstance(name, str) and "__" not in name and name != "?" for name in names):
        return ""
    fields = [(model._meta.get_field(name.removeprefix("-")), name[0] == "-") for name in names]
    quote = connection.ops.quote_name
    return ", ".join(f"r.{quote(cast(Any, field).column)}{' DESC' * descends}" for field, descends in fields)


@cache
def _by_id(json: str, model: type[models.Model]) -> str:
    return f"SELECT {json} FROM {model._meta.db_table} r WHERE r.tenant_id = %s AND r.id = %s"  # noqa: S608 - identifiers come from code


@cache
def _by_ids(json: str, model: type[models.Model]) -> str:
    return (
        f"SELECT {json} FROM unnest(%(ids)s::varchar[]) WITH ORDINALITY AS wanted (id, place)"  # noqa: S608 - identifiers come from code
        f" JOIN {model._meta.db_table} r ON r.tenant_id = %(tenant)s AND r.id = wanted.id ORDER BY wanted.place"
    )


@cache
def _part_of_all(json: str, model: type[models.Model], order: str) -> str:
    # The part first: rows that are passed over must not become JSON.
    return (
        f"SELECT {json} FROM (SELECT * FROM {model._meta.db_table} r WHERE r.tenant_id = %(tenant)s"  # noqa: S608 - identifiers come from code
        f" ORDER BY {order} LIMIT %(size)s OFFSET %(start)s) r ORDER BY {order}"
    )
