"""The tenant's accent color and the colors that follow from it: readable text on it, and as text itself.

Contrast is that of WCAG 2.2 section 1.4.3; the pages aim at AA (4.5:1) whatever color a tenant chooses.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_HEX = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_READABLE = 4.5

DEFAULT_ACCENT = "#4f46e5"
# What the accent has to be readable on: `--wash` of the style sheet, nearer to the text than the surface is.
LIGHT_WASH = "#f4f5f8"
DARK_WASH = "#22252d"

Rgb = tuple[int, int, int]


class Accent(NamedTuple):
    """One accent on one surface: the color, text on it, its pressed form, and the form in which it is text."""

    base: str
    on_base: str
    pressed: str
    ink: str


class Palette(NamedTuple):
    """The accent in light, and in dark where the tenant lets the pages turn dark."""

    light: Accent
    dark: Accent | None


def _parse(color: object) -> Rgb | None:
    match = _HEX.fullmatch(color) if isinstance(color, str) else None
    if match is None:
        return None
    digits = match[1] if len(match[1]) == 6 else "".join(digit * 2 for digit in match[1])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _format(color: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def _mix(color: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(color, other, strict=True))
    return red, green, blue


def _luminance(color: Rgb) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (part / 255 for part in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: Rgb, other: Rgb) -> float:
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


_WHITE: Rgb = (255, 255, 255)
_BLACK: Rgb = (0, 0, 0)
_NEAR_BLACK: Rgb = (17, 19, 24)


def _readable_as_text(color: Rgb, surface: Rgb) -> Rgb:
    """The color moved away from the surface by as little as makes it readable there."""
    goal = _BLACK if _luminance(surface) > 0.5 else _WHITE
    for step in range(21):
        moved = _mix(color, goal, step / 20)
        if _contrast(moved, surface) >= _READABLE:
            return moved
    return goal


def _text_on(color: Rgb) -> Rgb:
    """White where it is readable, else the page's near-black, else black: one of white and black always is."""
    return next((text for text in (_WHITE, _NEAR_BLACK) if _contrast(color, text) >= _READABLE), _BLACK)


def _accent(color: Rgb, surface: Rgb) -> Accent:
    on_base = _text_on(color)
    pressed = _mix(color, _BLACK if on_base == _WHITE else _WHITE, 0.14)
    return Accent(_format(color), _format(on_base), _format(pressed), _format(_readable_as_text(color, surface)))


def palette_of(color: Mapping[str, Any]) -> Palette:
    """Return the palette of the settings' `color` object. A missing or malformed color is the default's."""
    default = _parse(DEFAULT_ACCENT) or _BLACK
    light_wash, dark_wash = _parse(LIGHT_WASH) or _WHITE, _parse(DARK_WASH) or _BLACK
    primary = _parse(color.get("primaryColor")) or default
    if not color.get("isDarkModeEnabled"):
        return Palette(_accent(primary, light_wash), None)
    dark = _parse(color.get("darkPrimaryColor")) or _mix(primary, _WHITE, 0.3)
    return Palette(_accent(primary, light_wash), _accent(dark, dark_wash))
