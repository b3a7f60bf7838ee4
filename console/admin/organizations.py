"""Organizations: their members, applications and rules for joining."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from access.models import RoleType
from connectors.models import SsoConnector
from console.access import actor_of
from console.admin.base import ConsoleModelAdmin
from console.admin.display import copyable, moment
from console.admin.fields import JsonObjectField, LinesField, PickField, switch, text
from console.admin.invitations import InvitationInline
from console.admin.look_fields import (
    LOOK_DESCRIPTION,
    LOOK_ERROR_FIELDS,
    LOOK_FIELDS,
    LookFields,
    changed_look,
    initial_look,
)
from console.admin.organization_access import MemberInline, OrganizationApplicationInline
from console.admin.service_errors import ServiceForm
from console.site import site
from organizations.models import Organization, OrganizationRole
from organizations.selectors import list_jit_email_domains, list_jit_roles, list_jit_sso_connectors
from organizations.services.jit import replace_email_domains, replace_jit_roles
from organizations.services.jit_sso import replace_jit_sso_connectors
from organizations.services.organizations import create_organization, delete_organization, update_organization

_JIT = ("email_domains", "sso_connector_ids", "jit_role_ids")
_SIGN_IN = ("is_mfa_required", "is_trusted_device_allowed")


class OrganizationForm(LookFields, ServiceForm):
    """An organization and who joins it by themselves."""

    name = text(label=_("Name"), required=True, max_length=128)
    description = text(label=_("Description"), max_length=256)
    custom_data = JsonObjectField(label=_("Custom data"), help_text=_("A JSON object of your own."))
    is_mfa_required = switch(
        label=_("Requires a second factor"),
        help_text=_("Members without an authenticator app or a passkey get no tokens for this organization."),
    )
    is_trusted_device_allowed = switch(
        label=_("Allows trusted devices"),
        help_text=_(
            "If it does not, its members are asked for their second factor at every sign-in, wherever they use it."
        ),
    )
    email_domains = LinesField(
        label=_("Email domains"),
        placeholder="example.com",
        help_text=_("New users with a verified address of these domains join by themselves. One a line."),
    )
    sso_connector_ids = PickField(
        label=_("Enterprise connectors"),
        help_text=_("Users who sign in at these identity providers join by themselves."),
    )
    jit_role_ids = PickField(label=_("Roles on joining"), help_text=_("Given to everybody who joins in this way."))

    class Meta:
        model = Organization
        fields = ("name", "description", "custom_data", *_SIGN_IN)

    def __init__(self, *args: Any, **options: Any) -> None:
        instance: Organization | None = options.get("instance")
        if instance is not None:
            options["initial"] = {**initial_look(instance), **(options.get("initial") or {})}
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        if instance is not None and "email_domains" in fields:
            domains = list_jit_email_domains(instance.id)
            fields["email_domains"].initial = list(domains.values_list("email_domain", flat=True))
            fields["sso_connector_ids"].initial = [row.id for row in list_jit_sso_connectors(instance)]
            fields["jit_role_ids"].initial = [role.id for role in list_jit_roles(instance)]
        if "sso_connector_ids" in fields:
            connectors = SsoConnector.objects.order_by("connector_name")
            fields["sso_connector_ids"].choices = list(connectors.values_list("id", "connector_name"))
        if "jit_role_ids" in fields:
            roles = OrganizationRole.objects.filter(type=RoleType.USER).order_by("name")
            fields["jit_role_ids"].choices = list(roles.values_list("id", "name"))


@admin.register(Organization, site=site)
class OrganizationAdmin(ConsoleModelAdmin):
    """The customers of the tenant."""

    form = OrganizationForm
    error_fields = {"entity.value_too_long": "email_domains", **LOOK_ERROR_FIELDS}
    intro = _("The workspaces of your customers. Members hold the roles of the organization template.")
    icon = "domain"
    card_template = "console/cards/organization.html"
    list_display = ("name", "organization_id", "created")
    search_fields = ("name", "id")
    ordering = ("-created_at", "-id")
    inlines = (MemberInline, InvitationInline, OrganizationApplicationInline)

    @display(description=_("Organization id"))
    def organization_id(self, organization: Organization) -> SafeString:
        return copyable(organization.id)

    @display(description=_("Created"), ordering="created_at")
    def created(self, organization: Organization) -> SafeString | str:
        return moment(organization.created_at)

    def get_fieldsets(self, request: HttpRequest, obj: Organization | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ["name", "description"]})]
        return [
            (None, {"fields": ["name", "description"]}),
            (_("Sign-in"), {"fields": list(_SIGN_IN)}),
            (_("Joining just in time"), {"fields": list(_JIT)}),
            (_("Branding"), {"fields": list(LOOK_FIELDS), "description": LOOK_DESCRIPTION}),
            (None, {"fields": ["custom_data"]}),
        ]

    def get_inlines(self, request: HttpRequest, obj: Organization | None) -> Any:
        return () if obj is None else self.inlines

    def create(self, request: HttpRequest, form: Any) -> Organization:
        values = form.cleaned_data
        return create_organization(
            name=values["name"], description=values["description"] or None, actor=actor_of(request)
        )

    @transaction.atomic
    def update(self, request: HttpRequest, entity: Any, form: Any) -> None:
        changes, actor = form.changes, actor_of(request)
        domains, connector_ids, role_ids = (changes.pop(name, None) for name in _JIT)
        if "description" in changes:
            changes["description"] = changes["description"] or None
        look = {name: changes.pop(name) for name in LOOK_FIELDS if name in changes}
        changes |= changed_look(entity, look)
        if changes:
            update_organization(entity, **changes, actor=actor)
        if domains is not None:
            replace_email_domains(entity, email_domains=domains, actor=actor)
        if connector_ids is not None:
            replace_jit_sso_connectors(entity, connector_ids=connector_ids, actor=actor)
        if role_ids is not None:
            replace_jit_roles(entity, role_ids=role_ids, actor=actor)

    def delete(self, request: HttpRequest, entity: Any) -> None:
        delete_organization(entity, actor=actor_of(request))
