"""Domain events: how a room tells the rooms above it what happened, without importing them.

Handlers run synchronously, inside the publisher's transaction: what they write commits or rolls back with it.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

Handler = Callable[[Mapping[str, Any]], None]

_handlers: dict[str, list[Handler]] = defaultdict(list)


def subscribe(event: str, handler: Handler) -> None:
    """Call `handler(payload)` for every `event` published. Called from `AppConfig.ready`."""
    if handler not in _handlers[event]:
        _handlers[event].append(handler)


def publish(event: str, payload: Mapping[str, Any]) -> None:
    """Tell every subscriber of `event`. Names are the contract's hook events, such as `User.Deleted`."""
    for handler in _handlers[event]:
        handler(payload)
