"""The API renderer of errors: every failure becomes `{code, message, data?, details?}`."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common.errors import AppError, invalid_values
from common.rest.database_errors import from_database_error

logger = logging.getLogger(__name__)


def _issues(detail: Any, path: str = "") -> list[dict[str, str]]:
    """Flatten a serializer's errors into `{path, code, message}` rows."""
    if isinstance(detail, dict):
        return [row for key, value in detail.items() for row in _issues(value, f"{path}.{key}" if path else str(key))]
    if isinstance(detail, list):
        rows = []
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            rows += _issues(value, f"{path}.{index}" if nested and path else path)
        return rows
    return [{"path": path, "code": getattr(detail, "code", "invalid"), "message": str(detail)}]


def invalid_input(detail: Any) -> AppError:
    """Return `guard.invalid_input` for a serializer's errors."""
    return invalid_values((row["path"], row["code"], row["message"]) for row in _issues(detail))


def to_app_error(error: Exception) -> AppError | None:
    """Translate what Django and REST framework raise; `None` for a failure nobody foresaw."""
    match error:
        case AppError():
            return error
        case exceptions.ValidationError():
            return invalid_input(error.detail)
        case exceptions.ParseError():
            return AppError("guard.invalid_input", details=str(error.detail))
        case exceptions.UnsupportedMediaType():
            return AppError("guard.invalid_input", status=415, details=str(error.detail))
        case exceptions.MethodNotAllowed():
            return AppError("request.method_not_allowed")
        case exceptions.NotAcceptable():
            return AppError("guard.invalid_input", status=406)
        case exceptions.NotFound() | Http404():
            return AppError("entity.not_found")
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return AppError("auth.unauthorized")
        case exceptions.PermissionDenied() | PermissionDenied():
            return AppError("auth.forbidden")
        case RequestDataTooBig():
            return AppError("guard.body_too_large")
        case SuspiciousOperation():
            return AppError("request.invalid_input")
        case DatabaseError():
            return from_database_error(error)
        case RecursionError():
            # JSON nested so deeply that it can be read but not looked through.
            return AppError("request.invalid_input")
    return None


def _headers(error: AppError, context: dict[str, Any]) -> dict[str, str]:
    """The error's own headers; who is not authenticated learns how to be, where the view says so (RFC 9110 15.5.2)."""
    headers = dict(error.headers)
    view, request = context.get("view"), context.get("request")
    if error.status == 401 and view is not None and request is not None:
        challenge = view.get_authenticate_header(request)
        if challenge:
            headers.setdefault("WWW-Authenticate", challenge)
    return headers


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """REST framework's `EXCEPTION_HANDLER`."""
    app_error = to_app_error(error)
    if app_error is None:
        request = context.get("request")
        logger.exception("unhandled failure", extra={"path": getattr(request, "path", None)})
        app_error = AppError("request.internal_error")
    set_rollback()
    return Response(app_error.as_body(), status=app_error.status, headers=_headers(app_error, context))
