"""Shapes that several kinds share. Bounds come from the models and the services that store the values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from common.shapes import AnyObject, Choice, Items, Members, Shape, Text, Values
from common.shapes.base import refuse

MANAGEMENT_API = "@management-api"
"""The indicator that stands for the tenant's own Management API, which is another one in each tenant."""

_LONGEST_TEXT = 65_536
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, kw_only=True)
class Names(Items):
    """A set of names: read sorted, each once, so that order means nothing."""

    of: Shape = Text(min_length=1, max_length=512)

    def _read(self, value: Any, path: str) -> list[Any]:
        return sorted(set(super()._read(value, path)))


@dataclass(frozen=True, kw_only=True)
class NamesByName(Values):
    """Sets of names under names: permissions by the indicator of their API, roles by organization."""

    of: Shape = Names()

    def _read(self, value: Any, path: str) -> dict[str, Any]:
        return {name: names for name, names in sorted(super()._read(value, path).items()) if names}


@dataclass(frozen=True, kw_only=True)
class _ClientId(Text):
    """What an application's id can be: nothing that an address, or a client with a metadata document, could be."""

    min_length: int = 1
    max_length: int = 21

    def _check(self, value: str, path: str) -> None:
        if not _CLIENT_ID.fullmatch(value):
            raise refuse(path, "invalid", _("An id has letters, digits, hyphens and underscores alone."))


CLIENT_ID = _ClientId()


def column(model: type[Model], name: str, *, required: bool = False) -> Text | Choice:
    """Return the shape of a text column: its length or its choices, and whether it may be null."""
    field: Any = model._meta.get_field(name)
    if field.choices:
        return Choice(choices=tuple(str(value) for value, _label in field.choices), required=required)
    longest = field.max_length or _LONGEST_TEXT
    return Text(min_length=0 if field.null else 1, max_length=longest, required=required, nullable=field.null)


def closed(shape: Shape) -> Any:
    """Return a service's shape as a file is held against it: a key that is not known is a mistake, not dropped."""
    if isinstance(shape, Members):
        members: Mapping[str, Shape] = {name: closed(member) for name, member in shape.members.items()}
        return replace(shape, members=members, is_closed=True)
    if isinstance(shape, Items | Values):
        return replace(shape, of=closed(shape.of))
    return shape


def form_shape(members: Mapping[str, Shape], *, nullable: bool = False) -> Members:
    """Return the shape of one thing of a file; unknown keys are refused."""
    return Members(members, is_closed=True, nullable=nullable)


JSON = AnyObject()
