"""The file of an import, sealed in the installation's storage in parts, so that a row is read without the whole."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from django.core.files.storage import default_storage

from common.crypto import seal_bytes, unseal_bytes
from common.errors import AppError
from identity.models import UserImport
from tenants.context import current_tenant_id
from tenants.files import storage

_FOLDER = "user-imports"
_PART_BYTES = 1_048_576


def write_file(import_id: str, content: bytes) -> int:
    """Store a file and return the number of its parts. Raises `storage.not_configured`, `storage.upload_error`."""
    storage.require_storage()
    written = 0
    try:
        for number, start in enumerate(range(0, len(content), _PART_BYTES)):
            part = seal_bytes(content[start : start + _PART_BYTES], context=_context(import_id, number))
            storage.write(_key(import_id, number), part)
            written = number + 1
    except AppError:
        storage.remove(file_keys(import_id, written))
        raise
    return written


def file_keys(import_id: str, part_count: int) -> list[str]:
    """Return what the storage knows the parts of a file by, for `storage.remove`."""
    return [_key(import_id, number) for number in range(part_count)]


class StoredFile:
    """The file of an import; one part of it is held at a time."""

    def __init__(self, user_import: UserImport) -> None:
        self.size = user_import.file_size
        self._import_id = user_import.id
        self._part = (-1, b"")

    def read(self, position: int, length: int) -> bytes:
        """Return bytes of one part at most. Raises `user_import.file_gone` and `storage.download_error`."""
        if position >= self.size:
            return b""
        number, offset = divmod(position, _PART_BYTES)
        if self._part[0] != number:
            sealed = storage.read(_key(self._import_id, number))
            if sealed is None:
                raise AppError("user_import.file_gone")
            self._part = (number, unseal_bytes(sealed, context=_context(self._import_id, number)))
        return self._part[1][offset : offset + length]


class BytesFile:
    """A file that is in memory."""

    def __init__(self, content: bytes) -> None:
        self.size = len(content)
        self._content = content

    def read(self, position: int, length: int) -> bytes:
        """Return at most so many bytes from a position on."""
        return self._content[position : position + length]


def tenants_with_files() -> Iterator[str]:
    """Yield the ids of tenants that have files of imports, of those as well that are no more."""
    try:
        yield from default_storage.listdir(_FOLDER)[0]
    except FileNotFoundError:
        return


def remove_orphans(kept: Callable[[list[str]], Collection[str]], *, before: datetime) -> None:
    """Delete the current tenant's parts that were stored before a moment and belong to no import.

    `kept` says which of some imports have a file. Whoever takes a file stores it before there is an import.
    """
    folder = f"{_FOLDER}/{current_tenant_id()}"
    by_import: dict[str, list[str]] = defaultdict(list)
    for name in default_storage.listdir(folder)[1]:
        by_import[name.rpartition("-")[0]].append(f"{folder}/{name}")
    known = kept(list(by_import))
    for import_id, keys in by_import.items():
        if import_id not in known:
            storage.remove([key for key in keys if storage.is_older(key, before)])


def remove_all(tenant_id: str) -> None:
    """Delete every file of a tenant."""
    folder = f"{_FOLDER}/{tenant_id}"
    storage.remove([*(f"{folder}/{name}" for name in default_storage.listdir(folder)[1]), folder])


def _key(import_id: str, number: int) -> str:
    return f"{_FOLDER}/{current_tenant_id()}/{import_id}-{number:05d}"


def _context(import_id: str, number: int) -> str:
    """Each part is sealed for its place: parts cannot be exchanged."""
    return f"identity.user-import.{current_tenant_id()}.{import_id}.{number}"
