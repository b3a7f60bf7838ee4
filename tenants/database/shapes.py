"""Rows in the shape they have on the wire, made into JSON by PostgreSQL.

From the index to the answer no row becomes an object, and the SQL of a shape is prepared once for a connection. A shape
is declared by the model's fields, `Shape(Role, "id", "name", "created_at")`, and is the one place that knows how a row
looks, read from the database or after a write: `of` gives the same members for an instance.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar, cast

from django.db import connection, models

from common.clock import to_milliseconds
from common.errors import AppError
from common.keysets import Keyset, Part, find_keyset, rows_behind
from tenants.context import current_tenant_id
from tenants.database.parts import MOST_ON_PAGE, OrderedRows, join_by_id
from tenants.database.statements import fetch_all, fetch_value
from tenants.models import TenantModel, TenantQuerySet

M = TypeVar("M", bound=TenantModel)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@dataclass(frozen=True, slots=True)
class Member:
    """An attribute of the model under another name on the wire, or one that no column holds, with its SQL and type."""

    attribute: str
    wire: str = ""
    sql: str = ""
    kind: type | None = None


def _encode(text: str) -> bytes:
    # Fit for a script, too, as every other answer.
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()


def to_json_bytes(value: Any) -> bytes:
    """Return JSON as a shape's rows are, for what is added to rows that the database has made."""
    return _encode(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _column(model: type[models.Model], attribute: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == attribute)


class Shape(Generic[M]):
    """How rows of a model look on the wire: the names of their fields in camelCase, moments in milliseconds."""

    def __init__(self, model: type[M], *members: str | Member) -> None:
        self.model = model
        # By which column rows of another model, which `page` takes, refer to those that it shows.
        self._reference = ""
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

    def describe(self) -> Iterator[tuple[str, Any]]:
        """Yield the members: the name on the wire, and the column's field or, if no column holds it, its type."""
        for member in self._members:
            given = Member(member) if isinstance(member, str) else member
            described = given.kind if given.sql else _column(self.model, given.attribute)
            yield given.wire or _camel(given.attribute), described

    def plus(self, *members: str | Member) -> "Shape[M]":
        """Return the shape with more members at its end."""
        return Shape(self.model, *self._members, *members)

    def through(self, reference: str) -> "Shape[M]":
        """Return the shape for pages of rows that refer to what is shown, by this attribute of theirs.

        In the SQL of members these rows are `l`.
        """
        shape = Shape(self.model, *self._members)
        shape._reference = reference
        return shape

    def of(self, row: M) -> dict[str, Any]:
        """Return an instance in this shape."""
        values = {wire: read(row) for wire, read in self._readers}
        return {wire: to_milliseconds(held) if isinstance(held, datetime) else held for wire, held in values.items()}

    def each(self, rows: Iterable[M]) -> list[dict[str, Any]]:
        """Return instances in this shape."""
        return [self.of(row) for row in rows]

    def get(self, row_id: str, *, code: str = "entity.not_exists_with_id") -> bytes:
        """Return the current tenant's row with this id as JSON; raises `code`. 1 statement."""
        # Whatever else an address may hold is no id.
        is_id = row_id.isascii() and row_id.isprintable()
        text = fetch_value(_by_id(self._json, self.model), [current_tenant_id(), row_id]) if is_id else None
        if text is None:
            raise AppError(code)
        return _encode(text)

    def page(
        self,
        rows: models.QuerySet[Any],
        start: int,
        size: int | None,
        *,
        behind: Sequence[Any] | None = None,
        from_end: bool = False,
    ) -> Part:
        """Return a part of the rows as a JSON array; all from `start` on if `size` is `None`.

        The rows are of the shape's model, or refer to it (see `through`). `behind` is a place of their
        `keysets.Keyset`, after which the list begins. With `from_end` the same rows are found from the list's end, if
        the database keeps their number. 1 statement for rows that values of their columns choose, otherwise 2: which
        rows they are is asked through the ORM.
        """
        keyset, alias, table = find_keyset(rows), "l" if self._reference else "r", rows.model._meta.db_table
        order, limit = _ordered(rows.model, rows.query.order_by, alias), ""
        values = rows.find_own_values() if order and isinstance(rows, TenantQuerySet) else None
        parameters: dict[str, Any] = {"tenant": current_tenant_id(), "start": start, "size": size}
        if values is None:
            if keyset and behind:
                rows = rows_behind(rows, keyset, behind)
            parameters["ids"] = list(rows.values_list("pk", flat=True)[start : None if size is None else start + size])
            if not parameters["ids"]:
                return Part(b"[]", 0)
            source, order = f"{_WANTED} {join_by_id(table, alias, 'wanted')}", "wanted.place"
        else:
            parameters |= {f"value{number}": value for number, value in enumerate(values.values())}
            parameters |= {f"behind{number}": str(value) for number, value in enumerate(behind or ())}
            columns = tuple(map(connection.ops.quote_name, values))
            chosen = OrderedRows(table, alias, columns, order, _behind(keyset, alias) if keyset and behind else "")
            if size is None or size > MOST_ON_PAGE:
                source = chosen.part()
            elif start == 0:
                source, limit = chosen.beginning(), " LIMIT %(size)s"
            elif from_end and keyset and self.model.is_counted and not (values or self._reference):
                source = chosen.page_from_end()
            else:
                source = chosen.page()
        sql = (
            f"SELECT {self._json} AS json, {_place(keyset, alias)} AS place"  # noqa: S608 - identifiers come from code
            f" FROM {source}{self._shown(rows.model)} ORDER BY {order}{limit}"
        )
        found = fetch_all(_Row, sql, parameters)
        body = _encode(f"[{','.join(row.json for row in found)}]")
        return Part(body, len(found), json.loads(found[-1].place) if found and keyset else None)

    def _shown(self, rows: type[models.Model]) -> str:
        """The `JOIN` of the rows that are shown, if others refer to them."""
        if not self._reference:
            return ""
        reference = connection.ops.quote_name(_column(rows, self._reference).column)
        return f" JOIN {self.model._meta.db_table} r ON r.tenant_id = l.tenant_id AND r.id = l.{reference}"


_WANTED = "unnest(%(ids)s::varchar[]) WITH ORDINALITY AS wanted (id, place)"


def _ordered(model: type[models.Model], names: Sequence[Any], alias: str) -> str:
    """`ORDER BY` of plain fields; empty if it is any other."""
    if not all(isinstance(name, str) and "__" not in name and name != "?" for name in names):
        return ""
    return _order_of(model, tuple(names), alias)


@cache
def _order_of(model: type[models.Model], names: tuple[str, ...], alias: str) -> str:
    fields = [(model._meta.get_field(name.removeprefix("-")), name[0] == "-") for name in names]
    quote = connection.ops.quote_name
    return ", ".join(f"{alias}.{quote(cast(Any, field).column)}{' DESC' * descends}" for field, descends in fields)


@cache
def _by_id(json: str, model: type[models.Model]) -> str:
    return f"SELECT {json} FROM {model._meta.db_table} r WHERE r.tenant_id = %s AND r.id = %s"  # noqa: S608 - identifiers come from code


class _Row(NamedTuple):
    json: str
    # Where it stands in the order of its list: a JSON array of the columns' values, as texts.
    place: str


def _columns(keyset: Keyset, alias: str) -> list[str]:
    return [f"{alias}.{connection.ops.quote_name(field.column)}" for field in keyset.fields]


@cache
def _place(keyset: Keyset | None, alias: str) -> str:
    """A row's place in SQL, spelled as `Keyset.place_of` spells it: moments in UTC with six digits of the second."""
    if keyset is None:
        return "''"
    texts = (
        f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')"
        if isinstance(field, models.DateTimeField)
        else f"{column}::text"
        for column, field in zip(_columns(keyset, alias), keyset.fields, strict=True)
    )
    return f"json_build_array({', '.join(texts)})::text"


@cache
def _behind(keyset: Keyset, alias: str) -> str:
    """The condition that a row is behind the place of the parameters: a comparison of rows, which an index answers."""
    types = (str(field.db_type(connection)).partition("(")[0] for field in keyset.fields)
    given = ", ".join(f"%(behind{number})s::{kind}" for number, kind in enumerate(types))
    return f" AND ({', '.join(_columns(keyset, alias))}) {'<' if keyset.descends else '>'} ({given})"
