"""Organizations as they stand next to a user or an application: with the roles held there."""

from collections.abc import Iterable
from typing import Any

from applications.models import OrganizationApplication
from management_api.organizations.serializers import ORGANIZATION
from organizations.models import Organization, OrganizationMember, OrganizationRole


def _with_roles(organization: Organization, roles: Iterable[OrganizationRole]) -> dict[str, Any]:
    held = [{"id": role.id, "name": role.name} for role in roles]
    return {**ORGANIZATION.of(organization), "organizationRoles": held}


def place_rows(places: Iterable[OrganizationApplication]) -> list[dict[str, Any]]:
    """Return the organizations of an application."""
    return [_with_roles(place.organization, (held.role for held in place.application_roles.all())) for place in places]


def membership_rows(memberships: Iterable[OrganizationMember]) -> list[dict[str, Any]]:
    """Return the organizations of a user."""
    return [
        _with_roles(member.organization, (held.role for held in member.member_roles.all())) for member in memberships
    ]
