"""Rows by name: which columns a named tuple is made of."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast, get_args, get_type_hints

Row = tuple[Any, ...]
R = TypeVar("R", bound=Row)


class _Group(NamedTuple):
    """The columns of a row that become a named tuple of their own."""

    start: int
    end: int
    make: Callable[[Sequence[Any]], Row]


def _inner_shape(hint: Any) -> Any:
    """The named tuple that a field is annotated with, optional or not; `None` for any other type."""
    return next((part for part in (hint, *get_args(hint)) if hasattr(part, "_fields")), None)


@cache
def row_maker(shape: type[R], columns: tuple[str, ...]) -> Callable[[Sequence[Any]], R]:
    """Return the function that makes a `shape` of a row with these columns.

    The columns have the names and the order of its fields. A field that is a named tuple itself takes a column for each
    of its own, `<field>_<name>`; fields with a default may be missing at the end. Raises `TypeError` for any others.
    """
    named = cast(Any, shape)
    hints, expected, groups = get_type_hints(shape), list[str](), list[_Group]()
    for field in named._fields:
        if len(expected) >= len(columns) and field in named._field_defaults:
            break
        inner = _inner_shape(hints[field])
        if inner is None:
            expected.append(field)
        else:
            start = len(expected)
            expected += (f"{field}_{name}" for name in inner._fields)
            groups.append(_Group(start, len(expected), inner._make))
    if tuple(expected) != columns:
        raise TypeError(f"{shape.__name__} is made of {', '.join(expected)}, not of {', '.join(columns)}")
    if not groups:
        return lambda row: cast(R, named(*row))
    groups.reverse()

    def make(row: Sequence[Any]) -> R:
        values = list(row)
        for group in groups:
            values[group.start : group.end] = [group.make(values[group.start : group.end])]
        return cast(R, named(*values))

    return make
