"""`/api/users/…/password`: a user's password."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import AppError
from common.rest.operations import operation
from experience.services.password_expiration import expire_password
from identity.selectors import get_user
from identity.services.passwords import verify_user_password
from identity.services.users import set_password
from management_api.users import answers
from management_api.users.serializers import USER, PasswordExpirationInput, PasswordInput
from management_api.views import ApiView, no_content


class PasswordView(ApiView):
    """Gives a user a new password."""

    @operation(
        "UpdateUserPassword",
        "Set the password of a user",
        body=PasswordInput,
        answer=USER,
        errors=["entity.not_found"],
    )
    def patch(self, request: Request, user_id: str) -> Response:
        return Response(USER.of(set_password(get_user(user_id), **self.body(), actor=self.actor)))


class PasswordExpirationView(ApiView):
    """Makes a user choose a new password at the next sign-in."""

    @operation(
        "UpdateUserPasswordExpiration",
        "Expire the password of a user, or take that back",
        body=PasswordExpirationInput,
        answer=USER,
        errors=["entity.not_found", "sign_in_experiences.password_expiration_not_enabled"],
    )
    def patch(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        changes = self.body()
        return Response(USER.of(expire_password(user, **changes, actor=self.actor)))


class PasswordVerificationView(ApiView):
    """Says whether a password is the user's."""

    @operation(
        "VerifyUserPassword",
        "Verify the password of a user",
        body=PasswordInput,
        errors=["entity.not_found", "session.invalid_credentials"],
    )
    def post(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        password = self.body()["password"]
        if not verify_user_password(user, password):
            raise AppError("session.invalid_credentials")
        return no_content()


class HasPasswordView(ApiView):
    """Says whether a user has a password."""

    @operation(
        "GetUserHasPassword",
        "Get whether a user has a password",
        answer=answers.HasPassword,
        errors=["entity.not_found"],
    )
    def get(self, request: Request, user_id: str) -> Response:
        return Response({"hasPassword": get_user(user_id).has_password})
