"""The access rules of an application as fields of its form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import RoleType
from access.selectors import list_roles
from applications.access_rules import AccessRules, read_access_rules
from applications.models import Application, ApplicationAccessOrganization, ApplicationAccessUser
from console.admin.fields import PickField, switch
from console.admin.organization_roles_field import OrganizationRolesField
from console.admin.search_field import SearchField

RULE_FIELDS = ("admitted_users", "admitted_roles", "admitted_organizations", "admitted_organization_roles")
FIELDS = ("access_controlled", *RULE_FIELDS)


class AccessFields(forms.Form):
    """The switch and the rules; a form of applications adds them to its own."""

    access_controlled = switch(
        label=_("Limit access"),
        help_text=_("Only users whom one of these rules names may sign in. Without a rule nobody may."),
    )
    admitted_users = SearchField(
        ApplicationAccessUser, "user", label=_("Users"), help_text=_("Find them by name, address or id.")
    )
    admitted_roles = PickField(label=_("User roles"), help_text=_("Whoever holds one of these roles."))
    admitted_organizations = SearchField(
        ApplicationAccessOrganization,
        "organization",
        label=_("Organizations"),
        help_text=_("Every member of one of these."),
    )
    admitted_organization_roles = OrganizationRolesField(
        label=_("Organization roles"),
        help_text=_("Whoever holds one of the roles in that organization. Save to get another row."),
    )

    def offer_roles(self) -> None:
        """Fill the list of roles to choose from."""
        field: Any = self.fields["admitted_roles"]
        field.choices = [(role.id, role.name) for role in list_roles(type=RoleType.USER)]

    def access_rules(self) -> AccessRules:
        """Return the rules as the developer left them."""
        values = self.cleaned_data
        return AccessRules(
            tuple(user.id for user in values["admitted_users"]),
            tuple(values["admitted_roles"]),
            tuple(organization.id for organization in values["admitted_organizations"]),
            {key: tuple(role_ids) for key, role_ids in values["admitted_organization_roles"].items()},
        )


def initial_access(application: Application) -> dict[str, Any]:
    """Return what the fields show of an application."""
    rules = read_access_rules(application)
    return {
        "access_controlled": application.app_level_access_control_enabled,
        "admitted_users": list(rules.user_ids),
        "admitted_roles": list(rules.role_ids),
        "admitted_organizations": list(rules.organization_ids),
        "admitted_organization_roles": {key: list(role_ids) for key, role_ids in rules.organization_roles.items()},
    }
