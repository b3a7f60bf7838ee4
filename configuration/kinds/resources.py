"""API resources with their permissions. The Management API is Gatehouse's own and not among them."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from access.management import management_api_indicator
from access.models import Resource, Scope, TokenHeaderType
from access.services.resources import (
    MAX_ACCESS_TOKEN_TTL,
    create_resource,
    delete_resource,
    set_default_resource,
    update_resource,
)
from access.services.scopes import create_scope, delete_scope, update_scope
from common.shapes import Choice, Flag, Integer, Items, Text
from configuration.kinds.base import Change, Form, Item, NoSecrets, Options, Reading
from configuration.kinds.shapes import column, form_shape
from tenants.context import current_tenant_id

_FIELDS = {
    "name": "name",
    "accessTokenTtl": "access_token_ttl",
    "accessTokenHeaderType": "access_token_header_type",
}
_PERMISSION = form_shape({"name": column(Scope, "name", required=True), "description": column(Scope, "description")})


class Resources(NoSecrets):
    """Identified by the indicator, which never changes."""

    section = "resources"
    shape = form_shape(
        {
            "indicator": Text(min_length=1, max_length=2048, required=True),
            "name": column(Resource, "name"),
            "isDefault": Flag(),
            "accessTokenTtl": Integer(minimum=1, maximum=MAX_ACCESS_TOKEN_TTL),
            "accessTokenHeaderType": Choice(choices=tuple(TokenHeaderType.values)),
            "permissions": Items(of=_PERMISSION, max_items=1000),
        }
    )
    options = Options(identified_by=("indicator",), exclusive="isDefault")
    covers = (Resource, Scope)
    settings = ()

    def read(self, reading: Reading) -> list[Item]:
        permissions: dict[str, list[Scope]] = defaultdict(list)
        for scope in Scope.objects.order_by("name"):
            permissions[scope.resource_id].append(scope)
        own = management_api_indicator(current_tenant_id())
        rows = Resource.objects.exclude(indicator=own).order_by("indicator")
        return [Item(row.indicator, _form(row, permissions[row.id]), row.id, row) for row in rows]

    def create(self, form: Form, change: Change) -> None:
        given: dict[str, Any] = {field: form[name] for name, field in _FIELDS.items() if name in form}
        given.setdefault("name", form["indicator"])
        resource = create_resource(indicator=form["indicator"], **given, actor=change.actor)
        if form.get("isDefault"):
            set_default_resource(resource, is_default=True, actor=change.actor)
        _set_permissions(resource, form.get("permissions", ()), change)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        given: dict[str, Any] = {field: form[name] for name, field in _FIELDS.items() if name in names}
        if given:
            update_resource(item.row, **given, actor=change.actor)
        if "isDefault" in names:
            set_default_resource(item.row, is_default=form["isDefault"], actor=change.actor)
        if "permissions" in names:
            _set_permissions(item.row, form["permissions"], change)

    def delete(self, item: Item, change: Change) -> None:
        delete_resource(item.row, actor=change.actor)


def _form(resource: Resource, scopes: list[Scope]) -> Form:
    return {
        "indicator": resource.indicator,
        "name": resource.name,
        "isDefault": resource.is_default,
        "accessTokenTtl": resource.access_token_ttl,
        "accessTokenHeaderType": resource.access_token_header_type,
        "permissions": [{"name": scope.name, "description": scope.description} for scope in scopes],
    }


def _set_permissions(resource: Resource, wanted: Any, change: Change) -> None:
    """A permission that is not named is deleted with `prune` alone: roles and grants hang on it."""
    held: Mapping[str, Scope] = {scope.name: scope for scope in Scope.objects.filter(resource=resource)}
    for permission in wanted:
        scope = held.get(permission["name"])
        if scope is None:
            create_scope(resource, **permission, actor=change.actor)
        elif "description" in permission and permission["description"] != scope.description:
            update_scope(scope, description=permission["description"], actor=change.actor)
    if change.prune:
        names = {permission["name"] for permission in wanted}
        for name, scope in held.items():
            if name not in names:
                delete_scope(scope, actor=change.actor)
