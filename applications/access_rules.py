"""The access rules of an application, as one value: whom they name."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from applications.models import (
    Application,
    ApplicationAccessOrganization,
    ApplicationAccessOrganizationRole,
    ApplicationAccessRole,
    ApplicationAccessUser,
)


@dataclass(frozen=True, slots=True)
class AccessRules:
    """Ids of users, of global roles and of organizations, and of roles by the organization they are held in."""

    user_ids: tuple[str, ...] = ()
    role_ids: tuple[str, ...] = ()
    organization_ids: tuple[str, ...] = ()
    organization_roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_access_rules(application: Application) -> AccessRules:
    """Return an application's rules, each kind in the order of its ids. Four statements."""
    users = ApplicationAccessUser.objects.filter(application=application).order_by("user_id")
    roles = ApplicationAccessRole.objects.filter(application=application).order_by("role_id")
    organizations = ApplicationAccessOrganization.objects.filter(application=application).order_by("organization_id")
    pairs = ApplicationAccessOrganizationRole.objects.filter(application=application)
    by_organization: dict[str, list[str]] = defaultdict(list)
    for organization_id, role_id in pairs.order_by("organization_id", "role_id").values_list(
        "organization_id", "role_id"
    ):
        by_organization[organization_id].append(role_id)
    return AccessRules(
        tuple(users.values_list("user_id", flat=True)),
        tuple(roles.values_list("role_id", flat=True)),
        tuple(organizations.values_list("organization_id", flat=True)),
        {organization_id: tuple(role_ids) for organization_id, role_ids in by_organization.items()},
    )
