"""`/api/user-imports` and `/api/user-exports`: users are brought over from other systems, and taken along."""

from django.conf import settings
from django.http import StreamingHttpResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import AppError
from common.rest.operations import Media, operation
from common.rest.pagination import paginated
from common.uploads import read_raw_upload, read_upload
from identity.exports.streaming import export_file_name, export_users
from identity.imports.jobs import (
    cancel_user_import,
    create_user_import,
    delete_user_import,
    resume_user_import,
    start_user_import,
)
from identity.imports.selectors import get_user_import, list_problems, list_user_imports
from management_api.user_imports.serializers import (
    USER_IMPORT,
    ExportQuery,
    ImportForm,
    ImportProblem,
    ImportQuery,
    problem_rows,
)
from management_api.views import ApiView, no_content
from tenants.files import storage

_FORM = Media("multipart/form-data", "file", ("secrets",))
_UNKNOWN = "entity.not_exists_with_id"
_STATE = "user_import.wrong_status"
_GONE = "user_import.file_gone"


class UserImportsView(ApiView):
    """Lists imports, and takes the file of a new one: a multipart form, or the body itself."""

    @operation("ListUserImports", "List imports of users", pages="always", answer=[USER_IMPORT])
    def get(self, request: Request) -> Response:
        return paginated(request, list_user_imports(), USER_IMPORT)

    @operation(
        "CreateUserImport",
        "Upload a file of users",
        description=(
            "A multipart form, or the file itself as `application/octet-stream`. `options` are JSON, and so are "
            "`secrets`, a field of the form. Nothing is read yet: start a dry run or the import."
        ),
        query=ImportQuery,
        body=_FORM,
        answer=USER_IMPORT,
        status=201,
        errors=[
            "user_import.unknown_format",
            "user_import.too_many",
            "storage.not_configured",
            "storage.upload_error",
            "guard.file_size_exceeded",
        ],
    )
    def post(self, request: Request) -> Response:
        storage.require_storage()
        sent, values = request._request, self.query()
        if "secrets" in request.query_params:
            raise AppError("guard.invalid_input", details="send secrets in the form: addresses get into logs")
        if sent.content_type == "multipart/form-data":
            content = read_upload(sent, max_bytes=settings.USER_IMPORT_MAX_BYTES)
            values |= self.validated(ImportForm, sent.POST.dict())
        else:
            content = read_raw_upload(sent, max_bytes=settings.USER_IMPORT_MAX_BYTES)
        user_import = create_user_import(content, **values, actor=self.actor)
        return Response(USER_IMPORT.of(user_import), status=status.HTTP_201_CREATED)


class UserImportView(ApiView):
    """One import."""

    @operation("GetUserImport", "Get an import of users", answer=USER_IMPORT, errors=[_UNKNOWN])
    def get(self, request: Request, id: str) -> Response:
        return Response(USER_IMPORT.get(id))

    @operation(
        "DeleteUserImport",
        "Delete an import of users with its file",
        description="Users who were imported stay.",
        errors=[_UNKNOWN, _STATE],
    )
    def delete(self, request: Request, id: str) -> Response:
        delete_user_import(get_user_import(id), actor=self.actor)
        return no_content()


class DryRunView(ApiView):
    """Reads the file and writes nothing but what would be wrong."""

    @operation(
        "CheckUserImport",
        "Check a file of users without writing any",
        answer=USER_IMPORT,
        status=202,
        errors=[_UNKNOWN, _STATE, _GONE],
    )
    def post(self, request: Request, id: str) -> Response:
        user_import = start_user_import(get_user_import(id), is_dry_run=True, actor=self.actor)
        return Response(USER_IMPORT.of(user_import), status=status.HTTP_202_ACCEPTED)


class StartView(ApiView):
    """Imports the users of the file."""

    @operation(
        "StartUserImport",
        "Import the users of a file",
        answer=USER_IMPORT,
        status=202,
        errors=[_UNKNOWN, _STATE, _GONE],
    )
    def post(self, request: Request, id: str) -> Response:
        user_import = start_user_import(get_user_import(id), is_dry_run=False, actor=self.actor)
        return Response(USER_IMPORT.of(user_import), status=status.HTTP_202_ACCEPTED)


class CancelView(ApiView):
    """Stops an import after the batch that is being written."""

    @operation(
        "CancelUserImport",
        "Stop an import of users",
        answer=USER_IMPORT,
        errors=[_UNKNOWN, _STATE],
    )
    def post(self, request: Request, id: str) -> Response:
        return Response(USER_IMPORT.of(cancel_user_import(get_user_import(id), actor=self.actor)))


class ResumeView(ApiView):
    """Goes on where an import stopped."""

    @operation(
        "ResumeUserImport",
        "Go on with an import of users where it stopped",
        answer=USER_IMPORT,
        status=202,
        errors=[_UNKNOWN, _STATE, _GONE],
    )
    def post(self, request: Request, id: str) -> Response:
        user_import = resume_user_import(get_user_import(id), actor=self.actor)
        return Response(USER_IMPORT.of(user_import), status=status.HTTP_202_ACCEPTED)


class ProblemsView(ApiView):
    """What was wrong with rows of the file."""

    @operation(
        "ListUserImportProblems",
        "List what was wrong with rows of a file of users",
        pages="always",
        answer=[ImportProblem],
        errors=[_UNKNOWN],
    )
    def get(self, request: Request, id: str) -> Response:
        return paginated(request, list_problems(get_user_import(id)), problem_rows)


class UserExportView(ApiView):
    """All users as a file, a JSON object a line or CSV; secrets of authenticator apps by `includeTotpSecrets` alone."""

    @operation(
        "ExportUsers",
        "Export all users",
        description="A JSON object a line, or CSV, in the form that an import reads.",
        query=ExportQuery,
        flags={
            "includePasswordHashes": "Whether the hashes of passwords are in the file.",
            "includeTotpSecrets": "Whether the secrets of authenticator apps are: who has them makes the codes.",
        },
        answer=Media("application/x-ndjson"),
        errors=["request.rate_limited"],
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        layout = self.query()["format"]
        content = export_users(
            layout=layout,
            with_passwords=self.flag("includePasswordHashes"),
            with_totp_secrets=self.flag("includeTotpSecrets"),
            actor=self.actor,
        )
        return StreamingHttpResponse(
            content.chunks,
            content_type=content.media_type,
            headers={
                "Content-Disposition": f'attachment; filename="{export_file_name(layout)}"',
                "Cache-Control": "no-store",
            },
        )
