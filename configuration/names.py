"""From the names of a file to the rows they mean, and back. A name that means nothing, or two things, is refused."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from access.management import management_api_indicator
from access.models import Role, Scope
from common.errors import AppError, invalid_value
from configuration.kinds.shapes import MANAGEMENT_API
from organizations.models import OrganizationRole, OrganizationScope
from tenants.context import current_tenant_id

NamesByName = Mapping[str, Iterable[str]]

_MAX_TOLD = 128


def told_indicator(indicator: str) -> str:
    """Return what an API is called in a file."""
    return MANAGEMENT_API if indicator == management_api_indicator(current_tenant_id()) else indicator


def unknown_name(path: str, name: str) -> AppError:
    """Return the refusal of a name that nothing has."""
    return invalid_value(path, _("Nothing is called “%(name)s”.") % {"name": name[:_MAX_TOLD]}, code="unknown")


def ids_of(model: type[Model], names: Iterable[str], *, path: str, field: str = "name") -> list[str]:
    """Return the ids of rows by their names; raises `guard.invalid_input` for one that is unknown or ambiguous."""
    wanted = list(dict.fromkeys(names))
    found: dict[str, list[str]] = defaultdict(list)
    rows: Any = model._default_manager.filter(**{f"{field}__in": wanted})
    for id, name in rows.values_list("pk", field):
        found[name].append(id)
    for name in wanted:
        if not found[name]:
            raise unknown_name(path, name)
        if len(found[name]) > 1:
            message = _("Several things are called “%(name)s”.") % {"name": name[:_MAX_TOLD]}
            raise invalid_value(path, message, code="ambiguous")
    return [found[name][0] for name in wanted]


def role_ids(names: Iterable[str], *, path: str) -> list[str]:
    """Return the ids of global roles by name."""
    return ids_of(Role, names, path=path)


def organization_role_ids(names: Iterable[str], *, path: str) -> list[str]:
    """Return the ids of roles of the template by name."""
    return ids_of(OrganizationRole, names, path=path)


def organization_scope_ids(names: Iterable[str], *, path: str) -> list[str]:
    """Return the ids of permissions of the template by name."""
    return ids_of(OrganizationScope, names, path=path)


def scope_ids(permissions: NamesByName, *, path: str) -> list[str]:
    """Return the ids of permissions, given by the indicator of their API."""
    own = management_api_indicator(current_tenant_id())
    wanted = [
        (own if indicator == MANAGEMENT_API else indicator, name)
        for indicator, names in permissions.items()
        for name in names
    ]
    scopes = Scope.objects.filter(resource__indicator__in={indicator for indicator, _name in wanted})
    found = {(row[0], row[1]): row[2] for row in scopes.values_list("resource__indicator", "name", "id")}
    for indicator, name in wanted:
        if (indicator, name) not in found:
            raise unknown_name(f"{path}.{told_indicator(indicator)}", name)
    return [found[place] for place in wanted]


def permissions_of(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return permissions as a file has them, from pairs of the API's indicator and the permission's name."""
    found: dict[str, set[str]] = defaultdict(set)
    for indicator, name in rows:
        found[told_indicator(indicator)].add(name)
    return {indicator: sorted(found[indicator]) for indicator in sorted(found)}
