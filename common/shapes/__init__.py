"""Settings declared once: what a JSON value may be, its bounds, its default, and how it is refused.

A room declares its settings as a tree of shapes. Its service calls `validate` with it; the API hands JSON through, and
the console takes the bounds of its form fields from the same tree. The values keep their names on the wire.
"""

from typing import Any

from common.errors import invalid_values
from common.shapes.base import Shape, ShapeError
from common.shapes.containers import Items, Members, Values
from common.shapes.values import AnyObject, Choice, Color, EmailAddress, Flag, Integer, Origin, Text, WebAddress

__all__ = [
    "AnyObject",
    "Choice",
    "Color",
    "EmailAddress",
    "Flag",
    "Integer",
    "Items",
    "Members",
    "Origin",
    "Shape",
    "Text",
    "Values",
    "WebAddress",
    "validate",
]


def validate(shape: Shape, value: Any, *, path: str = "") -> Any:
    """Return a value as it is stored. Raises `guard.invalid_input` that names every refused place."""
    try:
        return shape.read(value, path)
    except ShapeError as error:
        raise invalid_values(error.issues) from error
