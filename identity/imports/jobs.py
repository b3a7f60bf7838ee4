"""The life of an import: the file is taken, checked, imported; it can be canceled, resumed, deleted."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from common.actors import SYSTEM, Actor
from common.clock import now
from common.errors import AppError
from common.ids import new_id
from events.history import record
from identity.imports import files, tasks
from identity.imports.layouts import FileForm, RawRow, find_form, read_rows
from identity.imports.options import read_options, seal_secrets
from identity.imports.sources import Source, detect_source, get_source
from identity.imports.window import FileBytes
from identity.locks import lock
from identity.models import UserImport, UserImportKey, UserImportProblem
from tenants.context import current_tenant_id
from tenants.files import storage

# Of a tenant: files take room.
MOST_UNFINISHED = 10
_SAMPLE_ROWS = 20
_MAX_NAME = 256
# Whoever takes a file is done with it long before.
_ORPHANED_AFTER = timedelta(days=1)

Status = UserImport.Status
_STARTABLE = (Status.UPLOADED, Status.CHECKED, Status.CANCELED, Status.FAILED)
_UPDATED = "UserImport.Updated"


def create_user_import(
    content: bytes,
    *,
    file_name: str = "",
    source: str = "",
    options: Mapping[str, Any] | None = None,
    secrets: Mapping[str, Any] | None = None,
    actor: Actor,
) -> UserImport:
    """Take a file of users, sealed; nothing is read of it yet but its first rows.

    Without `source` it is detected. Raises `user_import.unknown_format`, `user_import.too_many`,
    `storage.not_configured`, `storage.upload_error`, and `guard.invalid_input` for options that are none.
    """
    import_id = new_id()
    prepared = _prepared(import_id, files.BytesFile(content), source, options, secrets)
    parts = files.write_file(import_id, content)
    try:
        with transaction.atomic():
            return _save(prepared, file_name, hashlib.sha256(content).hexdigest(), parts, actor=actor)
    except BaseException:
        storage.remove(files.file_keys(import_id, parts))
        raise


def create_local_import(
    file: FileBytes,
    *,
    file_name: str = "",
    sha256: str,
    source: str = "",
    options: Mapping[str, Any] | None = None,
    secrets: Mapping[str, Any] | None = None,
    actor: Actor,
) -> UserImport:
    """Begin an import of a file that stays where it is: whoever has it runs the import. Raises as the other."""
    prepared = _prepared(new_id(), file, source, options, secrets)
    prepared.is_local = True
    with transaction.atomic():
        return _save(prepared, file_name, sha256, 0, actor=actor)


def find_unfinished_import(*, sha256: str, is_dry_run: bool) -> UserImport | None:
    """Return the latest import of a file, by its digest, that stopped on the way and that is not stored."""
    held = UserImport.objects.filter(file_sha256=sha256, is_local=True, is_dry_run=is_dry_run)
    stopped = held.filter(status__in=(Status.CHECKING, Status.IMPORTING, Status.CANCELED, Status.FAILED))
    return stopped.order_by("-created_at").first()


@transaction.atomic
def start_user_import(user_import: UserImport, *, is_dry_run: bool, actor: Actor) -> UserImport:
    """Read the file from its first row on: with `is_dry_run` nothing is written but what would be wrong.

    Raises `user_import.wrong_status` for one that runs or has been completed, and `user_import.file_gone`.
    """
    held = _hold(user_import)
    if held.status not in _STARTABLE:
        raise AppError("user_import.wrong_status")
    if held.started_at is not None and not held.is_dry_run and held.position != held.first_position:
        # Some of its users are there: it goes on, or it is another import.
        raise AppError("user_import.wrong_status")
    UserImportProblem.objects.filter(user_import=held).delete()
    UserImportKey.objects.filter(user_import=held).delete()
    held.is_dry_run, held.position, held.line = is_dry_run, held.first_position, held.first_line
    held.rows = held.created = held.updated = held.skipped = held.failed = 0
    held.started_at, held.finished_at = now(), None
    return _launch(held, actor)


@transaction.atomic
def cancel_user_import(user_import: UserImport, *, actor: Actor) -> UserImport:
    """Stop an import after the batch that is being written; users who are there stay.

    Raises `user_import.wrong_status` unless it runs.
    """
    held = _hold(user_import)
    if not held.is_active:
        raise AppError("user_import.wrong_status")
    held.status, held.lease, held.lease_expires_at, held.finished_at = Status.CANCELED, None, None, now()
    held.save(update_fields=["status", "lease", "lease_expires_at", "finished_at", "updated_at"])
    record(_UPDATED, actor=actor, subject=held, after={"status": held.status})
    return held


@transaction.atomic
def resume_user_import(user_import: UserImport, *, actor: Actor) -> UserImport:
    """Go on with an import that was canceled or has failed, exactly where it stopped.

    Raises `user_import.wrong_status` for any other, and `user_import.file_gone`.
    """
    held = _hold(user_import)
    if held.status not in (Status.CANCELED, Status.FAILED):
        raise AppError("user_import.wrong_status")
    held.finished_at = None
    return _launch(held, actor)


@transaction.atomic
def delete_user_import(user_import: UserImport, *, actor: Actor) -> None:
    """Delete an import with its file and its problems; users who are there stay.

    Raises `user_import.wrong_status` for one that runs.
    """
    held = _hold(user_import)
    if held.is_active:
        raise AppError("user_import.wrong_status")
    keys = files.file_keys(held.id, held.chunk_count)
    record("UserImport.Deleted", actor=actor, subject=held)
    held.delete()
    transaction.on_commit(lambda: storage.remove(keys))


@transaction.atomic
def forget_file(user_import: UserImport) -> None:
    """Delete the file of an import that nobody goes on with; what became of it stays."""
    held = _hold(user_import)
    if held.is_active:
        return
    keys = files.file_keys(held.id, held.chunk_count)
    held.chunk_count, held.sealed_options = 0, None
    held.save(update_fields=["chunk_count", "sealed_options", "updated_at"])
    UserImportKey.objects.filter(user_import=held).delete()
    transaction.on_commit(lambda: storage.remove(keys))


@transaction.atomic
def expire_user_import(import_id: str) -> None:
    """Delete an import that is kept no longer, with what was wrong with its rows; users who are there stay."""
    held = UserImport.objects.select_for_update().filter(id=import_id).first()
    if held is not None:
        # One that is active still is a command's that was killed.
        if held.is_active:
            cancel_user_import(held, actor=SYSTEM)
        delete_user_import(held, actor=SYSTEM)


def remove_orphaned_files() -> None:
    """Delete the current tenant's files of imports that were never begun, or whose file could not be deleted."""

    def with_file(import_ids: list[str]) -> set[str]:
        held = UserImport.objects.filter(id__in=import_ids, chunk_count__gt=0)
        return set(held.values_list("id", flat=True))

    files.remove_orphans(with_file, before=now() - _ORPHANED_AFTER)


