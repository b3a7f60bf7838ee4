"""Memberships of organizations, which a floor above keeps: that room registers how they are looked up and written."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from common.actors import Actor


class ResolvedMembership(NamedTuple):
    """An organization, and roles of its template, by id."""

    organization_id: str
    role_ids: Sequence[str]


class OrganizationReferences(NamedTuple):
    """The ids of organizations and of organization roles for users, by id and by name."""

    organizations: Mapping[str, str]
    roles: Mapping[str, str]


class Memberships(Protocol):
    """What the room of organizations does for imports and exports."""

    def resolve(self, organizations: Collection[str], roles: Collection[str]) -> OrganizationReferences:
        """Find organizations and roles by id or name. 2 statements at most."""
        ...

    def add(self, memberships: Mapping[str, Sequence[ResolvedMembership]], *, publish: bool, actor: Actor) -> None:
        """Make users, by id, members of organizations with roles; what they are and have already stays.

        With `publish` each organization's history says who joined.
        """
        ...

    def describe(self, user_ids: Collection[str]) -> Mapping[str, list[dict[str, object]]]:
        """Return the organizations of users as exports have them, `{id, name, roles}`, by user. 1 statement."""
        ...


_registered: list[Memberships] = []


def register_memberships(memberships: Memberships) -> None:
    """Use an implementation from now on. Called once, from `AppConfig.ready`."""
    _registered[:] = [memberships]


def memberships() -> Memberships:
    """Return the implementation of the room above."""
    return _registered[0]
