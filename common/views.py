"""Probes, and the error pages that no room owns."""

import logging
import secrets

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext as _

from common.bodies import takes_file
from common.error_pages import ErrorPage, announce, current_contact
from common.errors import AppError
from common.oauth.errors import invalid_request
from common.oauth.rendering import render_error
from common.scheduler import SILENT_AFTER, find_silence

logger = logging.getLogger(__name__)


def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness: the process answers."""
    return JsonResponse({"status": "ok"})


def _database_is_ready() -> bool:
    connection.ensure_connection()
    return True


def _migrations_are_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _cache_is_ready() -> bool:
    cache.set("readyz", "1", 5)
    return bool(cache.get("readyz") == "1")


def _broker_is_ready() -> bool:
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return True
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return True


_CHECKS = {
    "database": _database_is_ready,
    "migrations": _migrations_are_applied,
    "cache": _cache_is_ready,
    "broker": _broker_is_ready,
}


def _scheduler_state() -> tuple[str, float | None]:
    try:
        silence = find_silence()
    except DatabaseError:
        return "unknown", None
    is_heard = silence is not None and silence < SILENT_AFTER
    return "ok" if is_heard else "silent", None if silence is None else round(silence, 1)


def readyz(request: HttpRequest) -> HttpResponse:
    """Readiness: database, migrations, cache and broker; 503 names what is missing.

    `scheduler` is `silent` if nothing that is due was done for a while; `schedulerSilence` says for how many seconds.
    Only with `READINESS_REQUIRES_SCHEDULER` that fails, as a web process serves without.
    """
    results = {}
    for name, check in _CHECKS.items():
        try:
            results[name] = "ok" if check() else "not ready"
        except Exception:  # noqa: BLE001 - a probe reports any failure
            results[name] = "not ready"
    ready = all(result == "ok" for result in results.values())
    scheduler, silence = _scheduler_state() if ready else ("unknown", None)
    if settings.READINESS_REQUIRES_SCHEDULER and scheduler != "ok":
        ready = False
    body = {"status": "ok" if ready else "not ready", **results, "scheduler": scheduler, "schedulerSilence": silence}
    return JsonResponse(body, status=200 if ready else 503)


def error_page(
    request: HttpRequest,
    *,
    status: int,
    title: str,
    message: str,
    link: tuple[str, str] | None = None,
    error: AppError | None = None,
) -> HttpResponse:
    """Render the HTML error page with a trace id that the log and the audit log know, too.

    `link` is how to go on: its words, and an address of this site. `error` is what the page is about, if it has a code.
    """
    trace_id = secrets.token_hex(8)
    noted = {"trace_id": trace_id, "status": status, "path": request.path}
    logger.warning("error page: %s, trace id %s", status, trace_id, extra=noted)
    announce(ErrorPage(trace_id, status, request.path, error))
    context = {"title": title, "message": message, "trace_id": trace_id, "status": status, "link": link}
    context["contact"] = current_contact()
    return render(request, "common/error.html", context, status=status)


def app_error_page(request: HttpRequest, error: AppError, *, link: tuple[str, str] | None = None) -> HttpResponse:
    """Render the HTML error page of a coded error."""
    title = _("Something went wrong")
    page = error_page(request, status=error.status, title=title, message=error.message, link=link, error=error)
    for name, value in error.headers.items():
        page.headers[name] = value
    return page


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose CSRF token is missing or stale."""
    return error_page(
        request,
        status=403,
        title=_("This page has expired"),
        message=_("Go back, reload the page and send the form again."),
        # `//evil.example/` is a path of ours, and in a link another site.
        link=(_("Try again"), escape_leading_slashes(request.get_full_path())),
    )


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: JSON on machine paths, a page elsewhere."""
    if request.path.startswith(("/api/", "/oidc/")):
        return JsonResponse(
            {"code": "request.not_found", "message": _("There is nothing at this address.")}, status=404
        )
    return error_page(request, status=404, title=_("Page not found"), message=_("There is nothing at this address."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 for what no view could read, 413 for too much: in the words of the address's protocol, a page elsewhere."""
    too_large = exception if isinstance(exception, RequestDataTooBig) else None
    if request.path.startswith("/oidc/"):
        return render_error(request, too_large or invalid_request("the request cannot be read"))
    too_much = "guard.file_size_exceeded" if takes_file(request.path) else "guard.body_too_large"
    error = AppError(too_much if too_large else "request.invalid_input")
    if request.path.startswith("/api/"):
        return JsonResponse(error.as_body(), status=error.status)
    return error_page(request, status=error.status, title=_("Something went wrong"), message=error.message, error=error)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: JSON on machine paths, a page elsewhere."""
    message = _("Something went wrong on our side.")
    if request.path.startswith(("/api/", "/oidc/")):
        return JsonResponse({"code": "request.internal_error", "message": message}, status=500)
    return error_page(request, status=500, title=_("Something went wrong"), message=message)
