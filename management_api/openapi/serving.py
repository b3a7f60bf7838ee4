"""Answers with the OpenAPI documents, and with the pages that show them: made once per process, kept as bytes.

Anybody may ask, as often as they like: what a request costs is a look at the host's tenant and a copy of bytes. Of a
document only the head differs from tenant to tenant, in which the origin stands; the rest is compressed once (a gzip
member may be put together of parts that were compressed apart, RFC 1951 section 3.2.3 and RFC 1952 section 2.3).
"""

import hashlib
import json
import re
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from management_api.openapi.pages import POLICY, render_page
from management_api.openapi.texts import DOCUMENTS, ORIGIN, Document
from tenants.hosts import origin_of_request

_FOLDER = Path(__file__).parent / "documents"
_HEADERS = {"Cache-Control": "public, max-age=300", "Vary": "Accept-Encoding"}
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_TAKES_GZIP = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)")


def _deflate(data: bytes, *, is_end: bool) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush(zlib.Z_FINISH if is_end else zlib.Z_FULL_FLUSH)


class _Rest(NamedTuple):
    """What follows the head of a document, plain and compressed; `template` is the head with a place for the origin."""

    template: str
    plain: bytes
    deflated: bytes
    digest: str


class _Answer(NamedTuple):
    """The head for one origin, with what a gzip member has around it."""

    plain: bytes
    gzip_start: bytes
    gzip_end: bytes
    etag: str


@lru_cache(maxsize=len(DOCUMENTS))
def _rest_of(document: Document) -> _Rest:
    whole = json.loads((_FOLDER / f"{document.name}.json").read_text())
    components = whole.pop("components")
    # What names the origin comes first.
    ordered = {
        **{name: whole[name] for name in ("openapi", "info", "servers", "security")},
        "components": {"securitySchemes": components["securitySchemes"], "schemas": components["schemas"]},
        **whole,
    }
    text = json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))
    end = text.rindex(ORIGIN) + len(ORIGIN)
    rest = text[end:].encode()
    return _Rest(text[:end], rest, _deflate(rest, is_end=True), hashlib.sha256(text.encode()).hexdigest())


@lru_cache(maxsize=256)
def _answer_for(document: Document, origin: str) -> _Answer:
    rest = _rest_of(document)
    head = rest.template.replace(ORIGIN, json.dumps(origin)[1:-1]).encode()
    checksum = zlib.crc32(rest.plain, zlib.crc32(head))
    length = (len(head) + len(rest.plain)) & 0xFFFFFFFF
    digest = hashlib.sha256(rest.digest.encode() + head).hexdigest()[:32]
    end = checksum.to_bytes(4, "little") + length.to_bytes(4, "little")
    return _Answer(head, _GZIP_HEADER + _deflate(head, is_end=False), end, digest)


def _conditional(
    request: HttpRequest, digest: str, plain: Callable[[], bytes], compressed: Callable[[], bytes], headers: Any
) -> HttpResponseBase:
    takes_gzip = _TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")) is not None
    etag = f'"{digest}{"-gzip" * takes_gzip}"'
    if (unchanged := get_conditional_response(request, etag=etag)) is not None:
        for name, value in _HEADERS.items():
            unchanged.headers[name] = value
        return unchanged
    response = HttpResponse(compressed() if takes_gzip else plain(), headers={**_HEADERS, **headers, "ETag": etag})
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    return response


def serve_document(document: Document) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return the view that answers with a document, in which the tenant's own origin stands."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponseBase:
        rest, answer = _rest_of(document), _answer_for(document, origin_of_request(request))
        return _conditional(
            request,
            answer.etag,
            lambda: answer.plain + rest.plain,
            lambda: answer.gzip_start + rest.deflated + answer.gzip_end,
            # Tools of developers read it from other origins.
            {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"},
        )

    return view


@lru_cache(maxsize=len(DOCUMENTS))
def _page_of(document: Document) -> tuple[bytes, bytes, str]:
    whole = json.loads((_FOLDER / f"{document.name}.json").read_text())
    page = render_page(document, whole).encode()
    compressed = _GZIP_HEADER + _deflate(page, is_end=True)
    end = zlib.crc32(page).to_bytes(4, "little") + len(page).to_bytes(4, "little")
    return page, compressed + end, hashlib.sha256(page).hexdigest()[:32]


def serve_page(document: Document) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return the view that answers with the page of a document."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponseBase:
        page, compressed, digest = _page_of(document)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
        return _conditional(request, digest, lambda: page, lambda: compressed, headers)

    return view
