"""What may be sent as a request's body: so many bytes, in chunks or not, and no files.

The web server of an installation has read the body when a request gets here (`config.web`), with the same bound. Under
another server, and in Django's test client, this is where a chunked body is read.
"""

import io
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError


def max_body_bytes() -> int:
    """Return the bound of every body."""
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0


def read_chunked_body(environ: dict[str, Any]) -> None:
    """Give a body of unknown length its length: Django takes one without for none (RFC 9112 section 7.1).

    Of a body that is too large nothing is kept, and `refuse_large_body` refuses it by its length.
    """
    if environ.pop("HTTP_TRANSFER_ENCODING", None) is None:
        return
    stream: IO[bytes] = environ["wsgi.input"]
    most = max_body_bytes()
    body = bytearray()
    while len(body) <= most and (piece := stream.read(most + 1 - len(body))):
        body += piece
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["wsgi.input"] = io.BytesIO(body if len(body) <= most else b"")


def refuse_large_body(request: HttpRequest) -> None:
    """Raises `RequestDataTooBig`, which is answered 413, before anything of the body is read or written to disk."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    # The length of the number, too: Python refuses to make one of thousands of digits.
    if declared.isdecimal() and (len(declared) > 18 or int(declared) > max_body_bytes()):
        raise RequestDataTooBig("the body is too large")


class NoFilesUploadHandler(FileUploadHandler):
    """Refuses multipart forms that hold a file; no form of ours asks for one, and Django would store it."""

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """Raises `MultiPartParserError`, which is answered 400."""
        raise MultiPartParserError("files are not expected")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Never called: there is no file."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Never called: there is no file."""
