"""Global roles with the permissions that they grant."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from access.management import MANAGEMENT_ROLE_NAME
from access.models import Role, RoleScope
from access.selectors import list_roles
from access.services.roles import add_role_scopes, create_role, delete_role, remove_role_scope, update_role
from common.shapes import Flag
from configuration.kinds.base import Change, Form, Item, NoSecrets, Options, Reading
from configuration.kinds.immutable import assert_unchanged
from configuration.kinds.shapes import NamesByName, column, form_shape
from configuration.names import permissions_of, scope_ids

_FIELDS = {"name": "name", "description": "description", "isDefault": "is_default"}


class Roles(NoSecrets):
    """The role that opens the Management API is every tenant's, and never deleted."""

    section = "roles"
    shape = form_shape(
        {
            "name": column(Role, "name", required=True),
            "description": column(Role, "description"),
            "type": column(Role, "type"),
            "isDefault": Flag(),
            "permissions": NamesByName(),
        }
    )
    options = Options(renames=True)
    covers = (Role, RoleScope)
    settings = ()

    def read(self, reading: Reading) -> list[Item]:
        granted: Mapping[str, list[tuple[str, str]]] = defaultdict(list)
        rows = RoleScope.objects.values_list("role_id", "scope__resource__indicator", "scope__name")
        for role_id, indicator, name in rows:
            granted[role_id].append((indicator, name))
        roles = sorted(list_roles(), key=lambda role: role.name)
        return [
            Item(role.name, _form(role, granted[role.id]), role.id, role, role.name == MANAGEMENT_ROLE_NAME)
            for role in roles
        ]

    def create(self, form: Form, change: Change) -> None:
        given: dict[str, Any] = {field: form[name] for name, field in _FIELDS.items() if name in form}
        given.setdefault("description", form["name"])
        if "type" in form:
            given["type"] = form["type"]
        scopes = scope_ids(form.get("permissions", {}), path="permissions")
        create_role(**given, scope_ids=scopes, actor=change.actor)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        assert_unchanged(names, "type")
        given: dict[str, Any] = {field: form[name] for name, field in _FIELDS.items() if name in names}
        if given:
            update_role(item.row, **given, actor=change.actor)
        if "permissions" not in names:
            return
        wanted = scope_ids(form["permissions"], path="permissions")
        held = set(RoleScope.objects.filter(role=item.row).values_list("scope_id", flat=True))
        if added := [scope_id for scope_id in wanted if scope_id not in held]:
            add_role_scopes(item.row, scope_ids=added, actor=change.actor)
        for scope_id in sorted(held.difference(wanted)):
            remove_role_scope(item.row, scope_id=scope_id, actor=change.actor)

    def delete(self, item: Item, change: Change) -> None:
        delete_role(item.row, actor=change.actor)


def _form(role: Role, granted: list[tuple[str, str]]) -> Form:
    return {
        "name": role.name,
        "description": role.description,
        "type": role.type,
        "isDefault": role.is_default,
        "permissions": permissions_of(granted),
    }
