"""`/api/users/…/password`: a user's password."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import AppError
from experience.services.settings import get_sign_in_experience
from identity.selectors import get_user
from identity.services.passwords import verify_user_password
from identity.services.users import set_password, set_password_expired
from management_api.users.serializers import PasswordExpirationInput, PasswordInput, user_row
from management_api.views import ApiView, no_content


class PasswordView(ApiView):
    """Gives a user a new password."""

    def patch(self, request: Request, user_id: str) -> Response:
        return Response(user_row(set_password(get_user(user_id), **self.body(PasswordInput), actor=self.actor)))


class PasswordExpirationView(ApiView):
    """Makes a user choose a new password at the next sign-in."""

    def patch(self, request: Request, user_id: str) -> Response:
        changes = self.body(PasswordExpirationInput)
        user = get_user(user_id)
        if get_sign_in_experience().password_expiration.valid_for is None:
            raise AppError("sign_in_experiences.password_expiration_not_enabled")
        return Response(user_row(set_password_expired(user, **changes, actor=self.actor)))


class PasswordVerificationView(ApiView):
    """Says whether a password is the user's."""

    def post(self, request: Request, user_id: str) -> Response:
        password = self.body(PasswordInput)["password"]
        if not verify_user_password(get_user(user_id), password):
            raise AppError("session.invalid_credentials")
        return no_content()


class HasPasswordView(ApiView):
    """Says whether a user has a password."""

    def get(self, request: Request, user_id: str) -> Response:
        return Response({"hasPassword": get_user(user_id).has_password})
