"""The geometry of a chart: lines over days, drawn by the server as SVG without anything from elsewhere.

Coordinates are those of a box of 100 × 100 that is stretched to whatever room there is; words stand next to it as text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import floor, log10

_STEPS = (1, 2, 5, 10)
_LINES = 4


@dataclass(frozen=True, slots=True)
class Point:
    """A day, its number, where its dot is, and the column of the chart that belongs to it."""

    day: date
    count: int
    x: float
    y: float
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Chart:
    """`line` and `area` are paths of SVG; `ticks` what stands at the lines across, from the top."""

    points: list[Point]
    line: str
    area: str
    ticks: list[str]
    lines: list[float]


def line_chart(days: Sequence[tuple[date, int]]) -> Chart:
    """Return the chart of a number for each of several days."""
    top = _top_of(max((count for _day, count in days), default=0))
    width = 100 / len(days)
    points = [
        Point(day, count, round((number + 0.5) * width, 2), round(100 - count * 100 / top, 2), number * width, width)
        for number, (day, count) in enumerate(days)
    ]
    line = "M" + " L".join(f"{point.x} {point.y}" for point in points)
    area = f"{line} L{points[-1].x} 100 L{points[0].x} 100 Z"
    ticks = [f"{top * number // _LINES:,}" for number in range(_LINES, -1, -1)]
    return Chart(points, line, area, ticks, [number * 100 / _LINES for number in range(_LINES + 1)])


def _top_of(highest: int) -> int:
    """Return a round number above all, which the lines across divide evenly."""
    per_line = max(1, -(-highest // _LINES))
    magnitude = 10 ** floor(log10(per_line))
    return next(step * magnitude for step in _STEPS if step * magnitude >= per_line) * _LINES
