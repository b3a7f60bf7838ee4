"""Who is told of the error pages that people see: rooms above register in `AppConfig.ready`."""

from collections.abc import Callable
from typing import NamedTuple

from common.errors import AppError


class ErrorPage(NamedTuple):
    """A page that has been shown: `trace_id` is on it, `error` is what it is about if that has a code."""

    trace_id: str
    status: int
    path: str
    error: AppError | None = None


Listener = Callable[[ErrorPage], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call `listener` with every error page; it must not raise."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(shown: ErrorPage) -> None:
    """Tell of a page that is about to be shown."""
    for listener in _listeners:
        listener(shown)
