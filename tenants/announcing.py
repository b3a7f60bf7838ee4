"""How this room, on the lowest floor, says what happened: the room that keeps the history registers itself here."""

from collections.abc import Mapping
from typing import Any, Protocol

from common.actors import Actor


class Announce(Protocol):
    """Say that `event` happened to a row of `kind` in the current tenant; see `events.history.record`."""

    def __call__(self, event: str, *, actor: Actor, kind: str, id: str, name: str = "", **details: Any) -> None: ...


_listener: Announce | None = None


def listen(listener: Announce) -> None:
    """Let `listener` have every announcement. Called once, by the `ready` of the app that keeps the history."""
    global _listener
    _listener = listener


def announce(event: str, *, actor: Actor, kind: str, id: str, name: str = "", **details: Mapping[str, Any]) -> None:
    """Say what happened, in the caller's transaction."""
    if _listener is not None:
        _listener(event, actor=actor, kind=kind, id=id, name=name, **details)
