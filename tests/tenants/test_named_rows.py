"""A row becomes a named tuple by the names of its columns, or not at all."""

from typing import NamedTuple

import pytest

from tenants.database.named_rows import row_maker


class Owner(NamedTuple):
    id: str
    name: str


class Car(NamedTuple):
    id: str
    owner: Owner
    color: str
    previous: Owner | None = None
    note: str | None = None


COLUMNS = ("id", "owner_id", "owner_name", "color")


def test_a_field_that_is_a_named_tuple_takes_a_column_for_each_of_its_own() -> None:
    make = row_maker(Car, (*COLUMNS, "previous_id", "previous_name", "note"))
    row = ("1", "alice", "Alice", "red", "bob", "Bob", "old")
    assert make(row) == Car("1", Owner("alice", "Alice"), "red", Owner("bob", "Bob"), "old")


def test_what_has_a_default_may_be_missing_at_the_end() -> None:
    assert row_maker(Car, COLUMNS)(("1", "alice", "Alice", "red")) == Car("1", Owner("alice", "Alice"), "red")
    assert row_maker(Owner, ("id", "name"))(("alice", "Alice")) == Owner("alice", "Alice")


@pytest.mark.parametrize(
    "columns",
    [
        ("id", "owner_name", "owner_id", "color"),
        COLUMNS[:3],
        (*COLUMNS, "previous_id"),
        (*COLUMNS, "note"),
        (*COLUMNS, "weight"),
        ("?column?", *COLUMNS[1:]),
    ],
)
def test_other_columns_are_refused(columns: tuple[str, ...]) -> None:
    """Read by position, a column out of its place was another's value: a nonce as a session's id, without a word."""
    with pytest.raises(TypeError, match="Car is made of"):
        row_maker(Car, columns)
