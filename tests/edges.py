"""The edges of a declared setting, for tests that try every door at them."""

from collections.abc import Iterator
from typing import Any

from common.shapes import Choice, Integer, Shape, Text, WebAddress


def edges(shape: Shape) -> Iterator[tuple[Any, bool]]:
    """Values at each bound and just outside of it, and whether they are good."""
    match shape:
        case Integer():
            yield from ((shape.minimum, True), (shape.minimum - 1, False))
            yield from ((shape.maximum, True), (shape.maximum + 1, False))
        case WebAddress():
            start = "https://example.com/"
            yield start + "a" * (shape.max_length - len(start)), True
            yield start + "a" * (shape.max_length - len(start) + 1), False
            yield from (("http://minio:9000/logo.png", True), ("https://intranet/logo.svg", True))
            yield from (("//example.com", False), ("javascript:alert(1)", False), ("ftp://example.com/", False))
        case Text() if shape.max_length > shape.min_length:
            yield from (("x" * (shape.max_length + 1), False),)
        case Choice():
            yield from ((choice, True) for choice in shape.choices if choice != "Mandatory")
            yield "Nonsense", False
