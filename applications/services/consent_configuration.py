"""Developers decide what a third-party application may ask users for."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any

from django.db import transaction

from access.management import management_api_indicator
from access.models import Scope
from applications.models import (
    Application,
    ApplicationOrganizationResourceScope,
    ApplicationOrganizationScope,
    ApplicationResourceScope,
    ApplicationUserScope,
)
from applications.scopes import OFFLINE_ACCESS, OPENID, STATIC_SCOPES
from common.actors import Actor
from common.errors import AppError
from events.history import Subject, record
from organizations.models import OrganizationScope
from tenants.context import current_tenant_id

AUDIT_KEY = "ApplicationConsentScopes.Updated"
# Where the configuration is that of all clients that nobody here has checked.
CEILING_AUDIT_KEY = "CimdConsentScopes.Updated"

USER_SCOPES = tuple(name for name in STATIC_SCOPES if name not in (OPENID, OFFLINE_ACCESS))
"""The scopes of the provider that a configuration names; the two others go without saying."""


class ScopeType(StrEnum):
    """The four lists of a configuration, as addresses name them."""

    ORGANIZATION_SCOPES = "organization-scopes"
    RESOURCE_SCOPES = "resource-scopes"
    ORGANIZATION_RESOURCE_SCOPES = "organization-resource-scopes"
    USER_SCOPES = "user-scopes"


_MODELS: dict[ScopeType, Any] = {
    ScopeType.ORGANIZATION_SCOPES: ApplicationOrganizationScope,
    ScopeType.RESOURCE_SCOPES: ApplicationResourceScope,
    ScopeType.ORGANIZATION_RESOURCE_SCOPES: ApplicationOrganizationResourceScope,
    ScopeType.USER_SCOPES: ApplicationUserScope,
}


def assert_third_party(application: Application) -> None:
    """Refuse what makes sense for third-party applications alone: `application.third_party_application_only`."""
    if not application.is_third_party:
        raise AppError("application.third_party_application_only")


@transaction.atomic
def allow_user_consent_scopes(
    application: Application,
    *,
    organization_scope_ids: Collection[str] = (),
    resource_scope_ids: Collection[str] = (),
    organization_resource_scope_ids: Collection[str] = (),
    user_scopes: Sequence[str] = (),
    actor: Actor,
) -> None:
    """Let a third-party application ask for more; what it may ask for already stays.

    Raises `application.third_party_application_only`, `application.user_consent_scopes_not_found` with the unknown
    ids, and `application.consent_management_api_scopes_not_allowed`.
    """
    assert_third_party(application)
    # Held until the commit, so that the application is not deleted under a row just written.
    Application.with_hidden.select_for_update(no_key=True).get(id=application.id)
    # The permissions too, in the order of their ids.
    template = OrganizationScope.objects.filter(id__in=set(organization_scope_ids)).order_by("id")
    of_organizations = {scope.id for scope in template.select_for_update(no_key=True)}
    scopes = Scope.objects.filter(id__in={*resource_scope_ids, *organization_resource_scope_ids}).order_by("id")
    found = {
        scope.id: scope for scope in scopes.select_for_update(of=("self",), no_key=True).select_related("resource")
    }
    _assert_known(
        invalidOrganizationScopes=set(organization_scope_ids) - of_organizations,
        invalidResourceScopes=set(resource_scope_ids) - found.keys(),
        invalidOrganizationResourceScopes=set(organization_resource_scope_ids) - found.keys(),
    )
    management_api = management_api_indicator(current_tenant_id())
    if any(scope.resource.indicator == management_api for scope in found.values()):
        raise AppError("application.consent_management_api_scopes_not_allowed")
    _add(ApplicationOrganizationScope, application, "scope_id", organization_scope_ids)
    _add(ApplicationResourceScope, application, "scope_id", resource_scope_ids)
    _add(ApplicationOrganizationResourceScope, application, "scope_id", organization_resource_scope_ids)
    _add(ApplicationUserScope, application, "scope", user_scopes)
    added = {
        ScopeType.ORGANIZATION_SCOPES: organization_scope_ids,
        ScopeType.RESOURCE_SCOPES: resource_scope_ids,
        ScopeType.ORGANIZATION_RESOURCE_SCOPES: organization_resource_scope_ids,
        ScopeType.USER_SCOPES: user_scopes,
    }
    _record(application, actor, added={str(kind): list(ids) for kind, ids in added.items() if ids})


@transaction.atomic
def disallow_user_consent_scope(
    application: Application, *, scope_type: ScopeType, scope_id: str, actor: Actor
) -> None:
    """Take one entry from what an application may ask for; tokens lose it at their next refresh.

    `scope_id` is the name of one of the provider's own scopes. Raises `entity.not_found` if it is not there.
    """
    field = "scope" if scope_type == ScopeType.USER_SCOPES else "scope_id"
    removed, _ = _MODELS[scope_type].objects.filter(application=application, **{field: scope_id}).delete()
    if not removed:
        raise AppError("entity.not_found")
    _record(application, actor, removed={str(scope_type): [scope_id]})


def _record(application: Application, actor: Actor, **changes: Any) -> None:
    is_ceiling = application.registration_source == Application.RegistrationSource.CIMD
    if is_ceiling:
        record(CEILING_AUDIT_KEY, actor=actor, subject=Subject("Setting", "cimd"), **changes)
    else:
        record(AUDIT_KEY, actor=actor, subject=application, **changes)


def _assert_known(**unknown: Collection[str]) -> None:
    if any(unknown.values()):
        data = {name: sorted(ids) for name, ids in unknown.items()}
        raise AppError("application.user_consent_scopes_not_found", data=data)


def _add(model: Any, application: Application, field: str, values: Collection[str]) -> None:
    rows = [model(application=application, **{field: value}) for value in dict.fromkeys(values)]
    model.objects.bulk_create(rows, ignore_conflicts=True)
