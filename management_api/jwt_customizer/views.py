"""Scripts that add claims to access tokens."""

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import invalid_value
from common.rest.parsers import json_body
from common.shapes import AnyObject, validate
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

    def get(self, request: Request) -> Response:
        found = service.list_custom_claims()
        return Response([{"key": kind.setting.key, "value": value} for kind, value in found])


class CustomizerView(ApiView):
    """The script for one kind of token."""

    def get(self, request: Request, token_type: str) -> Response:
        return Response(service.get_custom_claims(_kind(token_type)))

    def put(self, request: Request, token_type: str) -> Response:
        kind = _kind(token_type)
        value, is_first = service.put_custom_claims(kind, json_body(request), actor=self.actor)
        return Response(value, status=status.HTTP_201_CREATED if is_first else status.HTTP_200_OK)

    def patch(self, request: Request, token_type: str) -> Response:
        kind = _kind(token_type)
        return Response(service.update_custom_claims(kind, json_body(request), actor=self.actor))

    def delete(self, request: Request, token_type: str) -> Response:
        service.delete_custom_claims(_kind(token_type), actor=self.actor)
        return no_content()


class TrialView(ApiView):
    """Runs a script on made-up input."""

    def post(self, request: Request) -> Response:
        trial = validate(AnyObject(), json_body(request))
        return Response(service.try_custom_claims(_kind(trial.get("tokenType"), place="tokenType"), trial))
