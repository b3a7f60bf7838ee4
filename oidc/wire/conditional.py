"""JSON with an entity tag, so that a client that has it already is told just that (RFC 9110 section 13.1.2)."""

import hashlib
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse


def conditional_json(request: HttpRequest, body: bytes, *, headers: Mapping[str, str]) -> HttpResponse:
    """Answer with the body, or 304 where the request names its entity tag."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = [held.strip().removeprefix("W/") for held in request.META.get("HTTP_IF_NONE_MATCH", "").split(",")]
    if tag in known or "*" in known:
        return HttpResponse(status=304, headers={**headers, "ETag": tag})
    return HttpResponse(body, content_type="application/json", headers={**headers, "ETag": tag})
