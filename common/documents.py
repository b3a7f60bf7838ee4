"""Rendered documents, kept as they go over the wire as long as nothing that they were made of has changed."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpResponse, HttpResponseBase

# What an answer may depend on besides its address and host.
_VARYING = frozenset({"HTTP_ORIGIN", "HTTP_IF_NONE_MATCH", "HTTP_TRANSFER_ENCODING"})
_MOST = 10_000

_Key = tuple[str, str]


class Document(NamedTuple):
    """A successful answer, good while `is_current()`."""

    headers: list[tuple[str, str]]
    body: bytes
    is_current: Callable[[], bool]


def keep_while(response: HttpResponse, is_current: Callable[[], bool]) -> HttpResponse:
    """Let the handler give this answer again to whoever asks at the same address and host, while `is_current()`."""
    response.is_current = is_current  # type: ignore[attr-defined]  # what the handler finds there
    return response


class Documents:
    """The documents that a handler keeps, by path and host.

    A host counts as it is configured: what a caller makes up, another spelling included, is answered and not kept.
    """

    def __init__(self) -> None:
        self._kept: dict[_Key, Document] = {}

    def find(self, environ: dict[str, Any]) -> Document | None:
        """Return the document that a request asks for, if it asks for nothing but that."""
        document = self._kept.get((environ["PATH_INFO"], environ.get("HTTP_HOST", "")))
        if document is None or not _is_plain(environ) or not document.is_current():
            return None
        return document

    def keep(self, environ: dict[str, Any], response: HttpResponseBase, *, asked_host: str) -> None:
        """Keep an answer whose view allows it; `environ` has the host's configured spelling."""
        is_current = getattr(response, "is_current", None)
        if is_current is None or not isinstance(response, HttpResponse) or response.status_code != 200:
            return
        if environ.get("HTTP_HOST") != asked_host or not _is_plain(environ) or response.cookies:
            return
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[environ["PATH_INFO"], asked_host] = Document([*response.items()], response.content, is_current)


def _is_plain(environ: dict[str, Any]) -> bool:
    return environ["REQUEST_METHOD"] == "GET" and not environ["QUERY_STRING"] and _VARYING.isdisjoint(environ)
