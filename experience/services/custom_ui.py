"""A tenant brings along sign-in pages of its own, chooses among its uploads, and deletes them."""

from hashlib import sha256

from django.db import transaction

from common.actors import Actor
from common.errors import AppError
from events.history import Subject, record
from experience.custom_ui.archive import read_archive
from experience.custom_ui.media_types import MEDIA_TYPES, find_media_type
from experience.custom_ui.storage import remove_files, write_files
from experience.custom_ui.versions import refuse_for_developers
from experience.models import CustomUiAsset, SignInExperience

# The upload in use and the latest ones; older ones are deleted.
MOST_UPLOADS = 5


def upload_custom_ui(content: bytes, *, actor: Actor) -> CustomUiAsset:
    """Check and store a ZIP file of pages; they are in use once `customUiAssets` of the settings names them.

    Older uploads beyond the latest `MOST_UPLOADS` are deleted, but never the one in use. Raises
    `guard.not_allowed_for_admin_tenant`, `storage.not_configured`, `storage.upload_error`, and what
    `experience.custom_ui.archive.read_archive` raises.
    """
    refuse_for_developers()
    found = read_archive(content)
    digests = {path: sha256(file).hexdigest() for path, file in found.items()}
    asset = CustomUiAsset(
        files={
            path: {
                "type": find_media_type(path) or MEDIA_TYPES["txt"],
                "size": len(file),
                "digest": digests[path],
            }
            for path, file in found.items()
        }
    )
    try:
        write_files(asset.id, {digests[path]: file for path, file in found.items()})
        _save(asset, actor)
    except Exception:
        remove_files(asset.id, digests.values())
        raise
    return asset


@transaction.atomic
def _save(asset: CustomUiAsset, actor: Actor) -> None:
    in_use = _lock_choice()
    asset.save(force_insert=True)
    asset.refresh_from_db(fields=["created_at"])
    record(
        "CustomUiAsset.Created",
        actor=actor,
        subject=Subject("CustomUiAsset", asset.id),
        after={"files": len(asset.files), "bytes": sum(file["size"] for file in asset.files.values())},
    )
    for old in CustomUiAsset.objects.order_by("-created_at", "-id")[MOST_UPLOADS:]:
        if old.id != in_use:
            _delete(old, actor)


@transaction.atomic
def delete_custom_ui(asset: CustomUiAsset, *, actor: Actor) -> None:
    """Delete an upload with its files, unless it is gone; raises `entity.invalid_input` for the one in use."""
    if asset.id == _lock_choice():
        raise AppError("entity.invalid_input")
    _delete(asset, actor)


def _lock_choice() -> str:
    """Return the id of the upload in use, empty if there is none; nobody changes that until the transaction ends."""
    chosen = SignInExperience.objects.select_for_update().get().custom_ui_assets
    return str(chosen["id"]) if chosen else ""


def _delete(asset: CustomUiAsset, actor: Actor) -> None:
    asset_id, digests = asset.id, {file["digest"] for file in asset.files.values()}
    if not CustomUiAsset.objects.filter(id=asset_id).delete()[0]:
        return
    record("CustomUiAsset.Deleted", actor=actor, subject=Subject("CustomUiAsset", asset_id))
    transaction.on_commit(lambda: remove_files(asset_id, digests))
