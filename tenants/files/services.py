"""Files are stored and deleted."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum

from common.actors import Actor
from common.clock import now
from common.errors import AppError
from tenants.announcing import announce
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_value
from tenants.files import storage
from tenants.files.models import StoredFile
from tenants.files.pictures import Picture, read_asset, read_avatar

Kind = StoredFile.Kind
_READ = {Kind.ASSET: read_asset, Kind.AVATAR: read_avatar}
# An avatar that no user has is deleted when it is older than this.
AVATAR_GRACE = timedelta(days=1)


def store_file(content: bytes, *, kind: str, actor: Actor) -> StoredFile:
    """Check an uploaded picture, store what was drawn of it, and return it; the same content is stored once.

    Raises `storage.not_configured`, `guard.file_size_exceeded`, `guard.mime_type_not_allowed`,
    `storage.quota_exceeded`, `storage.upload_error`, and `request.rate_limited` if many pictures are read just now.
    """
    storage.require_storage()
    if len(content) > settings.MAX_UPLOAD_BYTES:
        raise AppError("guard.file_size_exceeded")
    _assert_room(kind, 0)
    return _save(_READ[Kind(kind)](content), kind=kind, actor=actor)


@transaction.atomic
def _save(picture: Picture, *, kind: str, actor: Actor) -> StoredFile:
    _lock()
    digest = hashlib.sha256(picture.content).hexdigest()
    name = f"{digest}.{picture.extension}"
    known = StoredFile.objects.filter(name=name).first()
    if known is not None:
        if kind == Kind.ASSET:
            known.kind = kind
        known.stored_at = now()
        known.save(update_fields=["kind", "stored_at"])
        return known
    _assert_room(kind, len(picture.content))
    file = StoredFile.objects.create(
        kind=kind,
        name=name,
        key=storage.write(f"{current_tenant_id()}/{name}", picture.content),
        media_type=picture.media_type,
        size=len(picture.content),
        sha256=digest,
        stored_by=f"{actor.kind} {actor.id}".strip()[:64],
        stored_at=now(),
    )
    details = {"kind": kind, "mediaType": file.media_type, "size": file.size}
    announce("File.Created", actor=actor, kind="File", id=file.id, name=file.name, after=details)
    return file


def _lock() -> None:
    """Let one transaction at a time store or delete files of the tenant: a row has its content, and quotas hold."""
    fetch_value("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"files {current_tenant_id()}"])


def _assert_room(kind: str, size: int) -> None:
    """Raises `storage.quota_exceeded`. Avatars count for as long as nobody has looked whether a user has them."""
    files = StoredFile.objects.filter(kind=kind)
    if kind == Kind.AVATAR:
        files = files.filter(stored_at__gte=now() - AVATAR_GRACE)
    held = files.aggregate(count=Count("id"), size=Sum("size"))
    if held["count"] >= settings.FILES_PER_TENANT or (held["size"] or 0) + size > settings.FILE_BYTES_PER_TENANT:
        raise AppError("storage.quota_exceeded")


@transaction.atomic
def delete_files(files: Iterable[StoredFile], *, actor: Actor, stored_before: datetime | None = None) -> None:
    """Delete files; their addresses lead nowhere at once, and browsers that have them may keep showing them.

    With `stored_before`, files that have been stored again since that moment stay: whoever did was told their address.
    """
    _lock()
    # Looked up under the lock: the caller's rows may be older than the latest upload.
    rows = StoredFile.objects.filter(id__in=[file.id for file in files])
    gone = list(rows if stored_before is None else rows.filter(stored_at__lt=stored_before))
    StoredFile.objects.filter(id__in=[file.id for file in gone]).delete()
    for file in gone:
        announce("File.Deleted", actor=actor, kind="File", id=file.id, name=file.name)
    keys = [file.key for file in gone]
    transaction.on_commit(lambda: _remove_unless_known(keys))


@transaction.atomic
def _remove_unless_known(keys: list[str]) -> None:
    """Delete content of which no row is left; whoever stores the same just now waits, and finds it gone or kept."""
    _lock()
    known = set(StoredFile.objects.filter(key__in=keys).values_list("key", flat=True))
    storage.remove([key for key in keys if key not in known])
