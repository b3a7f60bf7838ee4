"""Which users an application admits, as a file has it. Users that a rule names are data: they stay as they are."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from applications.access_rules import AccessRules, read_access_rules
from applications.models import (
    Application,
    ApplicationAccessOrganization,
    ApplicationAccessOrganizationRole,
    ApplicationAccessRole,
)
from applications.services.access_control import replace_access_rules
from common.actors import Actor
from common.shapes import Flag
from configuration.kinds.base import Form
from configuration.kinds.shapes import Names, NamesByName, form_shape
from configuration.names import ids_of, organization_role_ids, role_ids
from organizations.models import Organization

ACCESS_RULE_MODELS = (ApplicationAccessRole, ApplicationAccessOrganization, ApplicationAccessOrganizationRole)
ACCESS_CONTROL = form_shape(
    {"enabled": Flag(), "roles": Names(), "organizations": Names(), "organizationRoles": NamesByName()}
)


def read_rules(*, with_organizations: bool) -> Mapping[str, Form]:
    """Return the rules by application, without the switch. Three statements."""
    roles: dict[str, list[str]] = defaultdict(list)
    for application_id, name in ApplicationAccessRole.objects.values_list("application_id", "role__name"):
        roles[application_id].append(name)
    organizations: dict[str, list[str]] = defaultdict(list)
    by_organization: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    if with_organizations:
        rows = ApplicationAccessOrganization.objects.values_list("application_id", "organization__name")
        for application_id, name in rows:
            organizations[application_id].append(name)
        pairs = ApplicationAccessOrganizationRole.objects.values_list(
            "application_id", "organization__name", "role__name"
        )
        for application_id, organization, role in pairs:
            by_organization[application_id][organization].append(role)

    def form(application_id: str) -> Form:
        found: Form = {"roles": sorted(roles[application_id])}
        if with_organizations:
            held = by_organization[application_id]
            found["organizations"] = sorted(organizations[application_id])
            found["organizationRoles"] = {name: sorted(held[name]) for name in sorted(held)}
        return found

    return _ByApplication(form)


class _ByApplication(dict[str, Form]):
    """Rules of applications that have none are empty ones."""

    def __init__(self, form: Any) -> None:
        super().__init__()
        self._form = form

    def __missing__(self, application_id: str) -> Form:
        made: Form = self._form(application_id)
        self[application_id] = made
        return made


def set_rules(application: Application, form: Mapping[str, Any], *, actor: Actor) -> None:
    """Make an application's rules those of a form; what it does not name stays, and so do rules for single users."""
    held = read_access_rules(application)
    path = "accessControl"
    rules = AccessRules(
        user_ids=held.user_ids,
        role_ids=tuple(role_ids(form["roles"], path=f"{path}.roles")) if "roles" in form else held.role_ids,
        organization_ids=tuple(ids_of(Organization, form["organizations"], path=f"{path}.organizations"))
        if "organizations" in form
        else held.organization_ids,
        organization_roles=_organization_roles(form["organizationRoles"], f"{path}.organizationRoles")
        if "organizationRoles" in form
        else held.organization_roles,
    )
    if rules != held:
        replace_access_rules(application, rules, actor=actor)


def _organization_roles(given: Mapping[str, list[str]], path: str) -> dict[str, tuple[str, ...]]:
    ids = ids_of(Organization, given, path=path)
    return {
        id: tuple(organization_role_ids(names, path=f"{path}.{name}"))
        for id, (name, names) in zip(ids, given.items(), strict=True)
    }
