"""`/api/one-time-tokens`: the tokens of magic links; only a new one shows its value."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.pagination import paginated
from identity.selectors import get_one_time_token, list_one_time_tokens
from identity.services.one_time_tokens import (
    consume_one_time_token,
    create_one_time_token,
    delete_one_time_token,
    set_one_time_token_status,
)
from management_api.one_time_tokens import answers
from management_api.one_time_tokens.serializers import (
    OneTimeTokenCreation,
    OneTimeTokenQuery,
    OneTimeTokenStatus,
    OneTimeTokenVerification,
    one_time_token_row,
    one_time_token_rows,
)
from management_api.views import ApiView, no_content


class OneTimeTokensView(ApiView):
    """Lists and makes tokens."""

    @operation(
        "ListOneTimeTokens",
        "List one-time tokens",
        query=OneTimeTokenQuery,
        pages="optional",
        answer=[answers.OneTimeToken],
    )
    def get(self, request: Request) -> Response:
        tokens = list_one_time_tokens(**self.query())
        return paginated(request, tokens, one_time_token_rows, optional=True)

    @operation(
        "AddOneTimeTokens",
        "Create a one-time token",
        body=OneTimeTokenCreation,
        answer=answers.OneTimeToken,
        status=201,
    )
    def post(self, request: Request) -> Response:
        made = create_one_time_token(**self.body(), actor=self.actor)
        return Response(one_time_token_row(made.token, value=made.value), status=201)


class VerificationView(ApiView):
    """Checks a token and uses it up, whatever event it is for."""

    @operation(
        "VerifyOneTimeToken",
        "Verify a one-time token and use it up",
        body=OneTimeTokenVerification,
        answer=answers.OneTimeToken,
        errors=[
            "one_time_token.email_mismatch",
            "one_time_token.token_consumed",
            "one_time_token.token_revoked",
            "one_time_token.token_not_found",
        ],
    )
    def post(self, request: Request) -> Response:
        given = self.body()
        token = consume_one_time_token(given["token"], email=given["email"])
        return Response(one_time_token_row(token, value=given["token"]))


class OneTimeTokenView(ApiView):
    """One token, by its id."""

    @operation(
        "GetOneTimeToken", "Get a one-time token", answer=answers.OneTimeToken, errors=["entity.not_exists_with_id"]
    )
    def get(self, request: Request, id: str) -> Response:
        return Response(one_time_token_row(get_one_time_token(id)))

    @operation("DeleteOneTimeToken", "Delete a one-time token", errors=["entity.not_found"])
    def delete(self, request: Request, id: str) -> Response:
        delete_one_time_token(id, actor=self.actor)
        return no_content()


class StatusView(ApiView):
    """Withdraws a token, or marks it used or expired."""

    @operation(
        "ReplaceOneTimeTokenStatus",
        "Set the status of a one-time token",
        body=OneTimeTokenStatus,
        answer=answers.OneTimeToken,
        errors=["one_time_token.cannot_reactivate_token", "entity.not_exists_with_id"],
    )
    def put(self, request: Request, id: str) -> Response:
        token = get_one_time_token(id)
        status = self.body()["status"]
        return Response(one_time_token_row(set_one_time_token_status(token, status=status, actor=self.actor)))
