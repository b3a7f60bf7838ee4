"""Reading an uploaded ZIP file without trusting any of it: names, sizes, links, or what it says of itself.

The file is read in memory. Nothing is extracted to a disk, and paths are names to be looked up, not places.
"""

import re
import stat
import struct
import zipfile
import zlib
from io import BytesIO

from django.utils.translation import gettext as _

from common.errors import AppError, invalid_value
from experience.custom_ui.media_types import find_media_type

INDEX = "index.html"

MAX_ARCHIVE_BYTES = 10 * 1_048_576
MAX_FILES = 500
MAX_FILE_BYTES = 5 * 1_048_576
MAX_INDEX_BYTES = 262_144
MAX_TOTAL_BYTES = 30 * 1_048_576
MAX_PATH_LENGTH = 200
MAX_DEPTH = 10
# A file that unpacks to more than so many times its size is no page; small ones may repeat themselves.
MAX_RATIO = 200
_RATIO_FROM = 65_536

_SEGMENT = re.compile(r"[A-Za-z0-9_@~+()\[\]=,! -][A-Za-z0-9._@~+()\[\]=,! -]*")
# What file managers put into every archive they make.
_NOISE = re.compile(r"(?:.*/)?(?:__MACOSX/.*|\.DS_Store|Thumbs\.db|desktop\.ini)")

_END = b"PK\x05\x06"
_END_BYTES = 22
_LONGEST_COMMENT = 65_535
_END_OF_LARGE = b"PK\x06\x07"
_LOCATOR_BYTES = 20
_ENTRY_BYTES = 46
_ENCRYPTED = 0x1 | 0x40


def read_archive(content: bytes) -> dict[str, bytes]:
    """Return the files of an upload by path, `index.html` among them. A folder around all of them is left out.

    Raises `guard.file_size_exceeded` for too much of anything, `guard.mime_type_not_allowed` for what is no ZIP file or
    holds files of other kinds, and `guard.invalid_input`, which names the file, for everything else.
    """
    if len(content) > MAX_ARCHIVE_BYTES:
        raise AppError("guard.file_size_exceeded")
    _check_directory(content)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not _NOISE.fullmatch(entry.filename)]
            _check_entries(entries)
            files = {entry.filename: _read(archive, entry) for entry in entries if not entry.is_dir()}
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise _refuse(_("The ZIP file is damaged.")) from error
    except RuntimeError as error:
        raise _refuse(_("The ZIP file is encrypted.")) from error
    return _checked_index(_without_folder(files))


def _check_directory(content: bytes) -> None:
    """Refuse a directory of too many entries before it is read: each entry is an object, whatever else it says."""
    start = len(content) - _END_BYTES
    if start < 0 or content[start : start + 4] != _END or content[-2:] != b"\0\0":
        start = content.rfind(_END, max(0, len(content) - _END_BYTES - _LONGEST_COMMENT))
    if start < 0 or len(content) - start < _END_BYTES:
        raise AppError("guard.mime_type_not_allowed")
    if content[max(0, start - _LOCATOR_BYTES) :][:4] == _END_OF_LARGE:
        raise AppError("guard.file_size_exceeded")
    size = int(struct.unpack_from("<L", content, start + 12)[0])
    if size > 2 * MAX_FILES * (_ENTRY_BYTES + MAX_PATH_LENGTH):
        raise AppError("guard.file_size_exceeded")


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    files = [entry for entry in entries if not entry.is_dir()]
    if len(files) > MAX_FILES or len(entries) > 2 * MAX_FILES:
        raise AppError("guard.file_size_exceeded")
    if sum(entry.file_size for entry in files) > MAX_TOTAL_BYTES:
        raise AppError("guard.file_size_exceeded")
    seen: set[str] = set()
    for entry in entries:
        _check_name(entry)
        if entry.flag_bits & _ENCRYPTED:
            raise _refuse(_("The ZIP file is encrypted."))
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _refuse(_("“%(name)s” is a link, or no file.") % {"name": entry.filename})
        # Somebody's computer may take two such names for one, and so would be shown another file than ours.
        folded = entry.filename.rstrip("/").casefold()
        if folded in seen:
            raise _refuse(_("“%(name)s” is there twice.") % {"name": entry.filename})
        seen.add(folded)
    for entry in files:
        _check_file(entry)


def _check_name(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    path = name.removesuffix("/") if entry.is_dir() else name
    segments = path.split("/")
    is_good = len(path) <= MAX_PATH_LENGTH and len(segments) <= MAX_DEPTH and name == entry.filename
    if not is_good or not all(_SEGMENT.fullmatch(segment) for segment in segments):
        shown = name.encode("ascii", "backslashreplace").decode()[:MAX_PATH_LENGTH]
        raise _refuse(
            _(
                "“%(name)s” cannot be the name of a file here: use letters, digits and the usual signs, and no hidden"
                " files."
            )
            % {"name": shown if shown.isprintable() else repr(shown)}
        )


def _check_file(entry: zipfile.ZipInfo) -> None:
    if find_media_type(entry.filename) is None:
        raise AppError("guard.mime_type_not_allowed", data={"file": entry.filename}, details=entry.filename)
    is_bomb = entry.file_size > _RATIO_FROM and entry.file_size > MAX_RATIO * entry.compress_size
    if entry.file_size > MAX_FILE_BYTES or is_bomb:
        raise AppError("guard.file_size_exceeded", data={"file": entry.filename}, details=entry.filename)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refuse(_("“%(name)s” is packed in an unusual way.") % {"name": entry.filename})


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as file:
        # One byte more than there should be: only at the end is the checksum compared.
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise zipfile.BadZipFile(entry.filename)
    return content


def _without_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    folders = {path.partition("/")[0] for path in files}
    if INDEX in files or len(folders) != 1 or any("/" not in path for path in files):
        return files
    return {path.partition("/")[2]: content for path, content in files.items()}


def _checked_index(files: dict[str, bytes]) -> dict[str, bytes]:
    index = files.get(INDEX)
    if index is None:
        raise _refuse(_("There is no index.html in the ZIP file."))
    if len(index) > MAX_INDEX_BYTES:
        raise AppError("guard.file_size_exceeded", data={"file": INDEX}, details=INDEX)
    try:
        index.decode()
    except UnicodeDecodeError as error:
        raise _refuse(_("index.html is not in UTF-8.")) from error
    return files


def _refuse(message: str) -> AppError:
    return invalid_value("file", message)
