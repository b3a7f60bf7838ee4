"""What rooms above tell of their rows, for the payloads of webhooks.

This room knows none of them: who has a row's form on the wire registers it in `AppConfig.ready`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from common.request_context import Call

Describe = Callable[[str], Mapping[str, Any] | None]
DescribeAll = Callable[[Sequence[str]], Sequence[Mapping[str, Any]]]


class Route(NamedTuple):
    """A call of an API as payloads tell it: without `/api`, with the contract's names of parameters."""

    path: str
    method: str
    status: int
    params: Mapping[str, str]
    matched: str


_describers: dict[str, Describe] = {}
_list_describers: dict[str, DescribeAll] = {}
_route_readers: list[Callable[[Call], Route | None]] = []


def describe(kind: str, function: Describe) -> None:
    """Let `function` return the row of a kind (`Role`, `Application`) with an id; `None` if there is none."""
    _describers[kind] = function


def describe_all(kind: str, function: DescribeAll) -> None:
    """Let `function` return the rows of a kind with these ids."""
    _list_describers[kind] = function


def read_routes(function: Callable[[Call], Route | None]) -> None:
    """Let `function` tell a call of an API; `None` for an address that is none of its own."""
    if function not in _route_readers:
        _route_readers.append(function)


def described(kind: str, row_id: str) -> Mapping[str, Any] | None:
    """Return a row as the rooms above tell it; `None` for a row that is not there, and a kind that nobody knows."""
    function = _describers.get(kind)
    return None if function is None else function(row_id)


def all_described(kind: str, row_ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """Return rows as the rooms above tell them."""
    function = _list_describers.get(kind)
    return [] if function is None else function(row_ids)


def route_of(call: Call | None) -> Route | None:
    """Return a call of an API, `None` for any other."""
    found = (read(call) for read in _route_readers) if call is not None else iter(())
    return next((route for route in found if route is not None), None)
