"""`/api/subject-tokens`: tokens with which a backend acts as a user, once."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from management_api.subject_tokens import answers
from management_api.subject_tokens.serializers import SubjectTokenCreation
from management_api.views import ApiView
from oidc.token.subject_tokens import LIFETIME, create_subject_token


class SubjectTokensView(ApiView):
    """Makes subject tokens."""

    @operation(
        "CreateSubjectToken",
        "Create a subject token",
        body=SubjectTokenCreation,
        answer=answers.SubjectToken,
        status=201,
        errors=["entity.not_found"],
    )
    def post(self, request: Request) -> Response:
        value = create_subject_token(**self.body(), actor=self.actor)
        return Response({"subjectToken": value, "expiresIn": int(LIFETIME.total_seconds())}, status=201)
