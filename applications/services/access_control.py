"""Which users an application admits."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from access.models import Role, RoleType
from applications.access_rules import AccessRules, read_access_rules
from applications.models import (
    Application,
    ApplicationAccessOrganization,
    ApplicationAccessOrganizationRole,
    ApplicationAccessRole,
    ApplicationAccessUser,
)
from applications.selectors import get_application
from common.actors import Actor
from common.errors import AppError
from events.history import record
from identity.models import User
from organizations.models import Organization, OrganizationRole

_RULES = (
    ApplicationAccessUser,
    ApplicationAccessRole,
    ApplicationAccessOrganization,
    ApplicationAccessOrganizationRole,
)


@transaction.atomic
def replace_access_rules(application: Application, rules: AccessRules, *, actor: Actor) -> AccessRules:
    """Make these the application's access rules and return them as they stand; the switch is the application's own.

    They take effect with the next token. Records `ApplicationAccessControl.Updated`. Raises
    `entity.relation_foreign_key_not_found` for an id that is unknown, and `entity.db_constraint_violated` for a role
    that users do not hold.
    """
    _assert_known(rules)
    # One change at a time; whoever deletes the application meanwhile is first or waits.
    Application.objects.select_for_update(no_key=True).filter(id=application.id).first()
    application = get_application(application.id)
    for model in _RULES:
        model.objects.filter(application=application).delete()
    _write(application, rules)
    stored = read_access_rules(application)
    record(
        "ApplicationAccessControl.Updated",
        subject=application,
        userCount=len(stored.user_ids),
        userRoleIds=stored.role_ids,
        organizationIds=stored.organization_ids,
        organizationRoleRules=stored.organization_roles,
        actor=actor,
    )
    return stored


def _write(application: Application, rules: AccessRules) -> None:
    ApplicationAccessUser.objects.bulk_create(
        ApplicationAccessUser(application=application, user_id=user_id) for user_id in dict.fromkeys(rules.user_ids)
    )
    ApplicationAccessRole.objects.bulk_create(
        ApplicationAccessRole(application=application, role_id=role_id) for role_id in dict.fromkeys(rules.role_ids)
    )
    ApplicationAccessOrganization.objects.bulk_create(
        ApplicationAccessOrganization(application=application, organization_id=organization_id)
        for organization_id in dict.fromkeys(rules.organization_ids)
    )
    ApplicationAccessOrganizationRole.objects.bulk_create(
        ApplicationAccessOrganizationRole(application=application, organization_id=organization_id, role_id=role_id)
        for organization_id, role_ids in rules.organization_roles.items()
        for role_id in dict.fromkeys(role_ids)
    )


def _assert_known(rules: AccessRules) -> None:
    """Refuse ids that name nothing of this tenant, and roles of machines."""
    template_role_ids = {role_id for role_ids in rules.organization_roles.values() for role_id in role_ids}
    _find(User, rules.user_ids)
    _find(Organization, [*rules.organization_ids, *rules.organization_roles])
    for model, role_ids in ((Role, rules.role_ids), (OrganizationRole, template_role_ids)):
        if any(role.type != RoleType.USER for role in _find(model, role_ids)):
            raise AppError("entity.db_constraint_violated")


def _find(model: Any, ids: Iterable[str]) -> list[Any]:
    wanted = set(ids)
    found = list(model.objects.filter(id__in=wanted)) if wanted else []
    if len(found) != len(wanted):
        raise AppError("entity.relation_foreign_key_not_found")
    return found
