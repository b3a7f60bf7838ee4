"""What a configuration changes: steps in the order in which they happen, as people and programs read them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from common.crypto import keyed_digests
from configuration.differences import ABSENT, Difference, differences
from configuration.kinds.base import Item, Kind, OrderedKind
from configuration.secrets import Secret
from tenants.context import current_tenant_id

State = Mapping[str, Sequence[Item]]


class Action(StrEnum):
    """What happens to a thing."""

    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that changes, and how. A renamed one is told under its new name."""

    section: str
    identity: str
    action: Action
    differences: Sequence[Difference] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "section": self.section,
            "name": self.identity,
            "action": self.action.value,
            "differences": [difference.as_json() for difference in self.differences],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What an apply does, or has done.

    `version` says of which state of the tenant it was made. `notes` are sentences about what stays as it is: secrets
    that were not given, things that the file does not name.
    """

    steps: Sequence[Step]
    version: str
    notes: Sequence[str] = ()

    @property
    def summary(self) -> dict[str, int]:
        """How many things are created, changed and deleted."""
        return {action.value: sum(step.action == action for step in self.steps) for action in Action}

    def as_json(self) -> dict[str, Any]:
        """Return the plan as the Management API answers it."""
        return {
            "version": self.version,
            "hasChanges": bool(self.steps),
            "summary": self.summary,
            "steps": [step.as_json() for step in self.steps],
            "notes": list(self.notes),
        }


def compare_states(kinds: Iterable[Kind], before: State, after: State) -> list[Step]:
    """Return the steps from one state to another: what is made and changed in the order of kinds, deletions last."""
    made: list[Step] = []
    deleted: list[Step] = []
    for kind in kinds:
        old = {item.key: item for item in before[kind.section]}
        new = {item.key: item for item in after[kind.section]}
        for key, item in new.items():
            held = old.get(key)
            found = differences(held.form if held else ABSENT, item.form)
            if held is None:
                made.append(Step(kind.section, item.identity, Action.CREATE, found))
            elif found:
                made.append(Step(kind.section, item.identity, Action.CHANGE, found))
        gone = [item for key, item in old.items() if key not in new]
        deleted[:0] = [Step(kind.section, item.identity, Action.DELETE) for item in gone]
        if isinstance(kind, OrderedKind) and [key for key in old if key in new] != [key for key in new if key in old]:
            order = Difference(
                "order", [item.identity for item in old.values()], [item.identity for item in new.values()]
            )
            made.append(Step(kind.section, kind.section, Action.CHANGE, [order]))
    return [*made, *deleted]


def versions_of(state: State) -> list[str]:
    """Return the digests of a state, secrets and all, under each key of the ring, the newest first."""
    rows = {section: [[item.key, item.form] for item in items] for section, items in state.items()}
    text = json.dumps(rows, sort_keys=True, default=_secret)
    context = f"configuration.version {current_tenant_id()}"
    return [digest[:40] for digest in keyed_digests(text, context=context)]


def _secret(value: Any) -> Any:
    if isinstance(value, Secret):
        return {"secret": value.value}
    raise TypeError(type(value))
