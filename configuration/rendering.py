"""A plan as people read it in a terminal or in the log of a build: like a diff."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any

from configuration.differences import ABSENT, Difference
from configuration.plans import Action, Plan, Step

_SIGNS = {Action.CREATE: "+", Action.CHANGE: "~", Action.DELETE: "-"}
_COLORS = {"+": "\x1b[32m", "~": "\x1b[33m", "-": "\x1b[31m", "!": "\x1b[36m"}
_END = "\x1b[0m"
_MAX_VALUE = 120
_MAX_LINES = 40
# Old lines times new ones: comparing takes up to the cube of the lines, and a plan can have thousands of texts.
_MAX_PAIRS = 100_000
_MAX_PAIRS_OF_PLAN = 1_000_000
_LINE_NUMBER = re.compile(r"(?<=[-+])[0-9]+")


def render_plan(plan: Plan, *, is_done: bool = False, in_color: bool = False) -> str:
    """Return a plan as text. `is_done` tells what was applied. Colors are those of ANSI terminals."""
    lines = plan_lines(plan)
    if lines:
        lines.append("")
    if in_color:
        lines = [_colored(line) for line in lines]
    return "\n".join([*lines, _summary(plan, is_done=is_done), ""])


def plan_lines(plan: Plan) -> list[str]:
    """Return a plan line by line: `+` is new, `-` goes, `~` changes, `!` is a note."""
    effort = _Effort()
    return [*(line for step in plan.steps for line in _step(step, effort)), *(f"! {note}" for note in plan.notes)]


class _Effort:
    """How much a plan's texts may still take to compare."""

    def __init__(self) -> None:
        self._left = _MAX_PAIRS_OF_PLAN

    def affords(self, pairs: int) -> bool:
        """Whether so many pairs of lines may be compared; if so, they are spent."""
        if pairs > min(_MAX_PAIRS, self._left):
            return False
        self._left -= pairs
        return True


def _shown(value: Any) -> str:
    """Return a value in one line, shortened if it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_VALUE else f"{text[: _MAX_VALUE - 1]}…"


def _step(step: Step, effort: _Effort) -> Iterator[str]:
    sign = _SIGNS[step.action]
    yield f"{sign} {step.section}" + ("" if step.identity == step.section else f": {step.identity}")
    for difference in step.differences:
        yield from _difference(difference, sign, effort)


def _difference(difference: Difference, sign: str, effort: _Effort) -> Iterator[str]:
    path, before, after = difference
    if isinstance(before, str) and isinstance(after, str) and "\n" in before + after:
        yield f"~   {path}:"
        yield from _text_difference(before, after, effort)
    elif before is ABSENT:
        # What is left at its default says nothing of a new thing.
        if sign != "+" or after not in (None, [], {}):
            yield f"+   {path}: {_shown(after)}"
    elif after is ABSENT:
        yield f"-   {path}: {_shown(before)}"
    elif _is_set(before) and _is_set(after):
        yield from _set_difference(path, before, after)
    else:
        yield f"~   {path}: {_shown(before)} → {_shown(after)}"


def _text_difference(before: str, after: str, effort: _Effort) -> Iterator[str]:
    old, new = before.splitlines(), after.splitlines()
    first = _count_common(old, new)
    last = _count_common(reversed(old[first:]), reversed(new[first:]))
    if not effort.affords((len(old) - first - last) * (len(new) - first - last)):
        yield f"~     {len(old)} lines → {len(new)} lines"
        return
    # One line on either side stays, to show where the others are.
    skipped, left = max(first - 1, 0), max(last - 1, 0)
    compared = old[skipped : len(old) - left], new[skipped : len(new) - left]
    lines = [_moved(line, skipped) for line in difflib.unified_diff(*compared, lineterm="", n=1)][2:]
    for line in lines[:_MAX_LINES]:
        yield f"{line[0]}     {line[1 : _MAX_VALUE + 1]}" if line[0] in "+-" else f"      {line[1 : _MAX_VALUE + 1]}"
    if len(lines) > _MAX_LINES:
        yield f"      … {len(lines) - _MAX_LINES} more lines"


def _count_common(old: Iterable[str], new: Iterable[str]) -> int:
    """How many lines are the same before the first that differs."""
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _moved(line: str, skipped: int) -> str:
    """Return a line of a diff; where it counts lines, with those that were skipped."""
    return _LINE_NUMBER.sub(lambda found: str(int(found[0]) + skipped), line) if line.startswith("@@") else line


def _is_set(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _set_difference(path: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    added, removed = _without(after, before), _without(before, after)
    if not added and not removed:
        yield f"~   {path}: {_shown(before)} → {_shown(after)}"
    yield from (f"-   {path}: {_shown(item)}" for item in removed)
    yield from (f"+   {path}: {_shown(item)}" for item in added)


def _without(items: Iterable[str], others: Iterable[str]) -> list[str]:
    left_out = set(others)
    return [item for item in items if item not in left_out]


def _colored(line: str) -> str:
    color = _COLORS.get(line[:1])
    return f"{color}{line}{_END}" if color else line


def _summary(plan: Plan, *, is_done: bool) -> str:
    if not plan.steps:
        return "No changes: the tenant is what the file says."
    counts = plan.summary
    if is_done:
        return f"Applied: {counts['create']} created, {counts['change']} changed, {counts['delete']} deleted."
    told = f"{counts['create']} to create, {counts['change']} to change, {counts['delete']} to delete."
    return f"Plan: {told}\nVersion: {plan.version}"
