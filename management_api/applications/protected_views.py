"""`/api/applications/{id}/protected-app-metadata`: domains of protected applications, of which there are none here."""

from typing import Any, NoReturn, TypedDict

from rest_framework import serializers
from rest_framework.request import Request

from applications.selectors import get_any_application
from common.errors import AppError
from common.rest.fields import Text
from common.rest.operations import CREATED, operation
from management_api.views import ApiView


class CustomDomain(serializers.Serializer[Any]):
    """The body that adds a domain."""

    domain = Text(max_length=256)


class ProtectedDomain(TypedDict):
    """A domain of a protected application."""

    domain: str
    status: str
    errorMessage: str | None


_ERRORS: list[str | tuple[str, int]] = ["entity.not_exists_with_id", ("application.protected_application_only", 400)]


class ProtectedDomainsView(ApiView):
    """The domains of an application."""

    @operation(
        "ListApplicationProtectedAppMetadataCustomDomains",
        "List the domains of a protected application",
        answer=[ProtectedDomain],
        errors=_ERRORS,
    )
    def get(self, request: Request, id: str) -> NoReturn:
        _refuse(id)

    @operation(
        "CreateApplicationProtectedAppMetadataCustomDomain",
        "Add a domain to a protected application",
        body=CustomDomain,
        answer=CREATED,
        status=201,
        errors=_ERRORS,
    )
    def post(self, request: Request, id: str) -> NoReturn:
        get_any_application(id)
        self.body()
        _refuse(id)


class ProtectedDomainView(ApiView):
    """One domain of an application."""

    @operation(
        "DeleteApplicationProtectedAppMetadataCustomDomain",
        "Remove a domain from a protected application",
        errors=_ERRORS,
    )
    def delete(self, request: Request, id: str, domain: str) -> NoReturn:
        _refuse(id)


def _refuse(application_id: str) -> NoReturn:
    """An application that there is cannot be a protected one: none can be created."""
    get_any_application(application_id)
    raise AppError("application.protected_application_only", status=400)
