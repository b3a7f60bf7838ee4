"""Narrowing the list of users to those who could still be added somewhere."""

from django.db.models import QuerySet

from common.errors import AppError
from identity.models import User
from identity.role_holders import list_users_without_role
from organizations.models import OrganizationMember


def without_excluded(
    users: QuerySet[User], *, exclude_role_id: str = "", exclude_organization_id: str = ""
) -> QuerySet[User]:
    """Leave out the holders of a role, or the members of an organization; both at once is `request.invalid_input`."""
    if exclude_role_id and exclude_organization_id:
        raise AppError("request.invalid_input")
    if exclude_role_id:
        return list_users_without_role(users, exclude_role_id)
    if exclude_organization_id:
        members = OrganizationMember.objects.filter(organization_id=exclude_organization_id)
        return users.exclude(id__in=members.values("user_id"))
    return users
