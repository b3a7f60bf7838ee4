"""Users are imported: the file is uploaded, looked at, checked, imported; and all users are exported."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from common.errors import AppError
from common.spreadsheets import csv_lines
from common.uploads import read_upload
from console.access import actor_of, current_access
from console.admin.service_errors import explain
from console.policies import Area, may_change, may_view
from console.site import site
from console.user_imports.forms import ExportForm, UploadForm
from console.user_imports.words import describe_import, describe_preview, describe_progress, progress_text
from identity.exports.streaming import export_file_name, export_users
from identity.imports.jobs import (
    cancel_user_import,
    create_user_import,
    delete_user_import,
    resume_user_import,
    start_user_import,
)
from identity.imports.preview import preview_import
from identity.imports.selectors import (
    get_user_import,
    iterate_problems,
    list_problems,
    list_user_imports,
    problem_message,
)
from identity.models import UserImport, UserImportProblem
from tenants.files import storage

_LISTED = 50
_PROBLEMS_SHOWN = 100
_MEGABYTE = 1_048_576


@csrf_exempt
def user_imports(request: HttpRequest) -> HttpResponse:
    """Show the list, or an import by its `id`; take a file, or do what a button asks for."""
    if request.method != "POST":
        return _show(request)
    refused = ""
    if request.content_type == "multipart/form-data":
        # The file is read before the token next to it can be.
        try:
            content = read_upload(request, max_bytes=settings.USER_IMPORT_MAX_BYTES)
        except AppError as error:
            content, refused = b"", explain(error)
        return _upload(request, content, refused)
    return _act(request)


site.page("user-imports/", name="user_imports", area=Area.GENERAL)(user_imports)


@site.page("user-imports/progress/", name="user_import_progress", area=Area.GENERAL)
def progress(request: HttpRequest) -> HttpResponse:
    """Answer how far an import has come."""
    return JsonResponse(describe_progress(_find(request.GET.get("id", ""))), headers={"Cache-Control": "no-store"})


@site.page("user-imports/problems/", name="user_import_problems", area=Area.GENERAL)
def problems(request: HttpRequest) -> HttpResponse:
    """Answer with everything that was wrong with a file, as CSV."""
    user_import = _find(request.GET.get("id", ""))
    rows = [["row", "line", "field", "code", "message"]]
    for found in iterate_problems(user_import):
        rows.append([str(found.row), str(found.line), found.field, found.code, problem_message(found)])
    headers = {"Content-Disposition": f'attachment; filename="problems-{user_import.id}.csv"'}
    return HttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8", headers=headers)


@site.page("user-exports/", name="user_exports", area=Area.TENANT)
def exports(request: HttpRequest) -> HttpResponseBase:
    """Answer with all users as a file."""
    form = ExportForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return HttpResponseRedirect(reverse("admin:user_imports"))
    try:
        exported = export_users(**form.cleaned_data, actor=actor_of(request))
    except AppError as error:
        messages.error(request, explain(error))
        return _back()
    name = export_file_name(form.cleaned_data["layout"])
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(exported.chunks, content_type=exported.media_type, headers=headers)


@csrf_protect
def _upload(request: HttpRequest, content: bytes, refused: str) -> HttpResponse:
    form = UploadForm(request.POST)
    if refused or not form.is_valid():
        return _list(request, form, refused)
    try:
        user_import = create_user_import(
            content, file_name=request.POST.get("fileName", ""), **form.as_arguments(), actor=actor_of(request)
        )
    except AppError as error:
        return _list(request, form, error.details or explain(error))
    return _back(user_import.id)


@csrf_protect
def _act(request: HttpRequest) -> HttpResponse:
    user_import, asked = _find(request.POST.get("id", "")), request.POST.get("action", "")
    actor = actor_of(request)
    try:
        match asked:
            case "check" | "start":
                start_user_import(user_import, is_dry_run=asked == "check", actor=actor)
            case "cancel":
                cancel_user_import(user_import, actor=actor)
            case "resume":
                resume_user_import(user_import, actor=actor)
            case "delete":
                delete_user_import(user_import, actor=actor)
                messages.success(request, _("Deleted."))
                return _back()
            case _:
                raise Http404
    except AppError as error:
        messages.error(request, explain(error))
    return _back(user_import.id)


def _show(request: HttpRequest) -> HttpResponse:
    if "id" not in request.GET:
        return _list(request, UploadForm())
    user_import = _find(request.GET["id"])
    found = list(list_problems(user_import)[:_PROBLEMS_SHOWN])
    context = {
        **site.each_context(request),
        "title": _("Import of users"),
        "import": describe_import(user_import),
        "progress_text": progress_text(user_import),
        "preview": None if user_import.started_at else _preview(user_import),
        "problems": [_described(problem) for problem in found],
        "is_open": may_change(current_access(request), Area.GENERAL),
    }
    return TemplateResponse(request, "console/user_import.html", context)


def _list(request: HttpRequest, form: UploadForm, refused: str = "") -> HttpResponse:
    access = current_access(request)
    context = {
        **site.each_context(request),
        "title": _("Import and export"),
        "imports": [describe_import(user_import) for user_import in list_user_imports()[:_LISTED]],
        "form": form,
        "refused": refused,
        "is_open": may_change(access, Area.GENERAL),
        "takes_files": storage.is_configured(),
        "most_megabytes": settings.USER_IMPORT_MAX_BYTES // _MEGABYTE,
        "export": ExportForm(initial={"with_passwords": True}) if may_view(access, Area.TENANT) else None,
    }
    return TemplateResponse(request, "console/user_imports.html", context, status=400 if refused else 200)


def _preview(user_import: UserImport) -> dict[str, Any]:
    try:
        rows = preview_import(user_import)
    except AppError as error:
        return {"error": explain(error)}
    return {
        "lines": [row.line for row in rows],
        "errors": [
            f"{row.field}: {row.error.message}" if row.field else row.error.message for row in rows if row.error
        ],
        "table": describe_preview(rows),
    }


def _described(problem: UserImportProblem) -> dict[str, Any]:
    message = problem_message(problem)
    return {"row": problem.row, "line": problem.line, "field": problem.field, "message": message, "code": problem.code}


def _find(import_id: str) -> UserImport:
    try:
        return get_user_import(import_id)
    except AppError:
        raise Http404 from None


def _back(import_id: str = "") -> HttpResponse:
    address = reverse("admin:user_imports")
    return HttpResponseRedirect(f"{address}?id={import_id}" if import_id else address)