def sample_rows(file: FileBytes) -> tuple[FileForm, list[RawRow]]:
    """Return how a file is laid out, with its first rows. Raises `user_import.unknown_format`."""
    form = find_form(file)
    rows = []
    for raw in read_rows(file, form):
        rows.append(raw)
        if len(rows) >= _SAMPLE_ROWS:
            break
    return form, rows


def _prepared(
    import_id: str,
    file: FileBytes,
    source_name: str,
    options: Mapping[str, Any] | None,
    secrets: Mapping[str, Any] | None,
) -> UserImport:
    form, rows = sample_rows(file)
    source = get_source(source_name) if source_name else _detected(rows)
    return UserImport(
        id=import_id,
        file_size=file.size,
        source=source.name,
        layout=form.layout,
        header=dict(form.header),
        options=read_options(dict(options or {})),
        sealed_options=seal_secrets(import_id, source, secrets),
        position=form.position,
        first_position=form.position,
        line=form.line,
        first_line=form.line,
    )


def _detected(rows: list[RawRow]) -> Source:
    for raw in rows:
        if raw.values:
            return detect_source(raw.values)
    raise AppError("user_import.unknown_format")


def _save(user_import: UserImport, file_name: str, sha256: str, parts: int, *, actor: Actor) -> UserImport:
    lock("user-imports")
    unfinished = UserImport.objects.exclude(status=Status.COMPLETED).filter(chunk_count__gt=0)
    if unfinished.count() >= MOST_UNFINISHED:
        raise AppError("user_import.too_many")
    user_import.file_name = "".join(character for character in file_name if character.isprintable())[:_MAX_NAME]
    user_import.file_sha256, user_import.chunk_count = sha256, parts
    user_import.actor_kind, user_import.actor_id = actor.kind, actor.id[:64]
    user_import.created_at = now()
    user_import.save(force_insert=True)
    after = {"source": user_import.source, "size": user_import.file_size}
    record("UserImport.Created", actor=actor, subject=user_import, after=after)
    return user_import


def _hold(user_import: UserImport) -> UserImport:
    held = UserImport.objects.select_for_update().filter(id=user_import.id).first()
    if held is None:
        raise AppError("entity.not_exists_with_id")
    return held


def _launch(held: UserImport, actor: Actor) -> UserImport:
    if not held.chunk_count and not held.is_local:
        raise AppError("user_import.file_gone")
    held.status = Status.CHECKING if held.is_dry_run else Status.IMPORTING
    held.error_code, held.lease, held.lease_expires_at = None, None, None
    held.actor_kind, held.actor_id = actor.kind, actor.id[:64]
    held.save()
    record(_UPDATED, actor=actor, subject=held, after={"status": held.status})
    if not held.is_local:
        tenant_id, import_id = current_tenant_id(), held.id
        transaction.on_commit(lambda: tasks.run_import.delay(tenant_id, import_id))
    return held
