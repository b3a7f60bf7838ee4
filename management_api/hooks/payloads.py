"""What webhooks are told of rows and of calls: what this API would answer about them."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from access.models import Scope
from applications.models import Application
from common.errors import AppError
from common.request_context import Call
from common.rest.operations import find_operation
from events.webhooks.describing import Route, describe, describe_all, read_routes
from identity.selectors import USER_INFO
from management_api.organization_template.serializers import ORGANIZATION_ROLE, ORGANIZATION_SCOPE
from management_api.organizations.serializers import ORGANIZATION
from management_api.resources.serializers import SCOPE
from management_api.roles.serializers import ROLE
from management_api.users.serializers import USER
from tenants.database.shapes import Shape

# The wire's names of parameters that Django's patterns know by another, by the pattern.
_PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "resources/<str:id>/scopes": {"id": "resourceId"},
    "resources/<str:id>/scopes/<str:scope_id>": {"id": "resourceId", "scope_id": "scopeId"},
    "organization-roles/<str:id>/scopes/<str:scope_id>": {"scope_id": "organizationScopeId"},
    "users/<str:user_id>/mfa-verifications/<str:factor_id>": {"factor_id": "verificationId"},
    "users/<str:user_id>/trusted-devices/<str:device_id>": {"device_id": "trustedDeviceId"},
}
_PREFIX = "api/"
# The pages' API, whose calls are parts of a journey, which is told instead.
_PAGES = ("experience/", "interaction/")
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def read_route(call: Call) -> Route | None:
    """Return a call of the Management API or the Account API as payloads tell it, `None` for any other."""
    pattern = call.route.removeprefix(_PREFIX)
    if pattern == call.route or pattern.startswith(_PAGES):
        return None
    names = {name: _PARAMETERS.get(pattern, {}).get(name) or _camel(name) for name in _PARAMETER.findall(pattern)}
    declared = find_operation(call.view, call.method)
    return Route(
        path=call.path.removeprefix("/api"),
        method=call.method,
        # Nothing is told of a call that fails.
        status=declared.status if declared is not None else 200,
        params={names[name]: value for name, value in call.parameters.items() if name in names},
        matched="/" + _PARAMETER.sub(lambda match: f":{names[match[1]]}", pattern),
    )


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _row_of(shape: Shape[Any]) -> Callable[[str], Mapping[str, Any] | None]:
    def read(row_id: str) -> Mapping[str, Any] | None:
        try:
            row: Mapping[str, Any] = json.loads(shape.get(row_id))
        except AppError:
            return None
        return row

    return read


def _application(application_id: str) -> Mapping[str, Any] | None:
    return Application.objects.filter(id=application_id).values("id", "type", "name", "description").first()


def _scopes(scope_ids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    return SCOPE.each(Scope.objects.filter(id__in=scope_ids).order_by("created_at", "id"))


def connect() -> None:
    """Register what the payloads of webhooks are made of; called once, by the app's `ready`."""
    describe("User", _row_of(USER))
    describe("UserInfo", _row_of(USER_INFO))
    describe("Application", _application)
    describe("Role", _row_of(ROLE))
    describe("Scope", _row_of(SCOPE))
    describe("Organization", _row_of(ORGANIZATION))
    describe("OrganizationRole", _row_of(ORGANIZATION_ROLE))
    describe("OrganizationScope", _row_of(ORGANIZATION_SCOPE))
    describe_all("Scope", _scopes)
    read_routes(read_route)
