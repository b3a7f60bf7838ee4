"""The organization template: the roles and permissions that every organization shares."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from access.models import RoleType
from console.access import actor_of
from console.admin.base import ConsoleModelAdmin
from console.admin.display import tags
from console.admin.fields import PickField, select, text
from console.admin.filters import TypeFilter
from console.admin.roles import scope_choices
from console.admin.service_errors import ServiceForm
from console.site import site
from organizations.models import OrganizationRole, OrganizationScope
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

_NAMES = ("name", "description")
_HOLDERS = {RoleType.USER: _("Members"), RoleType.MACHINE_TO_MACHINE: _("Machine-to-machine applications")}


def _named(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value or None for name, value in changes.items()}


class OrganizationScopeForm(ServiceForm):
    """A permission of the template."""

    name = text(label=_("Permission"), placeholder="read:documents", required=True, max_length=128)
    description = text(label=_("Description"), max_length=256)

    class Meta:
        model = OrganizationScope
        fields = _NAMES


@admin.register(OrganizationScope, site=site)
class OrganizationScopeAdmin(ConsoleModelAdmin):
    """What members of an organization may do there."""

    form = OrganizationScopeForm
    error_fields = {"entity.unique_integrity_violation": "name"}
    intro = _("Permissions that organization roles grant, such as managing members or reading documents.")
    icon = "key"
    list_display = _NAMES
    fields = _NAMES
    search_fields = _NAMES
    ordering = ("created_at", "id")

    def create(self, request: HttpRequest, form: Any) -> OrganizationScope:
        values = form.cleaned_data
        return create_organization_scope(
            name=values["name"], description=values["description"] or None, actor=actor_of(request)
        )

    def update(self, request: HttpRequest, entity: Any, form: Any) -> None:
        update_organization_scope(entity, **_named(form.changes), actor=actor_of(request))

    def delete(self, request: HttpRequest, entity: Any) -> None:
        delete_organization_scope(entity, actor=actor_of(request))


class OrganizationRoleForm(ServiceForm):
    """A role of the template and what it grants."""

    name = text(label=_("Name"), required=True, max_length=128)
    description = text(label=_("Description"), max_length=256)
    type = select(
        label=_("For"),
        choices=list(_HOLDERS.items()),
        required=True,
    )
    scope_ids = PickField(label=_("Organization permissions"))
    resource_scope_ids = PickField(
        label=_("API permissions"),
        help_text=_("Held within the organization: tokens for the API name the organization."),
    )

    class Meta:
        model = OrganizationRole
        fields = ("name", "description", "type")

    def __init__(self, *args: Any, **options: Any) -> None:
        instance: OrganizationRole | None = options.get("instance")
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        if "scope_ids" not in fields:
            return
        scopes = OrganizationScope.objects.order_by("name")
        fields["scope_ids"].choices = list(scopes.values_list("id", "name"))
        fields["resource_scope_ids"].choices = scope_choices(with_management=False)
        if instance is not None:
            fields["scope_ids"].initial = list(instance.role_scopes.values_list("scope_id", flat=True))
            held = instance.role_resource_scopes.values_list("scope_id", flat=True)
            fields["resource_scope_ids"].initial = list(held)


@admin.register(OrganizationRole, site=site)
class OrganizationRoleAdmin(ConsoleModelAdmin):
    """Roles that members hold in each organization."""

    form = OrganizationRoleForm
    error_fields = {
        "entity.unique_integrity_violation": "name",
        "entity.db_constraint_violated": "type",
        "role.management_api_scopes_not_assignable_to_user_role": "resource_scope_ids",
    }
    intro = _("Every organization has these roles. A member's roles decide what the member may do there.")
    icon = "assignment_ind"
    list_display = ("name", "description", "kind", "grants")
    list_filter = (("type", TypeFilter),)
    search_fields = _NAMES
    ordering = ("created_at", "id")
    fields = ("name", "description", "type", "scope_ids", "resource_scope_ids")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrganizationRole]:
        roles: QuerySet[OrganizationRole] = super().get_queryset(request)
        return roles.prefetch_related("scopes", "resource_scopes")

    @display(description=_("For"), ordering="type")
    def kind(self, role: OrganizationRole) -> Any:
        return _HOLDERS[RoleType(role.type)]

    @display(description=_("Grants"))
    def grants(self, role: OrganizationRole) -> SafeString | str:
        return tags(
            [*(scope.name for scope in role.scopes.all()), *(scope.name for scope in role.resource_scopes.all())]
        )

    def create(self, request: HttpRequest, form: Any) -> OrganizationRole:
        values = form.cleaned_data
        return create_organization_role(
            name=values["name"],
            description=values["description"] or None,
            type=values["type"],
            scope_ids=values["scope_ids"],
            resource_scope_ids=values["resource_scope_ids"],
            actor=actor_of(request),
        )

    @transaction.atomic
    def update(self, request: HttpRequest, entity: Any, form: Any) -> None:
        changes, actor = form.changes, actor_of(request)
        scope_ids, resource_scope_ids = changes.pop("scope_ids", None), changes.pop("resource_scope_ids", None)
        if changes:
            update_organization_role(entity, **_named(changes), actor=actor)
        if scope_ids is not None:
            replace_role_scopes(entity, scope_ids=scope_ids, actor=actor)
        if resource_scope_ids is not None:
            replace_role_resource_scopes(entity, scope_ids=resource_scope_ids, actor=actor)

    def delete(self, request: HttpRequest, entity: Any) -> None:
        delete_organization_role(entity, actor=actor_of(request))
