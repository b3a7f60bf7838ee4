"""The consent configuration of a third-party application, as the protocol needs it; cached with the tenant."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from applications.cimd.stand_in import find_stand_in_id
from applications.clients import Client
from applications.models import (
    ApplicationOrganizationResourceScope,
    ApplicationOrganizationScope,
    ApplicationResourceScope,
    ApplicationUserScope,
)
from applications.scopes import OFFLINE_ACCESS, OPENID
from tenants.configuration import cached

NameSets = Mapping[str, frozenset[str]]

_ALWAYS = frozenset({OPENID, OFFLINE_ACCESS})


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an application may ask users for.

    `resource_scopes` and `organization_resource_scopes` are by resource id: the first in the user's own name, the
    second within the organizations that the user lets the application into.
    """

    statics: frozenset[str]
    resource_scopes: NameSets
    organization_resource_scopes: NameSets
    organization_scopes: frozenset[str]

    def __or__(self, other: "Allowed") -> "Allowed":
        """Return what either of them allows."""
        return Allowed(
            self.statics | other.statics,
            _united(self.resource_scopes, other.resource_scopes),
            _united(self.organization_resource_scopes, other.organization_resource_scopes),
            self.organization_scopes | other.organization_scopes,
        )

    def of_resource(self, resource_id: str) -> frozenset[str]:
        """Return the permissions of an API that the application may use in the user's own name."""
        return self.resource_scopes.get(resource_id, frozenset())

    def of_resource_in_organizations(self, resource_id: str) -> frozenset[str]:
        """Return the permissions of an API that the application may use within organizations."""
        return self.organization_resource_scopes.get(resource_id, frozenset())


def _united(left: NameSets, right: NameSets) -> NameSets:
    ids = left.keys() | right.keys()
    return {key: left.get(key, frozenset()) | right.get(key, frozenset()) for key in ids}


def _grouped(pairs: Iterable[tuple[str, str]]) -> NameSets:
    groups: dict[str, set[str]] = defaultdict(set)
    for resource_id, name in pairs:
        groups[resource_id].add(name)
    return {resource_id: frozenset(names) for resource_id, names in groups.items()}


def _load(application_id: str) -> Allowed:
    users = ApplicationUserScope.objects.filter(application_id=application_id)
    resources = ApplicationResourceScope.objects.filter(application_id=application_id)
    in_organizations = ApplicationOrganizationResourceScope.objects.filter(application_id=application_id)
    organizations = ApplicationOrganizationScope.objects.filter(application_id=application_id)
    return Allowed(
        statics=_ALWAYS.union(users.values_list("scope", flat=True)),
        resource_scopes=_grouped(resources.values_list("scope__resource_id", "scope__name")),
        organization_resource_scopes=_grouped(in_organizations.values_list("scope__resource_id", "scope__name")),
        organization_scopes=frozenset(organizations.values_list("scope__name", flat=True)),
    )


def allowed_to_ask(client: Client) -> Allowed:
    """Return what a third-party client may ask for; cached, so no statement when warm.

    A client that nobody here has checked may ask for what all of those may, and one that registered itself also for
    what developers allow it in particular.
    """
    if client.registered_itself:
        return cached("oidc.consent", client.id, lambda: _load(client.id) | _load(find_stand_in_id()))
    return cached("oidc.consent", client.id, lambda: _load(client.application_id))
