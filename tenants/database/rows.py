"""Rows of hand-written statements as the models they are, where a hot path hands them on to code that saves them."""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


@cache
def columns_of(model: type[models.Model], alias: str) -> str:
    """Return every column of a model, in its order, as the words of a `SELECT`."""
    quote = connection.ops.quote_name
    return ", ".join(f"{alias}.{quote(str(field.column))}" for field in model._meta.concrete_fields)


@cache
def _shape(model: type[models.Model]) -> tuple[list[str], list[tuple[int, Any]]]:
    fields = model._meta.concrete_fields
    converters = [(at, field) for at, field in enumerate(fields) if hasattr(field, "from_db_value")]
    return [field.attname for field in fields], converters


def take(model: type[M], row: Sequence[Any]) -> tuple[M, Sequence[Any]]:
    """Return the model whose columns a row begins with, as a query would have made it, and the rest of the row."""
    names, converters = _shape(model)
    values = list(row[: len(names)])
    for at, field in converters:
        values[at] = field.from_db_value(values[at], None, connection)
    return model.from_db("default", names, values), row[len(names) :]
