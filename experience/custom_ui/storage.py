"""Where the files of uploads are kept: in the installation's storage, named by digest, whatever they were called."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.core.files.storage import default_storage

from common.errors import AppError
from tenants.context import current_tenant_id
from tenants.files import storage

_FOLDER = "custom-ui"
# A process keeps so many small files in memory, 16 MiB at most: with every page comes the same handful.
_SMALL = 262_144
_MOST_KEPT = 64


def write_files(asset_id: str, contents: Mapping[str, bytes]) -> None:
    """Store files by their digests; raises `storage.not_configured` and `storage.upload_error`."""
    storage.require_storage()
    for digest, content in contents.items():
        storage.write(_key(current_tenant_id(), asset_id, digest), content)


def read_file(asset_id: str, digest: str, *, size: int) -> bytes:
    """Return a file of the current tenant; raises `storage.download_error`."""
    read = _read_small if size <= _SMALL else _read
    return read(current_tenant_id(), asset_id, digest)


def remove_files(asset_id: str, digests: Iterable[str]) -> None:
    """Delete files of the current tenant; what cannot be deleted is logged and stays."""
    storage.remove([_key(current_tenant_id(), asset_id, digest) for digest in digests])


def list_tenants() -> list[str]:
    """Return the ids of all tenants that have files, of those as well that are no more."""
    try:
        return default_storage.listdir(_FOLDER)[0]
    except FileNotFoundError:
        return []


def remove_all(tenant_id: str) -> None:
    """Delete every file of a tenant."""
    folder = f"{_FOLDER}/{tenant_id}"
    for asset_id in default_storage.listdir(folder)[0]:
        inside = f"{folder}/{asset_id}"
        # A folder of a disk is there until it is deleted, too; a bucket has none.
        storage.remove([*(f"{inside}/{name}" for name in default_storage.listdir(inside)[1]), inside])
    storage.remove([folder])


def _key(tenant_id: str, asset_id: str, digest: str) -> str:
    return f"{_FOLDER}/{tenant_id}/{asset_id}/{digest}"


def _read(tenant_id: str, asset_id: str, digest: str) -> bytes:
    content = storage.read(_key(tenant_id, asset_id, digest))
    if content is None:
        raise AppError("storage.download_error")
    return content


# What is named by its digest never changes.
_read_small = lru_cache(maxsize=_MOST_KEPT)(_read)
