"""Pictures for tests, of every kind that people upload."""

from io import BytesIO
from typing import Any

from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), color: Any = (200, 30, 30), **options: Any) -> bytes:
    """Return a picture of one color."""
    output = BytesIO()
    Image.new("RGBA" if len(color) == 4 else "RGB", size, color).save(output, kind, **options)
    return output.getvalue()


def opened(content: bytes) -> Any:
    """Return a picture as it was stored, decoded whole."""
    image = Image.open(BytesIO(content))
    image.load()
    return image


def svg(inside: str = "", *, before: str = "", attributes: str = "") -> bytes:
    """Return a drawing with something inside."""
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" {attributes}>{inside}</svg>'.encode()
