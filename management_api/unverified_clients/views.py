"""Clients that nobody here has checked: whether they are let in, what they may ask users for, who may register.

`/api/configs/cimd`, `/api/configs/dynamic-client-registration`, `/api/cimd/user-consent-scopes` and
`/api/initial-access-tokens`.
"""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from applications.cimd.service import switch_cimd
from applications.cimd.stand_in import ensure_stand_in, find_stand_in
from applications.cimd.switch import CIMD_SETTING
from applications.models import InitialAccessToken
from applications.registration.client_registration import change_registration_settings
from applications.registration.initial_access_tokens import (
    create_initial_access_token,
    delete_initial_access_token,
    list_initial_access_tokens,
)
from applications.registration.settings import REGISTRATION_SETTING, registration_settings
from applications.services.consent_configuration import (
    ScopeType,
    allow_user_consent_scopes,
    disallow_user_consent_scope,
)
from common.clock import to_milliseconds
from common.errors import AppError
from common.rest.fields import Flag, Moment, Text
from common.rest.operations import CREATED, operation
from common.rest.parsers import json_body
from management_api.applications.answers import ConsentScopes
from management_api.applications.consent_serializers import ScopeTypeInput, UserConsentScopesInput, configuration_row
from management_api.unverified_clients import answers
from management_api.views import ApiView, created, no_content
from oidc.consent.selectors import NOTHING, get_consent_configuration
from tenants.services.settings import get_setting


class CimdBody(serializers.Serializer[Any]):
    """Whether clients are taken that are known by the address of their metadata."""

    enabled = Flag(required=False)


class TokenBody(serializers.Serializer[Any]):
    """The body that makes an initial access token."""

    name = Text(min_length=1, max_length=256)
    expiresAt = Moment(source="expires_at", required=False, allow_null=True)


class CimdView(ApiView):
    """The switch for clients with a metadata document."""

    @operation("GetCimdConfig", "Get whether clients with a metadata document are admitted", answer=CIMD_SETTING.shape)
    def get(self, request: Request) -> Response:
        return Response(get_setting(CIMD_SETTING))

    @operation(
        "UpdateCimdConfig", "Admit clients with a metadata document, or stop", body=CimdBody, answer=CIMD_SETTING.shape
    )
    def patch(self, request: Request) -> Response:
        changes = self.body()
        if "enabled" in changes:
            switch_cimd(is_on=changes["enabled"], actor=self.actor)
        return Response(get_setting(CIMD_SETTING))


class RegistrationView(ApiView):
    """The setting for clients that register themselves."""

    @operation(
        "GetDynamicClientRegistrationConfig",
        "Get the settings of dynamic client registration",
        answer=REGISTRATION_SETTING.shape,
    )
    def get(self, request: Request) -> Response:
        return Response(registration_settings().as_json())

    @operation(
        "UpdateDynamicClientRegistrationConfig",
        "Change the settings of dynamic client registration",
        body=REGISTRATION_SETTING.shape,
        answer=REGISTRATION_SETTING.shape,
    )
    def patch(self, request: Request) -> Response:
        return Response(change_registration_settings(json_body(request), actor=self.actor).as_json())


class CeilingView(ApiView):
    """What every such client may ask users for."""

    @operation(
        "ListCimdUserConsentScopes", "Get what clients with a metadata document may ask for", answer=ConsentScopes
    )
    def get(self, request: Request) -> Response:
        stand_in = find_stand_in()
        return Response(configuration_row(NOTHING if stand_in is None else get_consent_configuration(stand_in)))

    @operation(
        "AssignCimdUserConsentScopes",
        "Let clients with a metadata document ask for more",
        body=UserConsentScopesInput,
        answer=CREATED,
        status=201,
        errors=["application.consent_management_api_scopes_not_allowed", "application.user_consent_scopes_not_found"],
    )
    def post(self, request: Request) -> HttpResponse:
        scopes = self.body()
        allow_user_consent_scopes(ensure_stand_in(), actor=self.actor, **scopes)
        return created()


class CeilingEntryView(ApiView):
    """One entry of what such clients may ask for."""

    @operation(
        "DeleteCimdUserConsentScope",
        "Stop clients with a metadata document asking for a permission",
        errors=["guard.invalid_input", "entity.not_found"],
    )
    def delete(self, request: Request, scope_type: str, scope_id: str) -> Response:
        named = self.validated(ScopeTypeInput, {"scopeType": scope_type})["scopeType"]
        stand_in = find_stand_in()
        if stand_in is None:
            raise AppError("entity.not_found")
        disallow_user_consent_scope(stand_in, scope_type=ScopeType(named), scope_id=scope_id, actor=self.actor)
        return no_content()


def token_row(token: InitialAccessToken) -> dict[str, Any]:
    """Return a token without its value, which nobody knows any more."""
    return {
        "tenantId": token.tenant_id,
        "id": token.id,
        "name": token.name,
        "createdAt": to_milliseconds(token.created_at),
        "expiresAt": to_milliseconds(token.expires_at),
    }


class InitialAccessTokensView(ApiView):
    """The permissions to register clients."""

    @operation("ListInitialAccessTokens", "List initial access tokens", answer=[answers.InitialAccessToken])
    def get(self, request: Request) -> Response:
        return Response([token_row(token) for token in list_initial_access_tokens()])

    @operation(
        "CreateInitialAccessToken",
        "Create an initial access token",
        body=TokenBody,
        answer=answers.NewInitialAccessToken,
        status=201,
        errors=["request.invalid_input", "entity.unique_integrity_violation"],
    )
    def post(self, request: Request) -> Response:
        token, value = create_initial_access_token(**self.body(), actor=self.actor)
        return Response({**token_row(token), "value": value}, status=201)


class InitialAccessTokenView(ApiView):
    """One permission to register clients."""

    @operation("DeleteInitialAccessToken", "Delete an initial access token", errors=["entity.not_found"])
    def delete(self, request: Request, id: str) -> Response:
        delete_initial_access_token(id, actor=self.actor)
        return no_content()
