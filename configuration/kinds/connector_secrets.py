"""Where the secrets of connectors' configurations stand: their kinds say so, item by item."""

from collections.abc import Iterable, Iterator
from typing import Any

from configuration.errors import Path
from connectors.factories import FormItem


def secret_paths_of(items: Iterable[FormItem], config: Any, path: Path = ()) -> Iterator[Path]:
    """Return the paths of what the items keep confidential or may hold secrets, in a configuration.

    Of an object with parts these are its confidential parts alone, of another object that may hold secrets its members.
    """
    held = config if isinstance(config, dict) else {}
    for item in items:
        place, value = (*path, item.key), held.get(item.key)
        if item.parts:
            yield from secret_paths_of(item.parts, value, place)
        elif item.may_hold_secrets and isinstance(value, dict):
            yield from ((*place, name) for name in value)
        elif item.is_confidential or item.may_hold_secrets:
            yield place
