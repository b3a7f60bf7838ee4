"""The one file of a multipart form (RFC 7578), read into memory within a bound; nothing is written to disk.

What the form says of the file, its name and its media type, is for nothing: whoever stores it looks at the content.
"""

from typing import Any

from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from common.errors import AppError

FIELD = "file"


class _OneFileHandler(FileUploadHandler):
    """Keeps the content of the only file, as long as it is within the bound."""

    def __init__(self, request: HttpRequest, *, max_bytes: int) -> None:
        super().__init__(request)
        self._max_bytes = max_bytes
        self.content: bytearray | None = None

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """Raises `guard.invalid_input` for a second file, and for one in another field."""
        super().new_file(*arguments, **named)
        if self.content is not None or self.field_name != FIELD:
            raise _not_one_file()
        self.content = bytearray()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Raises `guard.file_size_exceeded` past the bound."""
        if self.content is None or len(self.content) + len(raw_data) > self._max_bytes:
            raise AppError("guard.file_size_exceeded")
        self.content += raw_data

    def file_complete(self, file_size: int) -> None:
        """Django keeps nothing of the file."""


def read_raw_upload(request: HttpRequest, *, max_bytes: int) -> bytes:
    """Return the file that is the request's whole body, as `application/octet-stream`; raises as `read_upload`."""
    if request.content_type != "application/octet-stream":
        raise AppError("guard.invalid_input", details="send the file as application/octet-stream")
    content: bytes = request.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise AppError("guard.file_size_exceeded")
    if not content:
        raise AppError("guard.invalid_input", details="the file is empty")
    return content


def _not_one_file() -> AppError:
    return AppError("guard.invalid_input", details=f"send one file, in the field {FIELD} of a multipart form")


def read_upload(request: HttpRequest, *, max_bytes: int) -> bytes:
    """Return the file of the request's form.

    Raises `guard.invalid_input` for a form without a file, with several, or for a body of another kind, and
    `guard.file_size_exceeded`. The address has to be one of `UPLOAD_PATHS`, or bodies are bounded as everywhere.
    """
    if request.content_type != "multipart/form-data":
        raise _not_one_file()
    handler = _OneFileHandler(request, max_bytes=max_bytes)
    request.upload_handlers = [handler]
    try:
        request.POST  # noqa: B018 - reading the form calls the handler
    except (MultiPartParserError, TooManyFilesSent) as error:
        raise _not_one_file() from error
    if not handler.content:
        raise _not_one_file()
    return bytes(handler.content)
