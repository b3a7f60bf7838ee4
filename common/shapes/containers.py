"""Shapes of lists and objects, made of other shapes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.shapes.base import Issue, Shape, ShapeError, join_path, refuse


@dataclass(frozen=True, kw_only=True)
class Items(Shape):
    """A list whose items have one shape."""

    of: Shape
    max_items: int = 1000

    def _read(self, value: Any, path: str) -> list[Any]:
        if not isinstance(value, list):
            raise refuse(path, "not_a_list", _("Must be a list."))
        if len(value) > self.max_items:
            raise refuse(path, "max_length", _("There are too many items."))
        issues: list[Issue] = []
        read = []
        for index, item in enumerate(value):
            try:
                read.append(self.of.read(item, join_path(path, index)))
            except ShapeError as error:
                issues += error.issues
        if issues:
            raise ShapeError(issues)
        return read


@dataclass(frozen=True, kw_only=True)
class Values(Shape):
    """An object with any keys, whose values have one shape."""

    of: Shape
    max_items: int = 1000

    def _read(self, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise refuse(path, "not_a_dict", _("Must be an object."))
        if len(value) > self.max_items:
            raise refuse(path, "max_length", _("There are too many items."))
        return {name: self.of.read(item, join_path(path, name)) for name, item in value.items()}


@dataclass(frozen=True)
class Members(Shape):
    """An object with known members. Others are dropped, or refused by one that `is_closed`, as the contract says."""

    members: Mapping[str, Shape]
    is_closed: bool = field(default=False, kw_only=True)

    def _read(self, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise refuse(path, "invalid", _("Must be an object."))
        issues: list[Issue] = []
        read = {}
        for name, shape in self.members.items():
            try:
                if name in value:
                    read[name] = shape.read(value[name], join_path(path, name))
                elif shape.required:
                    raise refuse(join_path(path, name), "required", _("This field is required."))
            except ShapeError as error:
                issues += error.issues
        if self.is_closed:
            unknown = sorted(set(value) - set(self.members))
            issues += [Issue(join_path(path, name), "invalid", _("This key is not known.")) for name in unknown]
        if issues:
            raise ShapeError(issues)
        return read

    def fill(self, value: Any) -> Any:
        """Return a stored object with the defaults of every member that is absent and has one."""
        if value is None:
            if self.nullable:
                return None
            value = {}
        filled = dict(value)
        for name, shape in self.members.items():
            member = shape.fill(value.get(name))
            if name in value or member is not None:
                filled[name] = member
        return filled

    def at(self, path: str | Iterable[str]) -> Shape:
        """Return the shape of a member, at a path with dots. Raises `KeyError` for one that is not declared."""
        shape: Shape = self
        for name in path.split(".") if isinstance(path, str) else path:
            if not isinstance(shape, Members):
                raise KeyError(name)
            shape = shape.members[name]
        return shape

    def leaves(self, path: str = "") -> Iterator[tuple[str, Shape]]:
        """Yield every member that is no object of members itself, with its path."""
        for name, shape in self.members.items():
            if isinstance(shape, Members):
                yield from shape.leaves(join_path(path, name))
            else:
                yield join_path(path, name), shape
