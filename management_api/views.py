"""The base of every view here, and the addresses that belong to no area."""

import base64
import hashlib
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import get_conditional_response
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from common.actors import Actor
from common.errors import AppError
from common.languages import language_of
from common.rest.parsers import json_body
from common.rest.permissions import Open
from common.rest.views import JsonView
from management_api.auth import BearerAuthentication, HoldsManagementScope, Principal

_YES = frozenset({"1", "true", "y", "yes", "yep", "yeah"})


def is_yes(value: str | None) -> bool:
    """Whether a query parameter says yes."""
    return value is not None and value.lower() in _YES


_CONDITIONS = frozenset({"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"})


def _answer_conditionally(request: Request, response: HttpResponse) -> HttpResponseBase:
    digest = base64.b64encode(hashlib.sha1(response.content, usedforsecurity=False).digest()).decode().rstrip("=")
    etag = f'"{digest}"'
    response.headers["ETag"] = etag
    if _CONDITIONS.isdisjoint(request.META):
        return response
    return get_conditional_response(request._request, etag=etag, response=response) or response


class ApiView(JsonView):
    """A view of the Management API: bearer tokens with the scope `all`, JSON in and out, ETags on reads."""

    authentication_classes = [BearerAuthentication]
    permission_classes = [HoldsManagementScope]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with language_of(request):
            return super().dispatch(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        is_read = request.method in ("GET", "HEAD") and isinstance(answer, Response) and answer.status_code == 200
        return _answer_conditionally(request, answer) if is_read else answer

    @property
    def principal(self) -> Principal:
        """The caller."""
        return cast(Principal, self.request.user)

    @property
    def actor(self) -> Actor:
        """The caller, as services know them."""
        return self.principal.actor

    def validated(
        self, serializer_class: type[BaseSerializer[Any]], data: Any, *, partial: bool = False
    ) -> dict[str, Any]:
        """Return `data` as the serializer reads it; raises `guard.invalid_input`."""
        serializer = serializer_class(data=data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def body(self, serializer_class: type[BaseSerializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        """Return the request's body as the serializer reads it; raises `guard.invalid_input`."""
        return self.validated(serializer_class, json_body(self.request), partial=partial)

    def query(self, serializer_class: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """Return the query parameters as the serializer reads them; raises `guard.invalid_input`."""
        return self.validated(serializer_class, self.request.query_params.dict())

    def flag(self, name: str) -> bool:
        """Whether a query parameter says yes."""
        return is_yes(self.request.query_params.get(name))


class PublicView(ApiView):
    """A view that everybody may call."""

    authentication_classes = []
    permission_classes = [Open]


def created() -> HttpResponse:
    """Answer 201 if the contract gives the new thing no body."""
    return HttpResponse("Created", status=status.HTTP_201_CREATED, content_type="text/plain; charset=utf-8")


def no_content() -> Response:
    """Answer 204."""
    return Response(status=status.HTTP_204_NO_CONTENT)


class StatusView(PublicView):
    """Says that the API is there."""

    def get(self, request: Request) -> Response:
        return no_content()


def not_found(request: HttpRequest) -> JsonResponse:
    """The answer at an address that is none of ours."""
    error = AppError("request.not_found")
    return JsonResponse(error.as_body(), status=error.status)
