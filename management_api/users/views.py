"""`/api/users`: the accounts."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import AppError
from common.rest.operations import operation
from common.rest.pagination import paginated
from identity.models import User
from identity.selectors import get_user, list_sso_identities, list_users
from identity.services.users import create_user, delete_user, merge_user_data, set_user_suspended, update_user
from management_api.organization_rows import membership_rows
from management_api.organizations.answers import ORGANIZATION_WITH_ROLES
from management_api.search import USER_FIELDS, bounded, parse_search
from management_api.users import answers
from management_api.users.filters import without_excluded
from management_api.users.identities import sso_identity_row
from management_api.users.serializers import (
    USER,
    USER_WITH_PASSWORD_HASH,
    CustomDataInput,
    ProfileUpdate,
    SuspensionInput,
    UserCreation,
    UserQuery,
    UserUpdate,
    new_user_values,
)
from management_api.views import ApiView, no_content
from organizations.selectors import list_memberships
from tenants.database.shapes import Shape


class _UserShape(ApiView):
    @property
    def shape(self) -> Shape[User]:
        """How the caller wants users."""
        return USER_WITH_PASSWORD_HASH if self.flag("includePasswordHash") else USER


class UsersView(_UserShape):
    """Lists and creates users."""

    @operation(
        "ListUsers",
        "List users",
        query=UserQuery,
        flags={"includePasswordHash": "Also give the hashes of passwords."},
        search=USER_FIELDS,
        pages="always",
        answer=[answers.USER_DETAILS],
    )
    def get(self, request: Request) -> Response:
        users = without_excluded(list_users(), **self.query())
        search = parse_search(request.query_params, USER_FIELDS)
        with bounded(search):
            return paginated(request, search.apply(users), self.shape)

    @operation(
        "CreateUser",
        "Create a user",
        body=UserCreation,
        answer=USER,
        errors=[
            "password.invalid_legacy_password_format",
            "user.password_algorithm_required",
            "user.password_and_digest",
            "entity.value_too_long",
            "user.email_already_in_use",
            "user.invalid_email",
            "user.invalid_phone",
            "user.username_already_in_use",
        ],
    )
    def post(self, request: Request) -> Response:
        values = new_user_values(self.body())
        return Response(USER.of(create_user(**values, actor=self.actor)))


class UserView(_UserShape):
    """One user."""

    @operation(
        "GetUser",
        "Get a user",
        flags={
            "includeSsoIdentities": "Also give the enterprise accounts.",
            "includePasswordHash": "Also give the hash of the password.",
        },
        answer=answers.USER_DETAILS,
        errors=["entity.not_found"],
    )
    def get(self, request: Request, user_id: str) -> Response:
        if self.flag("includeSsoIdentities"):
            user = get_user(user_id)
            accounts = [sso_identity_row(identity) for identity in list_sso_identities(user)]
            return Response({**self.shape.of(user), "ssoIdentities": accounts})
        return Response(self.shape.get(user_id, code="entity.not_found"))

    @operation(
        "UpdateUser",
        "Change a user",
        body=UserUpdate,
        answer=USER,
        errors=["entity.not_found", "entity.invalid_input", "user.invalid_phone", "user.username_already_in_use"],
    )
    def patch(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        changes: Any = self.body()
        user = update_user(user, actor=self.actor, **changes)
        return Response(USER.of(user))

    @operation("DeleteUser", "Delete a user", errors=["user.cannot_delete_self", "entity.not_found"])
    def delete(self, request: Request, user_id: str) -> Response:
        if self.principal.kind == "user" and self.principal.id == user_id:
            raise AppError("user.cannot_delete_self")
        delete_user(get_user(user_id), actor=self.actor)
        return no_content()


class CustomDataView(ApiView):
    """A user's custom data; writing merges keys."""

    @operation("ListUserCustomData", "Get a user's custom data", answer=dict[str, Any], errors=["entity.not_found"])
    def get(self, request: Request, user_id: str) -> Response:
        return Response(get_user(user_id).custom_data)

    @operation(
        "UpdateUserCustomData",
        "Merge keys into a user's custom data",
        body=CustomDataInput,
        answer=dict[str, Any],
        errors=["entity.not_found"],
    )
    def patch(self, request: Request, user_id: str) -> Response:
        user = merge_user_data(get_user(user_id), actor=self.actor, **self.body())
        return Response(user.custom_data)


class ProfileView(ApiView):
    """A user's profile; writing merges keys."""

    @operation(
        "UpdateUserProfile",
        "Merge keys into a user's profile",
        body=ProfileUpdate,
        answer=dict[str, Any],
        errors=["entity.not_found"],
    )
    def patch(self, request: Request, user_id: str) -> Response:
        user = merge_user_data(get_user(user_id), actor=self.actor, **self.body())
        return Response(user.profile)


class SuspensionView(ApiView):
    """Whether a user is shut out."""

    @operation(
        "UpdateUserIsSuspended",
        "Suspend a user, or take that back",
        body=SuspensionInput,
        answer=USER,
        errors=["entity.not_found"],
    )
    def patch(self, request: Request, user_id: str) -> Response:
        user = set_user_suspended(get_user(user_id), actor=self.actor, **self.body())
        return Response(USER.of(user))


class UserOrganizationsView(ApiView):
    """The organizations a user belongs to."""

    @operation(
        "ListUserOrganizations",
        "List the organizations of a user",
        answer=[ORGANIZATION_WITH_ROLES],
        errors=["entity.not_found"],
    )
    def get(self, request: Request, user_id: str) -> Response:
        return Response(membership_rows(list_memberships(get_user(user_id).id)))
