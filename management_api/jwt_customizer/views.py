"""Scripts that add claims to access tokens."""

from typing import Any

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import invalid_value
from common.rest.operations import operation
from common.rest.parsers import json_body
from common.shapes import AnyObject, validate
from management_api.jwt_customizer import answers
from management_api.jwt_customizer.answers import ANY_CONFIGURATION
from management_api.views import ApiView, no_content
from oidc.custom_claims import service
from oidc.custom_claims.configuration import TokenKind


def _kind(token_type: object, *, place: str = "tokenTypePath") -> TokenKind:
    try:
        return TokenKind(token_type)
    except ValueError as error:
        raise invalid_value(place, "Must be one of the kinds of tokens.", code="invalid_choice") from error


class CustomizersView(ApiView):
    """All scripts."""

    @operation("ListJwtCustomizers", "List scripts for custom token claims", answer=[answers.Customizer])
    def get(self, request: Request) -> Response:
        found = service.list_custom_claims()
        return Response([{"key": kind.setting.key, "value": value} for kind, value in found])


class CustomizerView(ApiView):
    """The script for one kind of token."""

    @operation(
        "GetJwtCustomizer",
        "Get the script for one kind of token",
        answer=ANY_CONFIGURATION,
        errors=["guard.invalid_input", "entity.not_exists_with_id"],
    )
    def get(self, request: Request, token_type_path: str) -> Response:
        return Response(service.get_custom_claims(_kind(token_type_path)))

    @operation(
        "UpsertJwtCustomizer",
        "Set the script for one kind of token",
        body=ANY_CONFIGURATION,
        answer=ANY_CONFIGURATION,
        status=(200, 201),
        errors=["entity.not_found", "request.invalid_input", "jwt_customizer.can_not_create_for_admin_tenant"],
    )
    def put(self, request: Request, token_type_path: str) -> Response:
        kind = _kind(token_type_path)
        value, is_first = service.put_custom_claims(kind, json_body(request), actor=self.actor)
        return Response(value, status=status.HTTP_201_CREATED if is_first else status.HTTP_200_OK)

    @operation(
        "UpdateJwtCustomizer",
        "Change the script for one kind of token",
        body=ANY_CONFIGURATION,
        partial=True,
        answer=ANY_CONFIGURATION,
        errors=["entity.not_exists_with_id"],
    )
    def patch(self, request: Request, token_type_path: str) -> Response:
        kind = _kind(token_type_path)
        return Response(service.update_custom_claims(kind, json_body(request), actor=self.actor))

    @operation(
        "DeleteJwtCustomizer",
        "Remove the script for one kind of token",
        errors=["guard.invalid_input", "entity.not_found"],
    )
    def delete(self, request: Request, token_type_path: str) -> Response:
        service.delete_custom_claims(_kind(token_type_path), actor=self.actor)
        return no_content()


class TrialView(ApiView):
    """Runs a script on made-up input."""

    @operation(
        "TestJwtCustomizer",
        "Try a script for custom token claims",
        body=AnyObject(),
        answer=dict[str, Any],
        errors=[("jwt_customizer.general", 403), "jwt_customizer.general"],
    )
    def post(self, request: Request) -> Response:
        trial = validate(AnyObject(), json_body(request))
        return Response(service.try_custom_claims(_kind(trial.get("tokenType"), place="tokenType"), trial))
