"""Finding traces: each way by an index, and never more rows than a page shows.

A journey is found by its id, by the id of an entry in it (which is the trace id of an error page), by its user's
entries, or by its beginning among the application's or the tenant's.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.db.models import QuerySet

from common.errors import AppError
from events.models import AuditLog
from experience.traces.trace import BEGINNING, REFUSALS, Trace

# A journey has as many steps as its browser likes.
MOST_ENTRIES = 300
# What the list reads of each journey: the end, which says what has become of it, and the beginning.
_ENDS = 12
_PAGE = 25
# How many of a user's entries are read at once, and how often, until they make a page of journeys.
_STRETCH = 250
_MOST_STRETCHES = 8


class TracePage(NamedTuple):
    """Traces, newest first; `older` is where the next page begins, `None` after the last one."""

    traces: Sequence[Trace]
    older: datetime | None


def find_trace(trace_id: str) -> Trace | None:
    """Return the trace of a journey, or of what an error page showed a trace id of; `None` if there is none."""
    if not trace_id or len(trace_id) > 21 or "\x00" in trace_id:
        return None
    entry = AuditLog.objects.filter(id=trace_id).first()
    if entry is not None and entry.journey_id is None:
        return Trace(entry.id, [entry])
    journey_id = trace_id if entry is None else entry.journey_id
    entries = list(_entries_of(str(journey_id)).order_by("created_at", "id")[: MOST_ENTRIES + 1])
    if not entries:
        return None
    return Trace(str(journey_id), entries[:MOST_ENTRIES], is_cut=len(entries) > MOST_ENTRIES)


def list_traces(
    *,
    user_id: str | None = None,
    application_id: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    before: datetime | None = None,
) -> TracePage:
    """Return a page of traces, newest first, of those within a window of time; `before` begins a further page.

    With a user those in which they were recognized, by the user's last entry in each; without one all, by their
    beginnings, and what was refused before there was a journey. Raises `log.invalid_time_window`.
    """
    if start and end and start > end:
        raise AppError("log.invalid_time_window")
    entries = AuditLog.objects.all()
    filters = {"application_id": application_id, "created_at__gte": start, "created_at__lte": end}
    entries = entries.filter(**{name: value for name, value in filters.items() if value})
    if user_id:
        return _page_of_user(entries.filter(user_id=user_id), before)
    return _page_of_beginnings(entries if before is None else entries.filter(created_at__lt=before))


def _entries_of(journey_id: str) -> QuerySet[AuditLog]:
    return AuditLog.objects.filter(journey_id=journey_id)


def _page_of_beginnings(entries: QuerySet[AuditLog]) -> TracePage:
    found: list[AuditLog] = []
    # One key at a time, each by the index that has the key's entries in the order of time.
    for key in (BEGINNING, *REFUSALS):
        # Not what a journey went on with, and not what was refused in one.
        first = {"payload__continues": False} if key == BEGINNING else {"journey_id__isnull": True}
        found += entries.filter(key=key, **first).order_by("-created_at")[: _PAGE + 1]
    found.sort(key=lambda entry: entry.created_at, reverse=True)
    older = found[_PAGE - 1].created_at if len(found) > _PAGE else None
    return TracePage(_traces_of(found[:_PAGE]), older)


def _page_of_user(entries: QuerySet[AuditLog], before: datetime | None) -> TracePage:
    """Go back through the user's entries until they make a page."""
    latest: dict[str, AuditLog] = {}
    newer = set() if before is None else _seen_since(entries, before)
    reached, is_at_end = before, False
    for _ in range(_MOST_STRETCHES):
        stretch = entries.filter(journey_id__isnull=False).order_by("-created_at")
        read = list((stretch if reached is None else stretch.filter(created_at__lt=reached))[:_STRETCH])
        for entry in read:
            if entry.journey_id not in newer:
                latest.setdefault(str(entry.journey_id), entry)
        is_at_end = len(read) < _STRETCH
        if is_at_end or len(latest) > _PAGE:
            break
        reached = read[-1].created_at
    shown = list(latest.values())[:_PAGE]
    is_last = is_at_end and len(latest) <= _PAGE
    older = None if is_last else shown[-1].created_at if shown else reached
    return TracePage(_traces_of(shown), older)


def _seen_since(entries: QuerySet[AuditLog], moment: datetime) -> set[str]:
    """The journeys that an earlier page has shown, as far as they reach into this one."""
    later = entries.filter(journey_id__isnull=False, created_at__gte=moment).order_by("created_at")
    return {str(journey_id) for journey_id in later.values_list("journey_id", flat=True)[:_STRETCH]}


def _traces_of(entries: Iterable[AuditLog]) -> list[Trace]:
    """Return the traces that these entries are of, in their order, with what says how each ended. 1 statement."""
    found = list(entries)
    ids = list(dict.fromkeys(entry.journey_id for entry in found if entry.journey_id))
    parts = [_entries_of(journey_id).order_by("-created_at")[:_ENDS] for journey_id in ids]
    read = list(parts[0].union(*parts[1:], all=True)) if parts else []
    read.sort(key=lambda entry: (entry.journey_id, entry.created_at, entry.id))
    ends = {journey_id: list(group) for journey_id, group in groupby(read, key=lambda entry: entry.journey_id)}
    traces = []
    for entry in found:
        if entry.journey_id is None:
            traces.append(Trace(entry.id, [entry]))
        elif own := ends.get(entry.journey_id):
            begins = [] if entry.key != BEGINNING or entry.id in {each.id for each in own} else [entry]
            traces.append(Trace(entry.journey_id, [*begins, *own]))
    return traces
