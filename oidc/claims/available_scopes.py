"""Which scopes an API resource offers to a user or an application, now.

What roles grant is configuration and cached; who holds which role is read with each call.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlsplit

from access.models import RoleScope
from access.selectors import ResourceInfo, find_resource_by_indicator
from applications.allowed_scopes import allowed_to_ask
from applications.clients import Client
from applications.models import ApplicationRole
from applications.scopes import ORGANIZATIONS_RESOURCE
from common.oauth.errors import invalid_target
from oidc.claims import role_statements
from organizations.selectors import all_organization_scope_names, resource_scope_names_of_roles
from tenants.configuration import cached

NameSets = Mapping[str, frozenset[str]]

_ORGANIZATIONS = ResourceInfo(
    id="", name="Organizations", indicator=ORGANIZATIONS_RESOURCE, access_token_ttl=3600, is_default=False
)


def assert_absolute_uri(indicator: str) -> None:
    """Refuse what cannot be a resource indicator (RFC 8707 section 2): `invalid_target`."""
    try:
        parts = urlsplit(indicator)
    except ValueError:
        parts = None
    if parts is None or not parts.scheme or not (parts.netloc or parts.path):
        raise invalid_target("resource indicator must be an absolute URI")
    if "#" in indicator:
        raise invalid_target("resource indicator must not contain a fragment component")


def get_resource(indicator: str) -> ResourceInfo:
    """Return the API resource with this indicator; raises `invalid_target` for an unknown one."""
    assert_absolute_uri(indicator)
    if indicator == ORGANIZATIONS_RESOURCE:
        return _ORGANIZATIONS
    resource = find_resource_by_indicator(indicator)
    if resource is None:
        raise invalid_target()
    return resource


def _grouped(pairs: Iterable[tuple[str, str]]) -> NameSets:
    groups: dict[str, set[str]] = defaultdict(set)
    for role_id, name in pairs:
        groups[role_id].add(name)
    return {role_id: frozenset(names) for role_id, names in groups.items()}


def _union(grants: NameSets, role_ids: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(grants.get(role_id, frozenset()) for role_id in role_ids))


def _global_role_grants(resource_id: str) -> NameSets:
    def load() -> NameSets:
        rows = RoleScope.objects.filter(scope__resource_id=resource_id)
        return _grouped(rows.values_list("role_id", "scope__name"))

    return cached("oidc.role_grants", resource_id, load)


def scopes_available_to_user(
    resource: ResourceInfo,
    *,
    user_id: str,
    client: Client,
    organization_id: str | None = None,
    consented_organizations: Collection[str] = (),
) -> frozenset[str]:
    """Return what a resource offers to a user who signs in to `client`.

    The user's global roles count, and the organization roles: of every organization, or of `organization_id` alone.
    A third-party application is offered only what its consent configuration names, and of organization roles only those
    in organizations that the user has chosen for it; `consented_organizations` are those in which a client with a
    metadata document may act. At most one statement, for a third-party application two.
    """
    if resource.indicator == ORGANIZATIONS_RESOURCE:
        offered = frozenset(all_organization_scope_names())
        return offered & allowed_to_ask(client).organization_scopes if client.is_third_party else offered
    roles = role_statements.read_user_roles(user_id, organization_id)
    offered = _union(_global_role_grants(resource.id), roles.global_roles)
    if not client.is_third_party:
        return offered.union(resource_scope_names_of_roles(roles.organization_roles, resource.id))
    in_own_name = offered & allowed_to_ask(client).of_resource(resource.id)
    if client.has_document:
        consented = [held for held in consented_organizations if organization_id in (None, held)]
        return in_own_name | _available_within(resource, user_id, client, consented)
    return in_own_name | _available_where_consented(resource, user_id, client, organization_id)


def _available_where_consented(
    resource: ResourceInfo, user_id: str, client: Client, organization_id: str | None
) -> frozenset[str]:
    """What the user's roles grant in the organizations that they let the application into."""
    allowed = allowed_to_ask(client).of_resource_in_organizations(resource.id)
    if not allowed:
        return frozenset()
    role_ids = role_statements.read_consented_roles(user_id, client.id, organization_id)
    return allowed.intersection(resource_scope_names_of_roles(role_ids, resource.id))


def _available_within(
    resource: ResourceInfo, user_id: str, client: Client, organization_ids: Iterable[str]
) -> frozenset[str]:
    """What the user's roles grant in organizations that are named; none in those they have left."""
    allowed = allowed_to_ask(client).of_resource_in_organizations(resource.id)
    if not allowed:
        return frozenset()
    roles = [
        role
        for found in organization_ids
        for role in role_statements.read_user_roles(user_id, found).organization_roles
    ]
    return allowed.intersection(resource_scope_names_of_roles(roles, resource.id))


def scopes_available_to_client(resource: ResourceInfo, *, client: Client) -> frozenset[str]:
    """Return what a resource offers to an application by its global roles; cached."""
    if resource.indicator == ORGANIZATIONS_RESOURCE:
        return frozenset(all_organization_scope_names())

    def load() -> frozenset[str]:
        held = ApplicationRole.objects.filter(application_id=client.id).values_list("role_id", flat=True)
        return _union(_global_role_grants(resource.id), held)

    return cached("oidc.client_offer", (client.id, resource.id), load)


def scopes_of_organization_roles(resource: ResourceInfo, role_ids: Iterable[str]) -> frozenset[str]:
    """Return what a resource offers to an application by the roles it holds in one organization; cached."""
    if resource.indicator == ORGANIZATIONS_RESOURCE:
        return frozenset(all_organization_scope_names())
    return frozenset(resource_scope_names_of_roles(role_ids, resource.id))
