"""`/api/sign-in-exp`."""

from rest_framework.request import Request
from rest_framework.response import Response

from experience.selectors import list_password_issues
from experience.services.settings import get_sign_in_experience, update_sign_in_experience
from experience.username_conflicts import represent_username_conflicts
from management_api.json_objects import JsonObjectBody
from management_api.sign_in_experience.serializers import ConflictQuery, PasswordCheckBody
from management_api.views import ApiView


class SignInExperienceView(ApiView):
    """The tenant's sign-in experience."""

    def get(self, request: Request) -> Response:
        return Response(get_sign_in_experience().wire)

    def patch(self, request: Request) -> Response:
        settings = update_sign_in_experience(self.body(JsonObjectBody)["value"], actor=self.actor)
        return Response(settings.wire)


class PasswordCheckView(ApiView):
    """Whether the tenant's policy would take a password."""

    def post(self, request: Request) -> Response:
        body = self.body(PasswordCheckBody)
        issues = list_password_issues(body["password"], user_id=body.get("userId"))
        if issues:
            return Response({"result": False, "issues": [issue.as_data() for issue in issues]}, status=400)
        return Response({"result": True})


class UsernameConflictsView(ApiView):
    """Usernames that stand in the way of comparing them without regard to case."""

    def get(self, request: Request) -> Response:
        return Response(represent_username_conflicts(limit=self.query(ConflictQuery)["limit"]))
