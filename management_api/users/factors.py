"""`/api/users/…/mfa-verifications` and `…/logto-configs`: a user's second factors, and what they decided about them."""

from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.parsers import json_body
from identity.selectors import get_user, list_factors
from identity.services.factor_preferences import factor_preferences, update_factor_preferences
from identity.services.factors import create_factor, remove_factor, represent_factor
from management_api.views import ApiView, no_content
from tenants.hosts import host_name_of_request


class FactorsView(ApiView):
    """Lists a user's factors, and sets one up: the secret or the codes show once."""

    def get(self, request: Request, user_id: str) -> Response:
        return Response([represent_factor(factor) for factor in list_factors(get_user(user_id))])

    def post(self, request: Request, user_id: str) -> Response:
        user = get_user(user_id)
        issuer = host_name_of_request(request._request)
        return Response(create_factor(user, json_body(request), issuer=issuer, actor=self.actor))


class FactorView(ApiView):
    """One factor."""

    def delete(self, request: Request, user_id: str, factor_id: str) -> Response:
        remove_factor(get_user(user_id), factor_id=factor_id, actor=self.actor)
        return no_content()


class FactorPreferencesView(ApiView):
    """What a user has decided; writing merges members."""

    def get(self, request: Request, user_id: str) -> Response:
        return Response(factor_preferences(get_user(user_id)))

    def patch(self, request: Request, user_id: str) -> Response:
        user = update_factor_preferences(get_user(user_id), json_body(request), actor=self.actor)
        return Response(factor_preferences(user))
