"""`/api/users/…/mfa-verifications` and `…/logto-configs`: a user's second factors, and what they decided about them."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.operations import operation
from common.rest.parsers import json_body
from common.shapes import AnyObject
from identity.selectors import get_user, list_factors
from identity.services.factor_preferences import PREFERENCES, factor_preferences, update_factor_preferences
from identity.services.factors import create_factor, remove_factor, represent_factor
from management_api.users import answers
from management_api.views import ApiView, no_content
from tenants.hosts import host_name_of_request


class FactorsView(ApiView):
    """Lists a user's factors, and sets one up: the secret or the codes show once."""

    @operation(
        "ListUserMfaVerifications",
        "List the second factors of a user",
        answer=[answers.Factor],
        errors=["entity.not_found"],
    )
    def get(self, request: Request, user_id: str) -> Response:
        return Response([represent_factor(factor) for factor in list_factors(get_user(user_id))])

    @operation(
        "CreateUserMfaVerification",
        "Set up a second factor for a user",
        body=AnyObject(),
        answer=answers.NewFactor,
        errors=[
            "entity.not_found",
            "session.mfa.backup_code_can_not_be_alone",
            "user.backup_code_already_in_use",
            "user.totp_already_in_use",
            "user.totp_secret_invalid",
            "user.wrong_backup_code_format",
        ],
    )
    def post(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        issuer = host_name_of_request(request._request)
        return Response(create_factor(user, json_body(request), issuer=issuer, actor=self.actor))


class FactorView(ApiView):
    """One factor."""

    @operation("DeleteUserMfaVerification", "Remove a second factor of a user", errors=["entity.not_found"])
    def delete(self, request: Request, user_id: str, verification_id: str) -> Response:
        remove_factor(get_user(user_id), factor_id=verification_id, actor=self.actor)
        return no_content()


class FactorPreferencesView(ApiView):
    """What a user has decided; writing merges members."""

    @operation(
        "ListUserLogtoConfigs",
        "Get what a user has decided about second factors",
        answer=answers.FactorPreferences,
        errors=["entity.not_found"],
    )
    def get(self, request: Request, user_id: str) -> Response:
        return Response(factor_preferences(get_user(user_id)))

    @operation(
        "UpdateUserLogtoConfigs",
        "Change what a user has decided about second factors",
        body=PREFERENCES,
        answer=answers.FactorPreferences,
        errors=["entity.not_found"],
    )
    def patch(self, request: Request, user_id: str) -> Response:
        user = update_factor_preferences(get_user(user_id), json_body(request), actor=self.actor)
        return Response(factor_preferences(user))
