"""What the rooms were told: the events of a test, in order, as subscribers get them."""

from collections.abc import Sequence

import pytest

from events import history
from events.history import Event, Handler


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """Every event recorded from here on; the rooms that subscribe get theirs too."""
    events: list[Event] = []
    subscribed = dict(history._handlers)

    class Everything(dict[str, list[Handler]]):
        def get(self, name: str, default: object = None) -> list[Handler]:
            return [events.append, *subscribed.get(name, [])]

    monkeypatch.setattr(history, "_handlers", Everything())
    return events


def changes_in(events: list[Event], name: str) -> list[tuple[str, dict[str, Sequence[str]], dict[str, Sequence[str]]]]:
    """What events of this name say: the subject's id, what was added and what was removed."""
    return [
        (event.subject.id if event.subject else "", dict(event.added), dict(event.removed))
        for event in events
        if event.name == name
    ]
