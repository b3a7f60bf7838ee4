"""All users of a tenant as a file, a page at a time: memory and transactions stay short, whatever their number."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from common.actors import Actor
from common.clock import now
from common.errors import invalid_value
from common.spreadsheets import csv_lines
from events.history import Subject, record
from identity.exports.rows import MEMBERS, PASSWORD_MEMBERS, TOTP_MEMBERS, export_rows
from identity.models import User
from tenants.context import current_tenant_id, enter_tenant
from tenants.downloads import LimitedDownload

_PAGE = 500
_MEDIA_TYPES = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


class ExportedUsers(NamedTuple):
    """A file that is made while it is read."""

    chunks: Iterator[bytes]
    media_type: str


def export_file_name(layout: str) -> str:
    """Return what the file is called: tenant and day."""
    return f"users-{current_tenant_id()}-{now():%Y-%m-%d}.{layout}"


def export_users(*, layout: str, with_passwords: bool, with_totp_secrets: bool, actor: Actor) -> ExportedUsers:
    """Return every user who is there now, in the order of their ids, and record that they were exported.

    Users are read by a cursor over their ids: each is in the file once, as of the moment when their page is read;
    who signs up meanwhile may be in it or not. `layout` is `ndjson` or `csv`. With passwords their hashes are in the
    file; with TOTP secrets whoever has the file makes the codes. Raises `guard.invalid_input`, and
    `TooManyRequestsError` while the process makes others.
    """
    if layout not in _MEDIA_TYPES:
        raise invalid_value("format", "Use ndjson or csv.", code="invalid_choice")
    columns = [*MEMBERS, *(PASSWORD_MEMBERS * with_passwords), *(TOTP_MEMBERS * with_totp_secrets)]
    pages = _pages(current_tenant_id(), with_passwords=with_passwords, with_totp_secrets=with_totp_secrets)
    chunks = LimitedDownload(_as_lines(pages) if layout == "ndjson" else _as_csv(pages, columns))
    record(
        "Users.Exported",
        actor=actor,
        subject=Subject("Tenant", current_tenant_id()),
        after={"format": layout, "passwordHashes": with_passwords, "totpSecrets": with_totp_secrets},
    )
    return ExportedUsers(chunks, _MEDIA_TYPES[layout])


def _pages(tenant_id: str, *, with_passwords: bool, with_totp_secrets: bool) -> Iterator[list[dict[str, Any]]]:
    """The file is read after the request has left its tenant: each page enters it again."""
    last = ""
    while True:
        with enter_tenant(tenant_id):
            users = list(User.objects.filter(id__gt=last).order_by("id")[:_PAGE])
            if not users:
                return
            rows = export_rows(users, with_passwords=with_passwords, with_totp_secrets=with_totp_secrets)
        last = users[-1].id
        yield rows


def _as_lines(pages: Iterator[list[dict[str, Any]]]) -> Iterator[bytes]:
    for rows in pages:
        yield "".join(f"{json.dumps(row, ensure_ascii=False, separators=(',', ':'))}\n" for row in rows).encode()


def _as_csv(pages: Iterator[list[dict[str, Any]]], columns: Sequence[str]) -> Iterator[bytes]:
    yield csv_lines([columns])
    for rows in pages:
        yield csv_lines([[_cell(row[column]) for column in columns] for row in rows])


def _cell(value: Any) -> str:
    match value:
        case None | [] | {}:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
