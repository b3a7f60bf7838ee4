"""What rows refer to by id or by name: roles, organizations with roles, enterprise connectors."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from access.models import Role, RoleType
from connectors.models import SsoConnector
from identity.identifier_keys import is_storable
from identity.imports.errors import RowError
from identity.imports.memberships import OrganizationReferences, ResolvedMembership, memberships
from identity.imports.options import DROP
from identity.imports.records import ImportedUser

_MAX_NAME = 256


@dataclass(frozen=True, slots=True)
class References:
    """The ids of what a batch of rows refers to; `drops_unknown` leaves out what is not there."""

    roles: Mapping[str, str]
    connectors: Mapping[str, str]
    organizations: OrganizationReferences
    default_role_ids: Sequence[str]
    drops_unknown: bool

    def role_ids(self, user: ImportedUser) -> list[str]:
        """Return the ids of the user's roles. Raises `user_import.unknown_role`."""
        return self._each(user.roles, self.roles, "user_import.unknown_role", "roles")

    def memberships(self, user: ImportedUser) -> list[ResolvedMembership]:
        """Return the user's organizations. Raises `user_import.unknown_organization` and `…_organization_role`."""
        found = []
        for membership in user.memberships:
            ids = self._each(
                [membership.organization],
                self.organizations.organizations,
                "user_import.unknown_organization",
                "organizations",
            )
            code, field = "user_import.unknown_organization_role", "organizations.roles"
            roles = self._each(membership.roles, self.organizations.roles, code, field)
            found += [ResolvedMembership(organization_id, roles) for organization_id in ids]
        return found

    def connector_ids(self, user: ImportedUser) -> list[str | None]:
        """Return the connector of each enterprise identity, `None` for one that is left out."""
        ids: list[str | None] = []
        for identity in user.enterprise_identities:
            code, field = "user_import.unknown_connector", "ssoIdentities"
            ids.append(next(iter(self._each([identity.connector], self.connectors, code, field)), None))
        return ids

    def _each(self, wanted: Collection[str], known: Mapping[str, str], code: str, field: str) -> list[str]:
        missing = [name for name in wanted if name not in known]
        if missing and not self.drops_unknown:
            raise RowError(code, field=field)
        return list(dict.fromkeys(known[name] for name in wanted if name in known))


def find_references(users: Iterable[ImportedUser], *, unknown: str) -> References:
    """Look up what rows refer to. 5 statements at most, whatever their number."""
    rows = list(users)
    organizations = _named(membership.organization for user in rows for membership in user.memberships)
    organization_roles = _named(name for user in rows for membership in user.memberships for name in membership.roles)
    connectors = _named(identity.connector for user in rows for identity in user.enterprise_identities)
    wanted_roles = _named(name for user in rows for name in user.roles)
    named = Q(id__in=wanted_roles) | Q(name__in=wanted_roles)
    roles = list(Role.objects.filter(Q(type=RoleType.USER) & (named | Q(is_default=True))))
    found_connectors: list[tuple[str, str]] = []
    if connectors:
        held = SsoConnector.objects.filter(Q(id__in=connectors) | Q(connector_name__in=connectors))
        found_connectors = list(held.values_list("connector_name", "id"))
    resolved = OrganizationReferences({}, {})
    if organizations:
        resolved = memberships().resolve(organizations, organization_roles)
    return References(
        roles={role.name: role.id for role in roles} | {role.id: role.id for role in roles},
        connectors=dict(found_connectors) | {found: found for _name, found in found_connectors},
        organizations=resolved,
        default_role_ids=[role.id for role in roles if role.is_default],
        drops_unknown=unknown == DROP,
    )


def _named(names: Iterable[str]) -> list[str]:
    """Leave out what nothing is called. A name that no query can hold would end the import, not its row."""
    return sorted({name for name in names if name and len(name) <= _MAX_NAME and is_storable(name)})
