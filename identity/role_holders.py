"""Global roles seen from the role: which users hold it."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet

from access.models import Role
from identity.models import User, UserRole
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_all

_OVERVIEWS = """
SELECT r.id AS role_id,
  (SELECT count(*) FROM identity_userrole c WHERE c.tenant_id = %(tenant)s AND c.role_id = r.id) AS total,
  f.id AS user_id, f.avatar, f.name
FROM unnest(%(ids)s::varchar[]) AS r (id)
LEFT JOIN LATERAL (
  SELECT u.id, u.avatar, u.name
  FROM identity_userrole held
  JOIN identity_user u ON u.tenant_id = held.tenant_id AND u.id = held.user_id
  WHERE held.tenant_id = %(tenant)s AND held.role_id = r.id
  LIMIT 3
) AS f ON true"""


class _Holder(NamedTuple):
    role_id: str
    total: int
    user_id: str | None
    avatar: str | None
    name: str | None


class FeaturedUser(NamedTuple):
    """A face next to a role in a list."""

    id: str
    avatar: str | None
    name: str | None


class RoleUsers(NamedTuple):
    """How many users hold a role, and up to three of them."""

    total: int
    featured: list[FeaturedUser]


def role_user_overviews(role_ids: Iterable[str]) -> dict[str, RoleUsers]:
    """Return the overview of each role, by id. One statement."""
    found = {role_id: RoleUsers(0, []) for role_id in role_ids}
    for row in fetch_all(_Holder, _OVERVIEWS, {"tenant": current_tenant_id(), "ids": list(found)}):
        featured = found[row.role_id].featured
        if row.user_id is not None:
            featured.append(FeaturedUser(row.user_id, row.avatar, row.name))
        found[row.role_id] = RoleUsers(row.total, featured)
    return found


def list_role_users(role: Role) -> QuerySet[User]:
    """Return the users who hold a role, newest first."""
    return User.objects.filter(user_roles__role=role).order_by("-created_at", "-id")


def list_users_without_role(users: QuerySet[User], role_id: str) -> QuerySet[User]:
    """Return those of the users who do not hold a role."""
    return users.exclude(id__in=UserRole.objects.filter(role_id=role_id).values("user_id"))


def list_user_roles(user: User) -> QuerySet[Role]:
    """Return the roles a user holds, oldest first."""
    return Role.objects.filter(user_roles__user=user).order_by("created_at", "id")


def without_roles_of_user(roles: QuerySet[Role], user_id: str) -> QuerySet[Role]:
    """Return those of the roles that a user does not hold."""
    return roles.exclude(id__in=UserRole.objects.filter(user_id=user_id).values("role_id"))
