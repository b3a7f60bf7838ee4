"""Global roles: what they grant, and who holds them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from access.management import INTERNAL_PREFIX, management_api_indicator
from access.models import Role, RoleType, Scope
from access.services.roles import add_role_scopes, create_role, delete_role, remove_role_scope, update_role
from applications.models import ApplicationRole
from applications.services.roles import assign_application_roles
from console.access import actor_of, current_access
from console.admin.base import ConsoleModelAdmin
from console.admin.display import tags
from console.admin.fields import PickField, select, switch, text
from console.admin.filters import TypeFilter
from console.admin.search_field import SearchField
from console.admin.service_errors import ServiceForm
from console.policies import Area, may_change
from console.site import site
from identity.models import UserRole
from identity.services.roles import assign_user_roles
from tenants.context import current_tenant_id

_SHOWN_HOLDERS = 10
HOLDERS = {RoleType.USER: _("Users"), RoleType.MACHINE_TO_MACHINE: _("Machine-to-machine applications")}


def scope_choices(*, with_management: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every API permission, grouped by API, in two statements at most."""
    scopes = Scope.objects.select_related("resource").order_by("resource__name", "resource_id", "name")
    if not with_management:
        scopes = scopes.exclude(resource__indicator=management_api_indicator(current_tenant_id()))
    groups: dict[str, list[tuple[str, str]]] = {}
    for scope in scopes:
        groups.setdefault(scope.resource.name, []).append((scope.id, scope.name))
    return list(groups.items())


class RoleForm(ServiceForm):
    """A role with what it grants, and people to give it to."""

    name = text(label=_("Name"), required=True, max_length=128)
    description = text(label=_("Description"), required=True, max_length=128)
    type = select(
        label=_("For"),
        choices=list(HOLDERS.items()),
        help_text=_("Who may hold the role. It never changes."),
        required=True,
    )
    is_default = switch(label=_("Default role"), help_text=_("Given to every user created from now on."))
    scope_ids = PickField(label=_("Permissions"), help_text=_("What holders may do with your APIs."))
    new_users = SearchField(UserRole, "user", label=_("Assign to users"))
    new_applications = SearchField(ApplicationRole, "application", label=_("Assign to applications"))

    class Meta:
        model = Role
        fields = ("name", "description", "type", "is_default")

    def __init__(self, *args: Any, **options: Any) -> None:
        instance: Role | None = options.get("instance")
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        if "scope_ids" in fields:
            is_machine = instance is not None and instance.type == RoleType.MACHINE_TO_MACHINE
            fields["scope_ids"].choices = scope_choices(with_management=instance is None or is_machine)
            held = instance.role_scopes.values_list("scope_id", flat=True) if instance is not None else ()
            fields["scope_ids"].initial = list(held)


def area_of_role(role: Role | None) -> Area:
    """Roles of machine-to-machine applications are admins' business: one of them grants the Management API."""
    return Area.MACHINES if role is not None and role.type == RoleType.MACHINE_TO_MACHINE else Area.GENERAL


@admin.register(Role, site=site)
class RoleAdmin(ConsoleModelAdmin):
    """Named sets of API permissions for users or for applications."""

    form = RoleForm
    error_fields = {
        "role.name_in_use": "name",
        "role.internal_role_violation": "name",
        "role.management_api_scopes_not_assignable_to_user_role": "scope_ids",
    }
    intro = _("A role is a named set of API permissions. Users and machine-to-machine applications hold roles.")
    icon = "badge"
    card_template = "console/cards/role.html"
    list_display = ("name", "description", "kind", "permissions", "flags")
    list_filter = (("type", TypeFilter),)
    search_fields = ("name", "description", "id")
    ordering = ("created_at", "id")
    fixed_fields = ("type",)

    def area_of(self, obj: Role | None) -> Area:
        return area_of_role(obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Role]:
        roles: QuerySet[Role] = super().get_queryset(request)
        return roles.exclude(name__startswith=INTERNAL_PREFIX).annotate(scope_count=Count("role_scopes"))

    @display(description=_("For"), ordering="type")
    def kind(self, role: Role) -> Any:
        return HOLDERS[RoleType(role.type)]

    @display(description=_("Permissions"))
    def permissions(self, role: Any) -> int:
        return int(role.scope_count)

    @display(description=_("Marks"))
    def flags(self, role: Role) -> SafeString | str:
        return tags([_("default")] if role.is_default else [], empty="")

    def get_fieldsets(self, request: HttpRequest, obj: Role | None = None) -> Any:
        fields = ["name", "description", "type", "is_default", "scope_ids"]
        if obj is None:
            return [(None, {"fields": fields})]
        if obj.type == RoleType.MACHINE_TO_MACHINE:
            fields.remove("is_default")
        holders = "new_users" if obj.type == RoleType.USER else "new_applications"
        return [(None, {"fields": fields}), (_("Holders"), {"fields": [holders]})]

    def card(self, request: HttpRequest, entity: Any) -> dict[str, Any]:
        """The newest holders, and the list of all of them."""
        if entity.type == RoleType.USER:
            rows: Any = UserRole.objects.filter(role=entity).select_related("user").order_by("-id")
            holders = [(row.user, "identity_user_change") for row in rows[: _SHOWN_HOLDERS + 1]]
            every = f"{reverse('admin:identity_user_changelist')}?role={entity.pk}"
        else:
            rows = ApplicationRole.objects.filter(role=entity).select_related("application").order_by("-id")
            holders = [(row.application, "applications_application_change") for row in rows[: _SHOWN_HOLDERS + 1]]
            every = ""
        shown = [(str(held), reverse(f"admin:{view}", args=[held.pk])) for held, view in holders[:_SHOWN_HOLDERS]]
        return {"holders": shown, "has_more": len(holders) > _SHOWN_HOLDERS, "every": every}

    def create(self, request: HttpRequest, form: Any) -> Role:
        values = form.cleaned_data
        if not may_change(current_access(request), area_of_role(Role(type=values["type"]))):
            raise PermissionDenied
        return create_role(
            name=values["name"],
            description=values["description"],
            type=values["type"],
            is_default=values["is_default"] and values["type"] == RoleType.USER,
            scope_ids=values["scope_ids"],
            actor=actor_of(request),
        )

    @transaction.atomic
    def update(self, request: HttpRequest, entity: Any, form: Any) -> None:
        changes, actor = form.changes, actor_of(request)
        wanted = changes.pop("scope_ids", None)
        users, applications = changes.pop("new_users", ()), changes.pop("new_applications", ())
        if changes:
            update_role(entity, **changes, actor=actor)
        if wanted is not None:
            held = set(entity.role_scopes.values_list("scope_id", flat=True))
            for scope_id in held - set(wanted):
                remove_role_scope(entity, scope_id=scope_id, actor=actor)
            add_role_scopes(entity, scope_ids=[item for item in wanted if item not in held], actor=actor)
        for user in users:
            assign_user_roles(user, role_ids=[entity.id], actor=actor)
        for application in applications:
            assign_application_roles(application, role_ids=[entity.id], actor=actor)

    def delete(self, request: HttpRequest, entity: Any) -> None:
        delete_role(entity, actor=actor_of(request))
