"""Developers and tenants: each tenant is an organization of tenant `admin`, and membership of it is access to it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from common.actors import SYSTEM, Actor
from common.errors import AppError
from console import errors  # noqa: F401 - declares the codes raised here
from events.history import Subject, record
from organizations.models import MemberRole, Organization, OrganizationMember, OrganizationRole
from organizations.services.members import (
    add_members,
    assign_member_roles,
    remove_member,
    replace_member_roles,
)
from organizations.services.organizations import delete_organization, update_organization
from tenants.context import enter_tenant
from tenants.developers import organization_id_of
from tenants.hosts import ADMIN_TENANT
from tenants.models import Tenant
from tenants.services.tenants import delete_tenant, update_tenant


class ConsoleRole(StrEnum):
    """What a developer may do in a tenant; the names of roles in tenant `admin`'s organization template."""

    ADMIN = "admin"
    COLLABORATOR = "collaborator"


_DESCRIPTIONS = {
    ConsoleRole.ADMIN: "Everything, members and keys included.",
    ConsoleRole.COLLABORATOR: "Everything but members, machines, keys and the tenant itself.",
}


@dataclass(frozen=True, slots=True)
class TenantAccess:
    """A tenant that a developer may open, and as what."""

    tenant: Tenant
    role: ConsoleRole


def ensure_console_roles() -> None:
    """Make the console's roles in tenant `admin`'s template if they are missing."""
    with enter_tenant(ADMIN_TENANT):
        for role, description in _DESCRIPTIONS.items():
            OrganizationRole.objects.get_or_create(
                name=role.value, defaults={"id": role.value, "description": description}
            )


def ensure_tenant_organization(tenant: Tenant) -> None:
    """Make the organization that stands for a tenant if it is missing."""
    if not Tenant.objects.filter(id=ADMIN_TENANT).exists():
        return
    with enter_tenant(ADMIN_TENANT):
        Organization.objects.get_or_create(id=organization_id_of(tenant.id), defaults={"name": tenant.name})


def on_tenant_created(tenant: Tenant, **_: Any) -> None:
    """Receive `tenant_created`."""
    ensure_tenant_organization(tenant)


@transaction.atomic
def grant_tenant_access(user_id: str, *, tenant_id: str, role: ConsoleRole, actor: Actor = SYSTEM) -> None:
    """Make a developer a member of a tenant with a role."""
    with enter_tenant(ADMIN_TENANT):
        organization = Organization.objects.get(id=organization_id_of(tenant_id))
        add_members(organization, user_ids=[user_id], actor=actor)
        assign_member_roles(organization, user_id=user_id, role_names=[role.value], actor=actor)
    _record(tenant_id, actor, added={"developerIds": [user_id]}, role=role.value)


@transaction.atomic
def set_tenant_role(user_id: str, *, tenant_id: str, role: ConsoleRole, actor: Actor) -> None:
    """Give a member of a tenant another role.

    Raises `console.last_admin` if nobody would be left to look after the tenant, and
    `organization.require_membership`.
    """
    with enter_tenant(ADMIN_TENANT):
        organization = _held_organization(tenant_id)
        if role is not ConsoleRole.ADMIN:
            _assert_other_admin(organization, user_id)
        replace_member_roles(organization, user_id=user_id, role_names=[role.value], actor=actor)
    _record(tenant_id, actor, developerId=user_id, role=role.value)


@transaction.atomic
def revoke_tenant_access(user_id: str, *, tenant_id: str, actor: Actor) -> None:
    """Take a developer's access to a tenant. Raises `console.last_admin` and `entity.not_found`."""
    with enter_tenant(ADMIN_TENANT):
        organization = _held_organization(tenant_id)
        _assert_other_admin(organization, user_id)
        remove_member(organization, user_id=user_id, actor=actor)
    _record(tenant_id, actor, removed={"developerIds": [user_id]})


def _record(tenant_id: str, actor: Actor, **details: Any) -> None:
    """In the history of the tenant itself; that of tenant `admin` has the membership."""
    with enter_tenant(tenant_id):
        record("Tenant.Developers.Updated", actor=actor, subject=Subject("Tenant", tenant_id), **details)


def _held_organization(tenant_id: str) -> Organization:
    # Held until the commit, so that two admins who leave at once take turns.
    return Organization.objects.select_for_update(no_key=True).get(id=organization_id_of(tenant_id))


def _assert_other_admin(organization: Organization, user_id: str) -> None:
    admins = MemberRole.objects.filter(
        member__organization=organization, role__name=ConsoleRole.ADMIN, member__user__is_suspended=False
    )
    if not admins.exclude(member__user_id=user_id).exists():
        raise AppError("console.last_admin")


def list_tenant_access(user_id: str) -> list[TenantAccess]:
    """Return the tenants a developer may open, by name. Three statements."""
    with enter_tenant(ADMIN_TENANT):
        held = MemberRole.objects.filter(member__user_id=user_id, role__name__in=list(ConsoleRole)).values_list(
            "member__organization_id", "role__name"
        )
        roles: dict[str, ConsoleRole] = {}
        for organization_id, name in held:
            if roles.get(organization_id) is not ConsoleRole.ADMIN:
                roles[organization_id] = ConsoleRole(name)
    ids = {organization_id.removeprefix("t-"): role for organization_id, role in roles.items()}
    return [TenantAccess(tenant, ids[tenant.id]) for tenant in Tenant.objects.filter(id__in=ids).order_by("name", "id")]


def list_developers(tenant_id: str) -> list[OrganizationMember]:
    """Return the members of a tenant's organization with their users and roles."""
    with enter_tenant(ADMIN_TENANT):
        return list(
            OrganizationMember.objects.filter(organization_id=organization_id_of(tenant_id))
            .select_related("user")
            .prefetch_related("member_roles__role")
            .order_by("created_at")
        )


@transaction.atomic
def rename_tenant(tenant: Tenant, *, name: str, tag: str, actor: Actor) -> Tenant:
    """Change a tenant's name, also where it stands for the tenant in tenant `admin`, and its tag."""
    update_tenant(tenant, name=name, tag=tag, actor=actor)
    with enter_tenant(ADMIN_TENANT):
        organization = Organization.objects.get(id=organization_id_of(tenant.id))
        update_organization(organization, name=name, actor=actor)
    return tenant


@transaction.atomic
def remove_tenant(tenant: Tenant, *, actor: Actor) -> None:
    """Delete a tenant with everything it owns, and what stands for it in tenant `admin`. Raises `tenant.permanent`."""
    organization_id = organization_id_of(tenant.id)
    delete_tenant(tenant, actor=actor)
    with enter_tenant(ADMIN_TENANT):
        for organization in Organization.objects.filter(id=organization_id):
            delete_organization(organization, actor=actor)
