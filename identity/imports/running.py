"""An import is run: by one process at a time, batch after batch, each committed with where the next one begins."""

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from common.clock import now
from common.errors import AppError
from common.ids import new_id
from events.history import record
from identity.imports.batches import Batch, hash_plain_passwords, problems_of, read_batch, write_batch
from identity.imports.files import StoredFile, file_keys
from identity.imports.layouts import FileForm, RawRow, read_rows
from identity.imports.options import unseal_secrets
from identity.imports.sources import get_source
from identity.imports.window import FileBytes
from identity.models import UserImport, UserImportKey
from tenants.database.conflicts import run_again_on_conflict
from tenants.database.rows import insert_all
from tenants.files import storage

logger = logging.getLogger(__name__)

_ACTIVE = (UserImport.Status.CHECKING, UserImport.Status.IMPORTING)
# Longer than any batch takes; a process that was killed is waited for as long.
_LEASE = timedelta(seconds=90)
_COUNTS = ("rows", "created", "updated", "skipped", "failed")


class _StoppedError(Exception):
    """The import was canceled, or another process has taken it over."""


def run_user_import(import_id: str, *, seconds: float, file: FileBytes | None = None) -> bool:
    """Run an import for a while and return whether something is left to do.

    Batches are committed one by one, so it may be killed at any moment and goes on where the last commit was. While one
    process runs it another one does nothing. `file` is the file of an import that is not stored.
    """
    user_import = _acquire(import_id, is_stored=file is None)
    if user_import is None:
        return False
    until = time.monotonic() + seconds
    try:
        return _run(user_import, file or StoredFile(user_import), until)
    except _StoppedError:
        return False
    except Exception as error:
        logger.exception("an import of users failed", extra={"import": import_id})
        _fail(user_import, error.code if isinstance(error, AppError) else "request.internal_error")
        return False
    finally:
        UserImport.objects.filter(id=import_id, lease=user_import.lease).update(lease=None, lease_expires_at=None)


def _acquire(import_id: str, *, is_stored: bool) -> UserImport | None:
    """Take the import over if nobody runs it. 2 statements."""
    lease = new_id()
    is_free = Q(lease=None) | Q(lease_expires_at__lt=now())
    free = UserImport.objects.filter(is_free, id=import_id, status__in=_ACTIVE)
    if not free.filter(is_local=not is_stored).update(lease=lease, lease_expires_at=now() + _LEASE):
        return None
    return UserImport.objects.filter(id=import_id, lease=lease).first()


def _run(user_import: UserImport, file: FileBytes, until: float) -> bool:
    source = get_source(user_import.source)
    secrets = unseal_secrets(user_import.id, user_import.sealed_options)
    rows = _rows_from(user_import, file)
    while True:
        batch = read_batch(user_import, rows, source, secrets)
        if not batch.rows:
            _finish(user_import)
            return False
        if user_import.rows + batch.rows > settings.USER_IMPORT_MAX_ROWS:
            raise AppError("user_import.too_many_rows")
        if not user_import.is_dry_run:
            hash_plain_passwords(batch.candidates)
        run_again_on_conflict(lambda: _commit(user_import, batch))  # noqa: B023  # called at once
        if time.monotonic() >= until:
            return True


def _rows_from(user_import: UserImport, file: FileBytes) -> Iterator[RawRow]:
    form = FileForm(user_import.layout, user_import.position, user_import.line, user_import.header)
    return read_rows(file, form)


@transaction.atomic
def _commit(user_import: UserImport, batch: Batch) -> None:
    """Write a batch, what was wrong with it, and the position after it: all or nothing."""
    held = _hold(user_import)
    # A conflict undoes all of this, and it begins again.
    batch = replace(batch, refused=list(batch.refused))
    outcome = write_batch(user_import, batch)
    insert_all(problems_of(user_import, batch))
    held.position, held.line = batch.position, batch.line
    held.rows += batch.rows
    held.created += outcome.created
    held.updated += outcome.updated
    held.skipped += outcome.skipped
    held.failed += len(batch.refused)
    held.lease_expires_at = now() + _LEASE
    held.save(update_fields=[*_COUNTS, "position", "line", "lease_expires_at", "updated_at"])
    for name in (*_COUNTS, "position", "line"):
        setattr(user_import, name, getattr(held, name))


def _hold(user_import: UserImport) -> UserImport:
    """Return the import as stored now, held until the commit. Raises `_StoppedError`."""
    held = UserImport.objects.select_for_update().filter(id=user_import.id, lease=user_import.lease).first()
    if held is None or not held.is_active:
        raise _StoppedError
    return held


def _finish(user_import: UserImport) -> None:
    """End a dry run, which keeps the file, or an import, which deletes it."""
    with transaction.atomic():
        held = _hold(user_import)
        counts = {name: getattr(held, name) for name in _COUNTS}
        UserImportKey.objects.filter(user_import=held).delete()
        held.finished_at = now()
        if held.is_dry_run:
            held.status, held.dry_run_counts = UserImport.Status.CHECKED, counts
            held.save(update_fields=["status", "dry_run_counts", "finished_at", "updated_at"])
            record("UserImport.Checked", actor=held.actor, subject=held, after=counts)
            return
        keys = file_keys(held.id, held.chunk_count)
        held.status, held.chunk_count, held.sealed_options = UserImport.Status.COMPLETED, 0, None
        held.save(update_fields=["status", "chunk_count", "sealed_options", "finished_at", "updated_at"])
        record("UserImport.Completed", actor=held.actor, subject=held, after=counts)
        transaction.on_commit(lambda: storage.remove(keys))


def _fail(user_import: UserImport, code: str) -> None:
    with transaction.atomic():
        try:
            held = _hold(user_import)
        except _StoppedError:
            return
        held.status, held.error_code, held.finished_at = UserImport.Status.FAILED, code, now()
        held.save(update_fields=["status", "error_code", "finished_at", "updated_at"])
        counts = {name: getattr(held, name) for name in _COUNTS}
        record("UserImport.Failed", actor=held.actor, subject=held, error=code, after=counts)
