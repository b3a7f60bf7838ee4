"""`/api/one-time-tokens`: the tokens of magic links; only a new one shows its value."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.pagination import paginated
from identity.selectors import get_one_time_token, list_one_time_tokens
from identity.services.one_time_tokens import (
    consume_one_time_token,
    create_one_time_token,
    delete_one_time_token,
    set_one_time_token_status,
)
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

    def get(self, request: Request) -> Response:
        tokens = list_one_time_tokens(**self.query(OneTimeTokenQuery))
        return paginated(request, tokens, one_time_token_rows, optional=True)

    def post(self, request: Request) -> Response:
        made = create_one_time_token(**self.body(OneTimeTokenCreation), actor=self.actor)
        return Response(one_time_token_row(made.token, value=made.value), status=201)


class VerificationView(ApiView):
    """Checks a token and uses it up, whatever event it is for."""

    def post(self, request: Request) -> Response:
        given = self.body(OneTimeTokenVerification)
        token = consume_one_time_token(given["token"], email=given["email"])
        return Response(one_time_token_row(token, value=given["token"]))


class OneTimeTokenView(ApiView):
    """One token, by its id."""

    def get(self, request: Request, id: str) -> Response:
        return Response(one_time_token_row(get_one_time_token(id)))

    def delete(self, request: Request, id: str) -> Response:
        delete_one_time_token(id, actor=self.actor)
        return no_content()


class StatusView(ApiView):
    """Withdraws a token, or marks it used or expired."""

    def put(self, request: Request, id: str) -> Response:
        token = get_one_time_token(id)
        status = self.body(OneTimeTokenStatus)["status"]
        return Response(one_time_token_row(set_one_time_token_status(token, status=status, actor=self.actor)))
