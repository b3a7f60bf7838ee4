"""Stored files are served from the tenant's own host, in a way that lets nothing act that one may hold."""

import re

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from common.errors import AppError
from tenants.files import storage
from tenants.files.models import StoredFile

_NAME = re.compile(r"([0-9a-f]{64})\.[a-z]{3,4}")
_HEADERS = {
    # A year: what is at an address never changes.
    "Cache-Control": "public, max-age=31536000, immutable",
    # Opened by itself a file is a page of this origin: one without an origin, scripts, or anything from elsewhere.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    # Applications show their users' pictures.
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@require_safe
def stored_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer with a file of the tenant, 304 to whoever has it, 404 for any other name. 1 statement."""
    file = StoredFile.objects.filter(name=name).first() if (match := _NAME.fullmatch(name)) else None
    if file is None or match is None:
        return _refusal(AppError("entity.not_found"))
    etag = f'"{match[1]}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            content = storage.read(file.key)
        except AppError as error:
            return _refusal(error)
        if content is None:
            return _refusal(AppError("entity.not_found"))
        response = HttpResponse(content, content_type=file.media_type)
    for header, value in (("ETag", etag), *_HEADERS.items()):
        response.headers[header] = value
    return response


def _refusal(error: AppError) -> HttpResponse:
    response = JsonResponse(error.as_body(), status=error.status)
    response.headers["Cache-Control"] = "no-store"
    return response
