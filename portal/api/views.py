"""The Account API: a user's own profile."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.actors import Actor
from common.errors import AppError
from common.rest.fields import WebAddressField
from common.rest.operations import find_operation, operation
from common.rest.parsers import json_body
from common.rest.views import JsonView
from identity.profile_input import ProfileInput
from identity.services.users import merge_user_data, update_user
from portal.api import answers
from portal.api.authentication import AccountCenterEnabled, Caller, OpaqueTokenAuthentication
from portal.api.profile import visible_account, visible_profile
from tenants.rate_limits import Kind, count_request, throttle_refusals

_ALLOWED_HEADERS = "Authorization, Content-Type, logto-verification-id"


class AccountBody(serializers.Serializer[Any]):
    """What a user may change of the account itself."""

    name = serializers.CharField(max_length=128, required=False, allow_null=True, allow_blank=True)
    avatar = WebAddressField(required=False, allow_null=True)
    customData = serializers.DictField(required=False)


class AccountApiView(JsonView):
    """Base: the user's own opaque token, any origin (the token is no cookie), the account center switched on."""

    authentication_classes = [OpaqueTokenAuthentication]
    permission_classes = [AccountCenterEnabled]
    refusals = ("auth.third_party_application_forbidden", "account_center.not_enabled", "request.rate_limited")

    @property
    def caller(self) -> Caller:
        return cast(Caller, self.request.user)

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        if request.method == "OPTIONS":
            self.authentication_classes = []
            self.permission_classes = []
        return super().initialize_request(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """Authenticate the user. Refusals are counted by address; a good token never is."""
        with throttle_refusals(Kind.API_TOKEN):
            super().perform_authentication(request)

    def answer(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a user who is within their limit."""
        if isinstance(request.user, Caller):
            count_request("ACCOUNT_LIMIT_PER_USER", request.user.user.id)
        return super().answer(request, *args, **kwargs)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Answer a preflight."""
        headers = {"Access-Control-Allow-Methods": "GET, PATCH", "Access-Control-Allow-Headers": _ALLOWED_HEADERS}
        return Response(status=204, headers=headers)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        if origin := request.headers.get("Origin"):
            answer.headers["Access-Control-Allow-Origin"] = origin
            answer.headers["Vary"] = "Origin"
        return answer

    def body(self) -> dict[str, Any]:
        """Return the body as the operation's serializer reads it; raises `guard.invalid_input`."""
        declared = find_operation(self, self.request.method or "")
        if declared is None:
            raise LookupError(f"{type(self).__name__} declares no operation")
        serializer = declared.body(data=json_body(self.request))
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def require_editable(self, *fields: str) -> None:
        """Raise unless every field may be changed and the token and application allow it."""
        if any(not self.caller.center.may_edit(field) for field in fields):
            raise AppError("account_center.field_not_editable")
        if "profile" not in self.caller.scopes:
            raise AppError("auth.unauthorized", status=400)


class MyAccountView(AccountApiView):
    """`/api/my-account`."""

    @operation("GetProfile", "Get the own account", answer=answers.Account)
    def get(self, request: Request) -> Response:
        return Response(visible_account(self.caller))

    @operation(
        "UpdateProfile",
        "Change the own account",
        body=AccountBody,
        answer=answers.Account,
        errors=["account_center.field_not_editable", "request.feature_not_supported"],
    )
    def patch(self, request: Request) -> Response:
        body = self.body()
        if isinstance(given := json_body(request), dict) and "username" in given:
            # Changing it needs a verification record, which this API does not make yet.
            raise AppError("request.feature_not_supported")
        self.require_editable(*body)
        if "customData" in body and "custom_data" not in self.caller.scopes:
            raise AppError("auth.unauthorized", status=400)
        self.caller.require_first_party()
        changes = {"custom_data" if name == "customData" else name: value for name, value in body.items()}
        if changes:
            update_user(self.caller.user, actor=Actor.user(self.caller.user.id), **changes)
        return Response(visible_account(self.caller))


class MyProfileView(AccountApiView):
    """`/api/my-account/profile`."""

    @operation(
        "UpdateOtherProfile",
        "Change the own profile",
        body=ProfileInput,
        errors=["account_center.field_not_editable"],
        answer=dict[str, Any],
    )
    def patch(self, request: Request) -> Response:
        body = self.body()
        self.require_editable("profile")
        if "address" in body and "address" not in self.caller.scopes:
            raise AppError("auth.unauthorized", status=400)
        self.caller.require_first_party()
        if body:
            merge_user_data(self.caller.user, profile=body, actor=Actor.user(self.caller.user.id))
        return Response(visible_profile(self.caller))
