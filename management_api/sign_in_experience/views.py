"""`/api/sign-in-exp`."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import UPLOAD, operation
from common.uploads import read_upload
from experience.custom_ui.archive import MAX_ARCHIVE_BYTES
from experience.selectors import list_password_issues
from experience.services.custom_ui import upload_custom_ui
from experience.services.settings import get_sign_in_experience, update_sign_in_experience
from experience.settings_shape import SIGN_IN_EXPERIENCE
from experience.username_conflicts import represent_username_conflicts
from management_api.json_objects import JsonObjectBody
from management_api.sign_in_experience import answers
from management_api.sign_in_experience.answers import EXPERIENCE
from management_api.sign_in_experience.serializers import ConflictQuery, PasswordCheckBody
from management_api.views import ApiView


class SignInExperienceView(ApiView):
    """The tenant's sign-in experience."""

    @operation("GetSignInExp", "Get the sign-in experience", answer=EXPERIENCE)
    def get(self, request: Request) -> Response:
        return Response(get_sign_in_experience().wire)

    @operation(
        "UpdateSignInExp",
        "Change the sign-in experience",
        body=SIGN_IN_EXPERIENCE,
        description="Each member that is given replaces the one that is stored.",
        answer=EXPERIENCE,
        errors=[
            "request.invalid_input",
            "sign_in_experiences.password_expiration_requires_forgot_password",
            "sign_in_experiences.unsupported_default_language",
        ],
    )
    def patch(self, request: Request) -> Response:
        settings = update_sign_in_experience(self.body(JsonObjectBody)["value"], actor=self.actor)
        return Response(settings.wire)


class CustomUiAssetsView(ApiView):
    """Sign-in pages of the tenant's own, as a ZIP file in a multipart form."""

    @operation(
        "UploadCustomUiAssets",
        "Upload sign-in pages of the tenant's own",
        body=UPLOAD,
        answer=answers.CustomUi,
        errors=["guard.file_size_exceeded", "guard.mime_type_not_allowed", "storage.upload_error"],
    )
    def post(self, request: Request) -> Response:
        content = read_upload(request._request, max_bytes=MAX_ARCHIVE_BYTES)
        return Response({"customUiAssetId": upload_custom_ui(content, actor=self.actor).id})


class PasswordCheckView(ApiView):
    """Whether the tenant's policy would take a password."""

    @operation(
        "CheckPasswordWithDefaultSignInExperience",
        "Check a password against the tenant's policy",
        body=PasswordCheckBody,
        status=(200, 400),
        answer=answers.PasswordCheck,
        errors=["request.invalid_input", "entity.not_found"],
    )
    def post(self, request: Request) -> Response:
        body = self.body()
        issues = list_password_issues(body["password"], user_id=body.get("userId"))
        if issues:
            return Response({"result": False, "issues": [issue.as_data() for issue in issues]}, status=400)
        return Response({"result": True})


class UsernameConflictsView(ApiView):
    """Usernames that stand in the way of comparing them without regard to case."""

    @operation(
        "GetUsernameCaseSensitivityConflicts",
        "List usernames that differ in case alone",
        query=ConflictQuery,
        answer=answers.UsernameConflicts,
    )
    def get(self, request: Request) -> Response:
        return Response(represent_username_conflicts(limit=self.query()["limit"]))
