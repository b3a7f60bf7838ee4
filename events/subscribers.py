"""How a room tells the rooms above it what happened, without importing them.

Handlers run synchronously, inside the transaction of what happened: what they write commits or rolls back with it.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.actors import Actor
from common.subjects import Subject


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened. `name` is a hook event of the contract, or one of its log keys.

    `before` and `after` hold the members that changed, by their names on the wire; `added` and `removed` the ids of
    what was given to the subject or taken from it. Nothing in it is masked or cut: the audit entry is.
    """

    name: str
    tenant_id: str
    moment: datetime
    actor: Actor
    subject: Subject
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    added: Sequence[str]
    removed: Sequence[str]
    details: Mapping[str, Any]


Handler = Callable[[Happening], None]

_handlers: dict[str, list[Handler]] = defaultdict(list)


def subscribe(event: str, handler: Handler) -> None:
    """Call `handler(happening)` for every `event` that succeeded. Called from `AppConfig.ready`."""
    if handler not in _handlers[event]:
        _handlers[event].append(handler)


def handlers_of(event: str) -> Sequence[Handler]:
    """Return who listens."""
    return _handlers.get(event, ())
