"""`/api/users/…/personal-access-tokens`: what a user's scripts exchange for access tokens."""

from rest_framework.request import Request
from rest_framework.response import Response

from identity.selectors import get_personal_access_token, get_user, list_personal_access_tokens
from identity.services.personal_access_tokens import (
    create_personal_access_token,
    delete_personal_access_token,
    rename_personal_access_token,
)
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

    def get(self, request: Request, user_id: str) -> Response:
        return Response([personal_access_token_row(token) for token in list_personal_access_tokens(get_user(user_id))])

    def post(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        values = self.body(PersonalAccessTokenCreation)
        made = create_personal_access_token(user, actor=self.actor, **values)
        return Response(personal_access_token_row(made.token, value=made.value), status=201)

    def patch(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        names = self.body(PersonalAccessTokenRenaming)
        return Response(personal_access_token_row(rename_personal_access_token(user, actor=self.actor, **names)))


class PersonalAccessTokenView(ApiView):
    """One token, by its name."""

    def patch(self, request: Request, user_id: str, name: str) -> Response:
        user = get_user(user_id)
        get_personal_access_token(user, name)
        new_name = self.body(PersonalAccessTokenUpdate)["name"]
        token = rename_personal_access_token(user, name=name, new_name=new_name, actor=self.actor)
        return Response(personal_access_token_row(token))

    def delete(self, request: Request, user_id: str, name: str) -> Response:
        delete_personal_access_token(get_user(user_id), name=name, actor=self.actor)
        return no_content()


class PersonalAccessTokenDeletionView(PersonalAccessTokenView):
    """Takes away the token that the body names; a token may itself be called `delete`."""

    def post(self, request: Request, user_id: str, name: str) -> Response:
        user = get_user(user_id)
        named = self.body(PersonalAccessTokenName)["name"]
        delete_personal_access_token(user, name=named, actor=self.actor)
        return no_content()
