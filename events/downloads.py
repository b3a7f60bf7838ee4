"""Entries of the audit log as a file, a page at a time: memory and transactions stay short, whatever their number."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from common.actors import Actor
from common.clock import now, to_iso
from common.errors import invalid_value
from common.spreadsheets import csv_lines
from events.history import Subject, record
from events.models import AuditLog
from tenants.context import current_tenant_id, enter_tenant
from tenants.downloads import LimitedDownload

_PAGE = 500

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_COLUMNS: Mapping[str, Callable[[AuditLog], Any]] = {
    "time": lambda entry: to_iso(entry.created_at),
    "id": lambda entry: entry.id,
    "key": lambda entry: entry.key,
    "result": lambda entry: entry.payload.get("result"),
    "error": lambda entry: _code_of(entry.payload.get("error")),
    "userId": lambda entry: entry.user_id,
    "applicationId": lambda entry: entry.application_id or entry.payload.get("cimdClientId"),
    "ip": lambda entry: entry.payload.get("ip"),
    "userAgent": lambda entry: entry.payload.get("userAgent"),
    "payload": lambda entry: _to_json(entry.payload),
}


class Download(NamedTuple):
    """A file that is made while it is read."""

    chunks: Iterator[bytes]
    media_type: str
    file_name: str


def download_entries(entries: QuerySet[AuditLog], *, layout: str, filters: Mapping[str, str], actor: Actor) -> Download:
    """Return entries as a file, newest first, and record that they were downloaded, by which filters.

    What is recorded meanwhile is not in it. `layout` is `csv` or `ndjson`, whose lines are those of `GET /api/logs`.
    Raises `guard.invalid_input`, and `TooManyRequestsError` while the process makes others.
    """
    if layout not in _LAYOUTS:
        raise invalid_value("format", "Use ndjson or csv.", code="invalid_choice")
    rows = entries.filter(created_at__lte=now()).order_by("-created_at", "id")
    media_type, write = _LAYOUTS[layout]
    chunks = LimitedDownload(write(_pages(rows, current_tenant_id())))
    told = {"format": layout, "filters": dict(filters)}
    record("AuditLog.Downloaded", actor=actor, subject=Subject("Tenant", current_tenant_id()), after=told)
    name = f"audit-log-{current_tenant_id()}-{now():%Y-%m-%d}.{layout}"
    return Download(chunks, media_type, name)


def _pages(rows: QuerySet[AuditLog], tenant_id: str) -> Iterator[list[AuditLog]]:
    """The file is read after the request has left its tenant: each page enters it again."""
    rest = rows
    while True:
        with enter_tenant(tenant_id):
            page = list(rest[:_PAGE])
        if not page:
            return
        yield page
        at, last = page[-1].created_at, page[-1].id
        # Of all rows: a statement that grew with every page would end a long file.
        rest = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__gt=last), created_at__lte=at)


def _as_lines(pages: Iterator[list[AuditLog]]) -> Iterator[bytes]:
    for page in pages:
        yield "".join(f"{_to_json(entry.as_json())}\n" for entry in page).encode()


def _as_csv(pages: Iterator[list[AuditLog]]) -> Iterator[bytes]:
    yield csv_lines([_COLUMNS])
    for page in pages:
        yield csv_lines([[_cell(read(entry)) for read in _COLUMNS.values()] for entry in page])


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _code_of(error: Any) -> Any:
    return error.get("code") if isinstance(error, dict) else error


_Write = Callable[[Iterator[list[AuditLog]]], Iterator[bytes]]
_LAYOUTS: Mapping[str, tuple[str, _Write]] = {
    "csv": ("text/csv; charset=utf-8", _as_csv),
    "ndjson": ("application/x-ndjson", _as_lines),
}
