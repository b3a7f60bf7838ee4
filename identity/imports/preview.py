"""What the first rows of a file would become: how the mapping of a source is seen before anything is done."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import NamedTuple

from common.errors import AppError
from identity.imports.errors import RowError, field_of
from identity.imports.files import StoredFile
from identity.imports.jobs import sample_rows
from identity.imports.options import unseal_secrets
from identity.imports.records import ImportedUser
from identity.imports.row import Row
from identity.imports.sources import Source, get_source
from identity.models import UserImport
from identity.user_fields import is_storable_json

_SHOWN = 3


class PreviewedRow(NamedTuple):
    """A row as its source reads it; `error` says why it cannot be read."""

    line: int
    user: ImportedUser | None = None
    error: AppError | None = None
    field: str = ""


def preview_import(user_import: UserImport) -> list[PreviewedRow]:
    """Return the first rows about users. Raises `user_import.file_gone` and `storage.download_error`."""
    if not user_import.chunk_count:
        raise AppError("user_import.file_gone")
    source, secrets = (
        get_source(user_import.source),
        unseal_secrets(user_import.id, user_import.sealed_options),
    )
    found = []
    for raw in sample_rows(StoredFile(user_import))[1]:
        row = _read(raw.line, raw.values, source, secrets)
        if row is not None:
            found.append(row)
        if len(found) == _SHOWN:
            break
    return found


def _read(
    line: int, values: Mapping[str, object] | None, source: Source, secrets: Mapping[str, object]
) -> PreviewedRow | None:
    try:
        if values is None:
            raise AppError("user_import.malformed_row")
        user = source.read(Row(values), secrets)
        # What no column holds no page can show, either: a lone surrogate has no bytes.
        if user is not None and not is_storable_json(asdict(user)):
            raise RowError("user_import.invalid_value")
    except RecursionError:
        return PreviewedRow(line, error=RowError("user_import.malformed_row"))
    except AppError as error:
        return PreviewedRow(line, error=error, field=field_of(error))
    return None if user is None else PreviewedRow(line, user)
