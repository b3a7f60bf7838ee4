"""What an application may ask users for, as a file has it: read for all applications at once, and set for one."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from applications.models import (
    Application,
    ApplicationOrganizationResourceScope,
    ApplicationOrganizationScope,
    ApplicationResourceScope,
    ApplicationUserScope,
)
from applications.services.consent_configuration import (
    USER_SCOPES,
    ScopeType,
    allow_user_consent_scopes,
    disallow_user_consent_scope,
)
from common.actors import Actor
from common.shapes import Choice
from configuration.kinds.base import Form
from configuration.kinds.shapes import Names, NamesByName, form_shape
from configuration.names import organization_scope_ids, permissions_of, scope_ids

CONSENT_MODELS = (
    ApplicationUserScope,
    ApplicationResourceScope,
    ApplicationOrganizationScope,
    ApplicationOrganizationResourceScope,
)
CONSENT = form_shape(
    {
        "userScopes": Names(of=Choice(choices=USER_SCOPES)),
        "permissions": NamesByName(),
        "organizationPermissions": Names(),
        "organizationResourcePermissions": NamesByName(),
    }
)


def read_consents() -> Mapping[str, Form]:
    """Return the consent configurations by application. Four statements."""
    user_scopes: dict[str, list[str]] = defaultdict(list)
    for application_id, scope in ApplicationUserScope.objects.values_list("application_id", "scope"):
        user_scopes[application_id].append(scope)
    of_organizations: dict[str, list[str]] = defaultdict(list)
    for application_id, name in ApplicationOrganizationScope.objects.values_list("application_id", "scope__name"):
        of_organizations[application_id].append(name)
    permissions, in_organizations = (
        _permissions(ApplicationResourceScope),
        _permissions(ApplicationOrganizationResourceScope),
    )
    found: dict[str, Form] = defaultdict(lambda: consent_form([], [], [], []))
    for application_id in {*user_scopes, *of_organizations, *permissions, *in_organizations}:
        found[application_id] = consent_form(
            user_scopes[application_id],
            permissions[application_id],
            of_organizations[application_id],
            in_organizations[application_id],
        )
    return found


def consent_form(
    user_scopes: Collection[str],
    permissions: Collection[tuple[str, str]],
    organization_permissions: Collection[str],
    organization_resource_permissions: Collection[tuple[str, str]],
) -> Form:
    """Return a consent configuration as a file has it."""
    return {
        "userScopes": sorted(user_scopes),
        "permissions": permissions_of(permissions),
        "organizationPermissions": sorted(organization_permissions),
        "organizationResourcePermissions": permissions_of(organization_resource_permissions),
    }


def set_consent(application: Application, form: Mapping[str, Any], *, path: str, actor: Actor) -> None:
    """Make an application's consent configuration that of a form; a list that is absent stays as it is."""
    wanted: dict[ScopeType, tuple[str, Collection[str]]] = {}
    if "userScopes" in form:
        wanted[ScopeType.USER_SCOPES] = ("user_scopes", form["userScopes"])
    if "permissions" in form:
        ids = scope_ids(form["permissions"], path=f"{path}.permissions")
        wanted[ScopeType.RESOURCE_SCOPES] = ("resource_scope_ids", ids)
    if "organizationPermissions" in form:
        ids = organization_scope_ids(form["organizationPermissions"], path=f"{path}.organizationPermissions")
        wanted[ScopeType.ORGANIZATION_SCOPES] = ("organization_scope_ids", ids)
    if "organizationResourcePermissions" in form:
        ids = scope_ids(form["organizationResourcePermissions"], path=f"{path}.organizationResourcePermissions")
        wanted[ScopeType.ORGANIZATION_RESOURCE_SCOPES] = ("organization_resource_scope_ids", ids)
    held = {kind: _held(application, kind) for kind in wanted}
    added: dict[str, Any] = {
        parameter: [id for id in ids if id not in held[kind]] for kind, (parameter, ids) in wanted.items()
    }
    if any(added.values()):
        allow_user_consent_scopes(application, **added, actor=actor)
    for kind, (_parameter, kept) in wanted.items():
        for id in sorted(held[kind].difference(kept)):
            disallow_user_consent_scope(application, scope_type=kind, scope_id=id, actor=actor)


_TABLES: Mapping[ScopeType, tuple[Any, str]] = {
    ScopeType.USER_SCOPES: (ApplicationUserScope, "scope"),
    ScopeType.RESOURCE_SCOPES: (ApplicationResourceScope, "scope_id"),
    ScopeType.ORGANIZATION_SCOPES: (ApplicationOrganizationScope, "scope_id"),
    ScopeType.ORGANIZATION_RESOURCE_SCOPES: (ApplicationOrganizationResourceScope, "scope_id"),
}


def _held(application: Application, kind: ScopeType) -> set[str]:
    model, field = _TABLES[kind]
    return set(model.objects.filter(application=application).values_list(field, flat=True))


def _permissions(model: Any) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    rows = model.objects.values_list("application_id", "scope__resource__indicator", "scope__name")
    for application_id, indicator, name in rows:
        found[application_id].append((indicator, name))
    return found
