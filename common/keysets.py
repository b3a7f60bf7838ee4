"""Places in ordered lists: where a page ended is where the next begins, however deep, without passing over rows.

A list has places if its order is one that an index can have: plain columns, all up or all down, the last of them the
primary key. A place is the values of these columns in a row, which need not be there any more.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import BooleanField, F, Func, QuerySet, Value

from common.crypto import sha256_hex

_LONGEST_CURSOR = 512


class Part(NamedTuple):
    """A part of a list as JSON or as what becomes JSON, how many rows it has, and the place of the last."""

    body: Any
    length: int
    end: Sequence[str] | None = None


class CursorError(ValueError):
    """The text is no cursor of this list."""


@dataclass(frozen=True, slots=True)
class Keyset:
    """The columns that order a list, and their direction."""

    fields: tuple[Any, ...]
    descends: bool

    def place_of(self, row: models.Model) -> list[str]:
        """Return the place of a row."""
        return [_spell(getattr(row, field.attname)) for field in self.fields]

    def cursor_of(self, place: Sequence[str]) -> str:
        """Return a place as callers keep it, opaque."""
        return urlsafe_b64encode(json.dumps([self._tag, *place]).encode()).decode().rstrip("=")

    def read_cursor(self, cursor: str) -> list[Any]:
        """Return the values of a place, each fit for its column.

        Whoever makes one up may name any place of a list that they may read. Raises `CursorError`.
        """
        try:
            if len(cursor) > _LONGEST_CURSOR:
                raise CursorError("too long")
            tag, *texts = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            if tag != self._tag or len(texts) != len(self.fields) or not all(isinstance(text, str) for text in texts):
                raise CursorError("of another list")
            values = [_read(field, text) for field, text in zip(self.fields, texts, strict=True)]
        except (ValueError, TypeError, OverflowError, RecursionError, ValidationError) as error:
            raise CursorError("no cursor") from error
        return values

    @property
    def _tag(self) -> str:
        """A list of another model, or in another order, has other places."""
        names = [f"{field.model._meta.label}.{field.name}" for field in self.fields]
        return sha256_hex(f"{names} {self.descends}")[:8]


def _spell(value: Any) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)


def _read(field: Any, text: str) -> Any:
    if "\x00" in text or not text.isprintable():
        raise CursorError("a text that no column holds")
    value = field.clean(text, None)
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise CursorError("a moment without a zone")
    # PostgreSQL takes fewer offsets than Python.
    return value.astimezone(UTC)


def find_keyset(rows: Any) -> Keyset | None:
    """Return by what a list has places, `None` for one that has none."""
    if not isinstance(rows, QuerySet) or rows.query.is_sliced or rows.query.distinct or rows.query.combinator:
        return None
    names = [name for name in rows.query.order_by if isinstance(name, str) and "__" not in name]
    if not names or len(names) != len(rows.query.order_by):
        return None
    descends = names[0].startswith("-")
    try:
        fields = tuple(rows.model._meta.get_field(name.removeprefix("-")) for name in names)
    except FieldDoesNotExist:
        return None
    is_plain = all(getattr(field, "concrete", False) and not field.null for field in fields)
    is_even = all(name.startswith("-") == descends for name in names)
    return Keyset(fields, descends) if is_plain and is_even and fields[-1] is rows.model._meta.pk else None


class _Behind(Func):
    """Whether a row is behind a place: a comparison of rows, which an index on their columns answers at once."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, keyset: Keyset, values: Sequence[Any]) -> None:
        columns = [F(field.name) for field in keyset.fields]
        given = [Value(value, output_field=field) for field, value in zip(keyset.fields, values, strict=True)]
        super().__init__(*columns, *given)
        self.operator = "<" if keyset.descends else ">"

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # the stubs name them
        parts = [compiler.compile(expression) for expression in self.source_expressions]
        half = len(parts) // 2
        words = [sql for sql, _parameters in parts]
        parameters = [value for _sql, values in parts for value in values]
        return f"({', '.join(words[:half])}) {self.operator} ({', '.join(words[half:])})", parameters


def rows_behind(rows: QuerySet[Any], keyset: Keyset, values: Sequence[Any]) -> QuerySet[Any]:
    """Return the rows of a list that come after a place."""
    return rows.filter(_Behind(keyset, values))
