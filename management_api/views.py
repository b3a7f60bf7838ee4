"""The base of every view here, and the addresses that belong to no area."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer

from common.actors import Actor
from common.bodies import takes_file
from common.errors import AppError, invalid_values
from common.languages import language_of
from common.rest.operations import Operation, find_operation, operation
from common.rest.parsers import json_body
from common.rest.permissions import Open
from common.rest.views import JsonView
from management_api.auth import BearerAuthentication, HoldsManagementScope, Principal
from management_api.idempotency.answers import answer_once
from management_api.idempotency.keys import HEADER, identify
from management_api.rate_limits import count_request
from tenants.rate_limits import Kind, throttle_refusals

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


@cache
def _optional_names(serializer_class: type[Serializer[Any]]) -> frozenset[str] | None:
    """The names that a serializer reads; `None` if it has something to say of a query without any of them."""
    fields = serializer_class().fields
    is_silent = (
        serializer_class.validate is Serializer.validate
        and serializer_class.run_validation is Serializer.run_validation
        and not any(each.required or each.default is not empty for each in fields.values())
    )
    return frozenset(fields) if is_silent else None


class ApiView(JsonView):
    """A view of the Management API: bearer tokens with the scope `all`, JSON in and out, ETags on reads."""

    authentication_classes = [BearerAuthentication]
    permission_classes = [HoldsManagementScope]
    # Of a view whose services begin transactions that must be the outermost ones; see `idempotency.answers`.
    keeps_answer_apart = False
    # What the caller is told of its limits.
    _limit_headers: Mapping[str, str] = MappingProxyType({})

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with language_of(request):
            return super().dispatch(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """Authenticate the caller. Refusals are counted by address; a good token never is."""
        with throttle_refusals(Kind.API_TOKEN):
            super().perform_authentication(request)

    def answer(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a caller who may ask: within its limits, and once for each `Idempotency-Key`."""
        if not isinstance(request.user, Principal):
            return super().answer(request, *args, **kwargs)
        self._limit_headers = count_request(self.principal)
        if HEADER not in request.META or request.method not in ("POST", "PATCH"):
            return super().answer(request, *args, **kwargs)
        if takes_file(request.path):
            raise AppError("request.idempotency_key_not_supported")
        return answer_once(
            identify(request._request, self.principal),
            lambda: JsonView.answer(self, request, *args, **kwargs),
            self.handle_exception,
            apart=self.keeps_answer_apart,
        )

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if request.method in ("GET", "HEAD") and isinstance(answer, Response) and answer.status_code == 200:
            answer = _answer_conditionally(request, answer)
        for name, value in self._limit_headers.items():
            answer.headers[name] = value
        return answer

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

    @property
    def operation(self) -> Operation:
        """What is declared of the handler under way; raises `LookupError` if nothing is."""
        found = find_operation(self, self.request.method or "")
        if found is None:
            raise LookupError(f"{type(self).__name__}.{self.request.method} declares no operation")
        return found

    def body(
        self, serializer_class: type[BaseSerializer[Any]] | None = None, *, partial: bool = False
    ) -> dict[str, Any]:
        """Return the request's body as the operation's serializer reads it; raises `guard.invalid_input`."""
        if serializer_class is None:
            serializer_class, partial = self.operation.body, self.operation.partial
        return self.validated(serializer_class, json_body(self.request), partial=partial)

    def query(self, serializer_class: type[Serializer[Any]] | None = None) -> dict[str, Any]:
        """Return the query parameters as the operation's serializer reads them; raises `guard.invalid_input`.

        One that is there twice has no value (the services behind could each take another).
        """
        parameters = self.request.query_params
        wanted = serializer_class or self.operation.query
        names = _optional_names(wanted)
        if names is not None and names.isdisjoint(parameters):
            return {}
        serializer = wanted(data=parameters.dict())
        serializer.is_valid(raise_exception=True)
        if twice := [
            name for name, all_values in parameters.lists() if len(all_values) > 1 and name in serializer.fields
        ]:
            raise invalid_values((name, "invalid", _("Give this parameter once.")) for name in twice)
        return dict(serializer.validated_data)

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

    @operation("GetStatus", "Say whether the API answers")
    def get(self, request: Request) -> Response:
        return no_content()


def not_found(request: HttpRequest) -> JsonResponse:
    """The answer at an address that is none of ours."""
    error = AppError("request.not_found")
    return JsonResponse(error.as_body(), status=error.status)
