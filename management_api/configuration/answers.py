"""Answers about the configuration."""

from typing import Any, Literal, NotRequired, TypedDict


class Difference(TypedDict):
    """A member that changes; a side that is absent was, or will be, not there. Secrets are masked."""

    path: str
    before: NotRequired[Any]
    after: NotRequired[Any]


class Step(TypedDict):
    """A thing that is created, changed or deleted."""

    section: str
    name: str
    action: Literal["create", "change", "delete"]
    differences: list[Difference]


class Summary(TypedDict):
    """How many things."""

    create: int
    change: int
    delete: int


class Plan(TypedDict):
    """What a file changes, in the order in which it happens, and of which state of the tenant that is said."""

    version: str
    hasChanges: bool
    summary: Summary
    steps: list[Step]
    notes: list[str]
