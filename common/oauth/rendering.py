"""The OAuth renderer: every failure under `/oidc` becomes JSON with `error` … and `code` and `message` next to it."""

import json
import logging
from collections.abc import Mapping
from typing import Any, ParamSpec

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse

from common.errors import AppError
from common.languages import in_language, language_of
from common.oauth.errors import OAuthError, invalid_request

P = ParamSpec("P")

TOO_MANY_REQUESTS = 429
SERVICE_UNAVAILABLE = 503
_FAILURE = "server_error"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}

logger = logging.getLogger(__name__)


_to_json = json.JSONEncoder(default=str).encode


def json_answer(content: Mapping[str, Any]) -> HttpResponse:
    """Answer with a document that nobody may keep (RFC 6749 section 5.1)."""
    return HttpResponse(_to_json(content).encode(), content_type="application/json", headers=NO_STORE)


def to_oauth_error(error: Exception) -> OAuthError | None:
    """Translate what may be raised under `/oidc`; `None` for a failure nobody foresaw."""
    match error:
        case OAuthError():
            return error
        case AppError():
            # The OAuth members are for developers and have ASCII alone (RFC 6749 section 5.2); `message` is localized.
            with in_language("en"):
                description = str(error.message)
            return OAuthError(
                _name_of(error.status), description, status=error.status, code=error.code, headers=error.headers
            )
        case RequestDataTooBig():
            return invalid_request("the request body is too large", status=413)
        case SuspiciousOperation():
            return invalid_request("failed to parse the request")
    return None


def _name_of(status: int) -> str:
    if status in (TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE):
        return "temporarily_unavailable"
    return _FAILURE if status >= 500 else "invalid_request"


def error_body(request: HttpRequest, error: OAuthError) -> dict[str, Any]:
    """Return the envelope; the raw OAuth body where the query says `parse_error=false`."""
    if error.error == _FAILURE:
        error = OAuthError(_FAILURE, "oops! something went wrong", status=error.status)
    body = error.as_oauth_body()
    # Not `request.GET`, which fails itself where the query was the fault.
    if "parse_error=false" in request.META.get("QUERY_STRING", "").split("&"):
        return body
    with language_of(request):
        return {**body, "code": error.code, "message": error.message}


def render_error(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer with the error's envelope, status and headers, whatever the request accepts."""
    found = to_oauth_error(error)
    if found is None:
        logger.error("unhandled failure", exc_info=error, extra={"path": request.path})
        found = OAuthError(_FAILURE, "oops! something went wrong")
    return JsonResponse(error_body(request, found), status=found.status, headers={**NO_STORE, **found.headers})
