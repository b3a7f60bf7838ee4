"""Who is told of the error pages that people see, and whom these name: rooms above register in `AppConfig.ready`."""

from collections.abc import Callable
from typing import NamedTuple

from common.errors import AppError


class ErrorPage(NamedTuple):
    """A page that has been shown: `trace_id` is on it, `error` is what it is about if that has a code."""

    trace_id: str
    status: int
    path: str
    error: AppError | None = None


class Contact(NamedTuple):
    """Where the users of the current tenant find help; empty for what the tenant has not said."""

    email: str = ""
    url: str = ""


Listener = Callable[[ErrorPage], None]
ContactSource = Callable[[], Contact]

_listeners: list[Listener] = []
_contacts: list[ContactSource] = []


def listen(listener: Listener) -> None:
    """Call `listener` with every error page; it must not raise."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(shown: ErrorPage) -> None:
    """Tell of a page that is about to be shown."""
    for listener in _listeners:
        listener(shown)


def register_contact(source: ContactSource) -> None:
    """Let `source` say whom the current tenant's error pages name."""
    _contacts[:] = [source]


def current_contact() -> Contact:
    """Return whom an error page names; nobody where that cannot be said."""
    try:
        return _contacts[0]() if _contacts else Contact()
    except Exception:  # noqa: BLE001 - no tenant may be at this host, and the error may be the database's
        return Contact()
