"""What differs between two forms of one thing, leaf by leaf."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from configuration.errors import Path, spelled
from configuration.secrets import MASK, Secret

# Members by which the items of a list are told apart.
_NAMES = ("name", "identifier")
ABSENT = object()


class Difference(NamedTuple):
    """A leaf that changes: `before` and `after` are JSON, `ABSENT` if it is not there; secrets are masked."""

    path: str
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        """Return it as the API says it; a side that is absent is left out."""
        sides = {"before": self.before, "after": self.after}
        return {"path": self.path, **{name: value for name, value in sides.items() if value is not ABSENT}}


def differences(before: Any, after: Any) -> list[Difference]:
    """Return the leaves that differ, in the order of the form; `ABSENT` stands for a thing that is not there."""
    return list(_compare(before, after, ()))


def masked(value: Any) -> Any:
    """Return a value as it may be shown."""
    if isinstance(value, Secret):
        return MASK
    if isinstance(value, dict):
        return {name: masked(item) for name, item in value.items()}
    return [masked(item) for item in value] if isinstance(value, list) else value


def _compare(before: Any, after: Any, path: Path) -> Iterator[Difference]:
    if isinstance(before, Secret) and isinstance(after, Secret):
        if before.value != after.value:
            yield Difference(spelled(path), MASK, MASK)
        return
    if before == after:
        return
    old, new = _members(before), _members(after)
    if old is None or new is None or not (old or new):
        yield Difference(spelled(path), masked(before), masked(after))
        return
    for name in dict.fromkeys([*new, *old]):
        yield from _compare(old.get(name, ABSENT), new.get(name, ABSENT), (*path, name))


def _members(value: Any) -> dict[str, Any] | None:
    """Objects, and lists of named objects, by their members; nothing else has any."""
    if value is ABSENT:
        return {}
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        for key in _NAMES:
            names = [item.get(key) for item in value]
            if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
                return {f"[{name}]": item for name, item in zip(names, value, strict=True)}
    return None
