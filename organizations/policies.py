"""Which roles of the template may be held by whom, and what a role may grant."""

from collections.abc import Collection

from access.models import RoleType, Scope
from access.policies import assert_scopes_grantable
from common.errors import AppError
from organizations.errors import missing_reference
from organizations.models import OrganizationRole, OrganizationScope


def assignable_roles(role_ids: Collection[str], *, holder: RoleType) -> list[OrganizationRole]:
    """Return the roles of these ids, for somebody of the kind `holder`.

    Raises 422 `entity.relation_foreign_key_not_found` for an unknown id and `entity.db_constraint_violated` for a role
    that is meant for the other kind of holder.
    """
    roles = list(OrganizationRole.objects.filter(id__in=set(role_ids)))
    if len(roles) != len(set(role_ids)):
        raise missing_reference()
    if any(role.type != holder for role in roles):
        raise AppError("entity.db_constraint_violated")
    return roles


def grantable_scopes(scope_ids: Collection[str]) -> list[OrganizationScope]:
    """Return the organization permissions of these ids; raises 422 `entity.relation_foreign_key_not_found`."""
    scopes = list(OrganizationScope.objects.filter(id__in=set(scope_ids)))
    if len(scopes) != len(set(scope_ids)):
        raise missing_reference()
    return scopes


def grantable_resource_scopes(scope_ids: Collection[str]) -> list[Scope]:
    """Return the API permissions of these ids, which a role of the template may grant.

    Raises 422 `entity.relation_foreign_key_not_found`, and `role.management_api_scopes_not_assignable_to_user_role` for
    the tenant's Management API: a role in one organization, whoever may hold it, never opens the whole tenant.
    """
    scopes = list(Scope.objects.filter(id__in=set(scope_ids)).select_related("resource"))
    if len(scopes) != len(set(scope_ids)):
        raise missing_reference()
    assert_scopes_grantable(RoleType.USER, scopes)
    return scopes
