"""The organization template: the permissions and roles that all organizations of the tenant have."""

from collections import defaultdict
from typing import Any

from configuration.kinds.base import Change, Form, Item, NoSecrets, Options, Reading
from configuration.kinds.shapes import Names, NamesByName, column, form_shape
from configuration.names import organization_scope_ids, permissions_of, scope_ids
from organizations.models import (
    OrganizationRole,
    OrganizationRoleResourceScope,
    OrganizationRoleScope,
    OrganizationScope,
)
from organizations.services.template import (
    create_organization_role,
    create_organization_scope,
    delete_organization_role,
    delete_organization_scope,
    replace_role_resource_scopes,
    replace_role_scopes,
    update_organization_role,
    update_organization_scope,
)

_TEXTS = ("name", "description")


class OrganizationPermissions(NoSecrets):
    """Permissions of the template."""

    section = "organizationPermissions"
    shape = form_shape(
        {
            "name": column(OrganizationScope, "name", required=True),
            "description": column(OrganizationScope, "description"),
        }
    )
    options = Options(renames=True)
    covers = (OrganizationScope,)
    settings = ()

    def read(self, reading: Reading) -> list[Item]:
        rows = OrganizationScope.objects.order_by("name")
        return [Item(row.name, {"name": row.name, "description": row.description}, row.id, row) for row in rows]

    def create(self, form: Form, change: Change) -> None:
        create_organization_scope(**form, actor=change.actor)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        given: dict[str, Any] = {name: form[name] for name in names}
        update_organization_scope(item.row, **given, actor=change.actor)

    def delete(self, item: Item, change: Change) -> None:
        delete_organization_scope(item.row, actor=change.actor)


class OrganizationRoles(NoSecrets):
    """Roles of the template."""

    section = "organizationRoles"
    shape = form_shape(
        {
            "name": column(OrganizationRole, "name", required=True),
            "description": column(OrganizationRole, "description"),
            "type": column(OrganizationRole, "type"),
            "permissions": Names(),
            "resourcePermissions": NamesByName(),
        }
    )
    options = Options(renames=True)
    covers = (OrganizationRole, OrganizationRoleScope, OrganizationRoleResourceScope)
    settings = ()

    def read(self, reading: Reading) -> list[Item]:
        granted: dict[str, list[str]] = defaultdict(list)
        for role_id, name in OrganizationRoleScope.objects.values_list("role_id", "scope__name"):
            granted[role_id].append(name)
        of_resources: dict[str, list[tuple[str, str]]] = defaultdict(list)
        rows = OrganizationRoleResourceScope.objects.values_list("role_id", "scope__resource__indicator", "scope__name")
        for role_id, indicator, name in rows:
            of_resources[role_id].append((indicator, name))
        return [
            Item(role.name, _role_form(role, granted[role.id], of_resources[role.id]), role.id, role)
            for role in OrganizationRole.objects.order_by("name")
        ]

    def create(self, form: Form, change: Change) -> None:
        given: dict[str, Any] = {name: form[name] for name in (*_TEXTS, "type") if name in form}
        create_organization_role(
            **given,
            scope_ids=organization_scope_ids(form.get("permissions", ()), path="permissions"),
            resource_scope_ids=scope_ids(form.get("resourcePermissions", {}), path="resourcePermissions"),
            actor=change.actor,
        )

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        given: dict[str, Any] = {name: form[name] for name in (*_TEXTS, "type") if name in names}
        if given:
            update_organization_role(item.row, **given, actor=change.actor)
        if "permissions" in names:
            ids = organization_scope_ids(form["permissions"], path="permissions")
            replace_role_scopes(item.row, scope_ids=ids, actor=change.actor)
        if "resourcePermissions" in names:
            ids = scope_ids(form["resourcePermissions"], path="resourcePermissions")
            replace_role_resource_scopes(item.row, scope_ids=ids, actor=change.actor)

    def delete(self, item: Item, change: Change) -> None:
        delete_organization_role(item.row, actor=change.actor)


def _role_form(role: OrganizationRole, granted: list[str], of_resources: list[tuple[str, str]]) -> Form:
    return {
        "name": role.name,
        "description": role.description,
        "type": role.type,
        "permissions": sorted(granted),
        "resourcePermissions": permissions_of(of_resources),
    }
