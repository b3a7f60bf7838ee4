"""Reads of API resources, permissions and global roles."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from access.management import INTERNAL_PREFIX
from access.models import Resource, Role, Scope, TokenHeaderType
from common.errors import AppError
from tenants.configuration import cached


@dataclass(frozen=True, slots=True)
class ResourceInfo:
    """What the token path needs of an API resource."""

    id: str
    name: str
    indicator: str
    access_token_ttl: int
    is_default: bool
    header_type: str = TokenHeaderType.AT_JWT


def _info(resource: Resource | None) -> ResourceInfo | None:
    if resource is None:
        return None
    return ResourceInfo(
        resource.id,
        resource.name,
        resource.indicator,
        resource.access_token_ttl,
        resource.is_default,
        TokenHeaderType(resource.access_token_header_type),
    )


def get_resource(resource_id: str) -> Resource:
    """Return an API resource; raises `entity.not_exists_with_id`."""
    resource = Resource.objects.filter(id=resource_id).first()
    if resource is None:
        raise AppError("entity.not_exists_with_id")
    return resource


def find_resource_by_indicator(indicator: str) -> ResourceInfo | None:
    """Return the API resource with exactly this indicator; cached, so no statement when warm."""
    return _resources_by_indicator().get(indicator)


def default_resource() -> ResourceInfo | None:
    """Return the tenant's default API resource, if it has one; cached."""
    return next((info for info in _resources_by_indicator().values() if info.is_default), None)


def _resources_by_indicator() -> dict[str, ResourceInfo]:
    def load() -> dict[str, ResourceInfo]:
        infos = (_info(resource) for resource in Resource.objects.all())
        return {info.indicator: info for info in infos if info is not None}

    return cached("resources", None, load)


def list_resources(*, with_scopes: bool = False) -> QuerySet[Resource]:
    """Return the tenant's API resources, oldest first; with `with_scopes` their permissions come in one statement."""
    resources = Resource.objects.order_by("created_at", "id")
    return resources.prefetch_related("scopes") if with_scopes else resources


def list_scopes(resource: Resource) -> QuerySet[Scope]:
    """Return the permissions of an API resource, oldest first."""
    return Scope.objects.filter(resource=resource).order_by("created_at", "id")


def get_scope(resource: Resource, scope_id: str) -> Scope:
    """Return a permission of an API resource; raises `entity.not_exists_with_id`."""
    scope = Scope.objects.filter(resource=resource, id=scope_id).first()
    if scope is None:
        raise AppError("entity.not_exists_with_id")
    return scope


def get_scopes(scope_ids: Iterable[str]) -> list[Scope]:
    """Return permissions, with their resources, in the order of their ids; raises `entity.not_exists_with_id`."""
    wanted = list(dict.fromkeys(scope_ids))
    found = {scope.id: scope for scope in Scope.objects.filter(id__in=wanted).select_related("resource")}
    if len(found) != len(wanted):
        raise AppError("entity.not_exists_with_id")
    return [found[scope_id] for scope_id in wanted]


def list_roles(*, type: str | None = None) -> QuerySet[Role]:
    """Return the tenant's global roles, oldest first, without the internal ones."""
    roles = Role.objects.exclude(name__startswith=INTERNAL_PREFIX).order_by("created_at", "id")
    return roles.filter(type=type) if type else roles


def get_role(role_id: str) -> Role:
    """Return a global role; raises `entity.not_exists_with_id`."""
    role = Role.objects.filter(id=role_id).first()
    if role is None:
        raise AppError("entity.not_exists_with_id")
    return role


def get_roles(role_ids: Iterable[str]) -> list[Role]:
    """Return global roles in the order of their ids; raises `entity.not_exists_with_id` if one is unknown."""
    wanted = list(dict.fromkeys(role_ids))
    found = Role.objects.in_bulk(wanted)
    if len(found) != len(wanted):
        raise AppError("entity.not_exists_with_id")
    return [found[role_id] for role_id in wanted]


def list_role_scopes(role: Role) -> QuerySet[Scope]:
    """Return the permissions a role grants, each with its resource loaded."""
    return Scope.objects.filter(role_scopes__role=role).select_related("resource").order_by("created_at", "id")
