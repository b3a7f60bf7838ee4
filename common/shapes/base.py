"""What every shape does: read a value or refuse it, and fill in its default."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Issue(NamedTuple):
    """Why a value is refused: its place on the wire, a short code, and words."""

    path: str
    code: str
    message: str | Promise


class ShapeError(ValueError):
    """A value does not have its shape."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        super().__init__()
        self.issues = tuple(issues)


def refuse(path: str, code: str, message: str | Promise) -> ShapeError:
    return ShapeError([Issue(path, code, message)])


def join_path(path: str, name: object) -> str:
    """Return the place of a member or of an item."""
    return f"{path}.{name}" if path else str(name)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a value may be. `default` stands for a member that is absent; one that is `required` has none."""

    default: Any = None
    required: bool = False
    nullable: bool = False

    def read(self, value: Any, path: str = "") -> Any:
        """Return the value as it is stored; raises `ShapeError`."""
        if value is None:
            if self.nullable:
                return None
            raise refuse(path, "null", _("This field may not be null."))
        return self._read(value, path)

    def fill(self, value: Any) -> Any:
        """Return a stored value with the defaults of what is absent."""
        return copy(self.default) if value is None and not self.nullable else value

    def at(self, path: str | Iterable[str]) -> "Shape":
        """Return the shape of a member. Raises `KeyError` for one that is not declared."""
        raise KeyError(path)

    def _read(self, value: Any, path: str) -> Any:
        return value
