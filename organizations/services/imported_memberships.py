"""Memberships that imports of users bring, and that exports take along: for many users at once."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q

from access.models import RoleType
from common.actors import Actor
from events.history import entries_written_together
from identity.imports.memberships import OrganizationReferences, ResolvedMembership
from organizations.models import MemberRole, Organization, OrganizationMember, OrganizationRole
from organizations.services.members import record_members, record_roles
from tenants.database.rows import insert_all


class ImportedMemberships:
    """What `identity.imports` asks this room for."""

    def resolve(self, organizations: Collection[str], roles: Collection[str]) -> OrganizationReferences:
        """Find organizations and roles by id or name; a name that several organizations have stands for none."""
        found = Organization.objects.filter(Q(id__in=organizations) | Q(name__in=organizations))
        ids: dict[str, str] = {}
        names: dict[str, list[str]] = {}
        for organization_id, name in found.values_list("id", "name"):
            ids[organization_id] = organization_id
            names.setdefault(name, []).append(organization_id)
        by_name = {name: held[0] for name, held in names.items() if len(held) == 1}
        held_roles = OrganizationRole.objects.filter(Q(id__in=roles) | Q(name__in=roles), type=RoleType.USER)
        pairs = list(held_roles.values_list("name", "id")) if roles else []
        return OrganizationReferences(by_name | ids, dict(pairs) | {role_id: role_id for _name, role_id in pairs})

    def add(self, memberships: Mapping[str, Sequence[ResolvedMembership]], *, publish: bool, actor: Actor) -> None:
        """Make users members with roles; what they are and have already stays. 4 statements, and the history."""
        held = {
            (member.user_id, member.organization_id): member
            for member in OrganizationMember.objects.filter(user_id__in=list(memberships))
        }
        joined: list[OrganizationMember] = []
        wanted: dict[tuple[str, str], MemberRole] = {}
        for user_id, organizations in memberships.items():
            for organization_id, role_ids in organizations:
                member = held.get((user_id, organization_id))
                if member is None:
                    member = OrganizationMember(user_id=user_id, organization_id=organization_id)
                    held[user_id, organization_id] = member
                    joined.append(member)
                for role_id in role_ids:
                    wanted[member.id, role_id] = MemberRole(member=member, role_id=role_id)
        known = MemberRole.objects.filter(member_id__in=[member_id for member_id, _role in wanted])
        for pair in known.values_list("member_id", "role_id"):
            wanted.pop(pair, None)
        _write(joined, list(wanted.values()))
        if publish:
            _record(joined, list(wanted.values()), actor)

    def describe(self, user_ids: Collection[str]) -> Mapping[str, list[dict[str, object]]]:
        """Return the organizations of users, each with the names of their roles, oldest membership first."""
        members = OrganizationMember.objects.filter(user_id__in=list(user_ids)).select_related("organization")
        described: dict[str, list[dict[str, object]]] = {}
        for member in members.prefetch_related("member_roles__role").order_by("created_at", "id"):
            roles = sorted(held.role.name for held in member.member_roles.all())
            entry = {"id": member.organization_id, "name": member.organization.name, "roles": roles}
            described.setdefault(member.user_id, []).append(entry)
        return described


def _write(members: list[OrganizationMember], roles: list[MemberRole]) -> None:
    OrganizationMember.objects.bulk_create(members)
    insert_all(roles)


def _record(members: Sequence[OrganizationMember], roles: Sequence[MemberRole], actor: Actor) -> None:
    by_organization: dict[str, list[str]] = {}
    for member in members:
        by_organization.setdefault(member.organization_id, []).append(member.user_id)
    organizations: dict[str, Any] = Organization.objects.in_bulk(
        [*by_organization, *(role.member.organization_id for role in roles)]
    )
    with entries_written_together():
        for organization_id, user_ids in by_organization.items():
            record_members(organizations[organization_id], added=user_ids, actor=actor)
        for role in roles:
            record_roles(organizations[role.member.organization_id], added=[role], actor=actor)
