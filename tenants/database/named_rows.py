"""Rows by name: which columns a named tuple is made of."""

from collections.abc import Callable, Sequence
from functools import cache, partial
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
    hints, expected, groups, missing = get_type_hints(shape), list[str](), list[_Group](), list[Any]()
    for field in named._fields:
        if len(expected) >= len(columns) and field in named._field_defaults:
            missing.append(named._field_defaults[field])
            continue
        inner = _inner_shape(hints[field])
        if inner is None:
            expected.append(field)
        else:
            start = len(expected)
            expected += (f"{field}_{name}" for name in inner._fields)
            groups.append(_Group(start, len(expected), partial(tuple.__new__, inner)))
    if tuple(expected) != columns:
        raise TypeError(f"{shape.__name__} is made of {', '.join(expected)}, not of {', '.join(columns)}")
    # A named tuple's own constructor takes its fields one by one, which costs several times as much.
    make_shape = partial(tuple.__new__, shape)
    if not groups and not missing:
        return make_shape
    groups.reverse()

    def make(row: Sequence[Any]) -> R:
        values = [*row, *missing]
        for start, end, make_inner in groups:
            values[start:end] = [make_inner(values[start:end])]
        return make_shape(values)

    return make
