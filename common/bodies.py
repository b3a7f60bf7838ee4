"""What may be sent as a request's body: so many bytes, in chunks or not; files only at addresses that take one.

The web server of an installation has read the body when a request gets here (`config.web`), with the same bound. Under
another server, and in Django's test client, this is where a chunked body is read.
"""

import io
import re
from functools import cache
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

# What a multipart form has besides its file.
_FORM_BYTES = 65_536


@cache
def _paths_of_uploads(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


def max_file_bytes(path: str) -> int:
    """Return how large a file may be that is sent to the address, 0 where none is taken."""
    if _paths_of_uploads(tuple(settings.UPLOAD_PATHS)).fullmatch(path):
        return int(settings.MAX_UPLOAD_BYTES)
    if _paths_of_uploads(tuple(settings.USER_IMPORT_PATHS)).fullmatch(path):
        return int(settings.USER_IMPORT_MAX_BYTES)
    return 0


def takes_file(path: str) -> bool:
    """Whether a file may be sent to the address."""
    return max_file_bytes(path) > 0


def max_body_bytes(path: str) -> int:
    """Return the bound of a body that is sent to the address."""
    file_bytes = max_file_bytes(path)
    return file_bytes + _FORM_BYTES if file_bytes else settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0


def read_chunked_body(environ: dict[str, Any]) -> None:
    """Give a body of unknown length its length: Django takes one without for none (RFC 9112 section 7.1).

    Of a body that is too large nothing is kept, and `refuse_large_body` refuses it by its length.
    """
    if environ.pop("HTTP_TRANSFER_ENCODING", None) is None:
        return
    stream: IO[bytes] = environ["wsgi.input"]
    most = max_body_bytes(environ.get("PATH_INFO", ""))
    body = bytearray()
    while len(body) <= most and (piece := stream.read(most + 1 - len(body))):
        body += piece
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["wsgi.input"] = io.BytesIO(body if len(body) <= most else b"")


def refuse_large_body(request: HttpRequest) -> None:
    """Raises `RequestDataTooBig`, which is answered 413, before anything of the body is read or written to disk."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    # The length of the number, too: Python refuses to make one of thousands of digits.
    if declared.isdecimal() and (len(declared) > 18 or int(declared) > max_body_bytes(request.path)):
        raise RequestDataTooBig("the body is too large")


class NoFilesUploadHandler(FileUploadHandler):
    """Refuses multipart forms that hold a file: Django would store it. What takes one reads it by `common.uploads`."""

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """Raises `MultiPartParserError`, which is answered 400."""
        raise MultiPartParserError("files are not expected")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Never called: there is no file."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Never called: there is no file."""
