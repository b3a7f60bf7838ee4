"""`/api/users/…/personal-access-tokens`: what a user's scripts exchange for access tokens."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from identity.selectors import get_personal_access_token, get_user, list_personal_access_tokens
from identity.services.personal_access_tokens import (
    create_personal_access_token,
    delete_personal_access_token,
    rename_personal_access_token,
)
from management_api.users import answers
from management_api.users.serializers import (
    PersonalAccessTokenCreation,
    PersonalAccessTokenName,
    PersonalAccessTokenRenaming,
    PersonalAccessTokenUpdate,
    personal_access_token_row,
)
from management_api.views import ApiView, no_content


class PersonalAccessTokensView(ApiView):
    """Lists and makes a user's tokens, and renames one by its current name; only a new one shows its value."""

    @operation(
        "ListUserPersonalAccessTokens",
        "List the personal access tokens of a user",
        answer=[answers.PersonalAccessToken],
        errors=["entity.not_found"],
    )
    def get(self, request: Request, user_id: str) -> Response:
        return Response([personal_access_token_row(token) for token in list_personal_access_tokens(get_user(user_id))])

    @operation(
        "CreateUserPersonalAccessToken",
        "Create a personal access token of a user",
        body=PersonalAccessTokenCreation,
        answer=answers.PersonalAccessToken,
        status=201,
        errors=["request.invalid_input", "entity.not_found", "user.personal_access_token_name_exists"],
    )
    def post(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        values = self.body()
        made = create_personal_access_token(user, actor=self.actor, **values)
        return Response(personal_access_token_row(made.token, value=made.value), status=201)

    @operation(
        "UpdatePersonalAccessTokenName",
        "Rename a personal access token that the body names",
        body=PersonalAccessTokenRenaming,
        answer=answers.PersonalAccessToken,
        errors=["entity.not_exists", "user.personal_access_token_name_exists"],
    )
    def patch(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        names = self.body()
        return Response(personal_access_token_row(rename_personal_access_token(user, actor=self.actor, **names)))


class PersonalAccessTokenView(ApiView):
    """One token, by its name."""

    @operation(
        "UpdateUserPersonalAccessToken",
        "Rename a personal access token of a user",
        body=PersonalAccessTokenUpdate,
        answer=answers.PersonalAccessToken,
        errors=["entity.not_exists", "entity.not_found", "user.personal_access_token_name_exists"],
    )
    def patch(self, request: Request, user_id: str, name: str) -> Response:
        user = get_user(user_id)
        get_personal_access_token(user, name)
        new_name = self.body()["name"]
        token = rename_personal_access_token(user, name=name, new_name=new_name, actor=self.actor)
        return Response(personal_access_token_row(token))

    @operation("DeleteUserPersonalAccessToken", "Delete a personal access token of a user", errors=["entity.not_found"])
    def delete(self, request: Request, user_id: str, name: str) -> Response:
        delete_personal_access_token(get_user(user_id), name=name, actor=self.actor)
        return no_content()


class PersonalAccessTokenDeletionView(PersonalAccessTokenView):
    """Takes away the token that the body names; a token may itself be called `delete`."""

    @operation(
        "DeletePersonalAccessTokenPost",
        "Delete a personal access token that the body names",
        body=PersonalAccessTokenName,
        errors=["entity.not_found"],
    )
    def post(self, request: Request, user_id: str, name: str) -> Response:
        user = get_user(user_id)
        named = self.body()["name"]
        delete_personal_access_token(user, name=named, actor=self.actor)
        return no_content()
