"""The uploads of a tenant, and the one that its settings name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from common.clock import to_milliseconds
from common.errors import AppError, invalid_value
from experience.custom_ui.archive import INDEX
from experience.custom_ui.storage import read_file
from experience.models import CustomUiAsset
from tenants.configuration import cached
from tenants.context import current_tenant_id
from tenants.hosts import ADMIN_TENANT


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file as it is sent: its media type, its size in bytes, its SHA-256."""

    type: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class OwnPages:
    """The upload in use: its page, and its files by path."""

    id: str
    index: str
    files: Mapping[str, OwnFile]

    def read(self, file: OwnFile) -> bytes:
        """Return what is in a file; raises `storage.download_error`."""
        return read_file(self.id, file.digest, size=file.size)


def refuse_for_developers() -> None:
    """Raises `guard.not_allowed_for_admin_tenant`: a broken upload would lock everybody out who could remove it."""
    if current_tenant_id() == ADMIN_TENANT:
        raise AppError("guard.not_allowed_for_admin_tenant")


def as_setting(asset: CustomUiAsset) -> dict[str, Any]:
    """Return what `customUiAssets` says of an upload."""
    return {"id": asset.id, "createdAt": to_milliseconds(asset.created_at)}


def chosen_assets(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the setting `customUiAssets` as it is stored: the upload's own moment counts, whatever the caller says.

    Raises `guard.invalid_input` for an upload that there is not, and `guard.not_allowed_for_admin_tenant`.
    """
    if given is None:
        return None
    refuse_for_developers()
    asset = CustomUiAsset.objects.filter(id=given["id"]).first()
    if asset is None:
        raise invalid_value("customUiAssets.id", _("There is no upload with this id."))
    return as_setting(asset)


def find_own_pages(chosen: Mapping[str, Any] | None) -> OwnPages | None:
    """Return the upload that `customUiAssets` names, `None` if it names none.

    Cached until the configuration changes; a tenant without an upload costs nothing. Raises `storage.download_error`.
    """
    if chosen is None or current_tenant_id() == ADMIN_TENANT:
        return None
    return cached("custom-ui", chosen["id"], lambda: _load(chosen["id"]))


def _load(asset_id: str) -> OwnPages | None:
    asset = CustomUiAsset.objects.filter(id=asset_id).first()
    if asset is None:
        return None
    files = {path: OwnFile(**described) for path, described in asset.files.items()}
    index = files[INDEX]
    return OwnPages(asset.id, read_file(asset.id, index.digest, size=index.size).decode(), files)
