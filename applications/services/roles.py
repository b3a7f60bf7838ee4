"""Global roles of machine-to-machine applications, seen from either side."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from access.management import ADMIN_ROLE_NAME, INTERNAL_PREFIX, ensure_admin_role
from access.models import Role, RoleType
from access.selectors import get_roles
from applications.models import Application, ApplicationRole
from applications.models.application import ApplicationType
from applications.selectors import get_applications
from common.actors import Actor
from common.constraints import constraint_errors
from common.errors import AppError
from events.history import record

ROLE_APPLICATIONS_UPDATED = "Role.Applications.Updated"


def assert_holds_roles(application: Application) -> None:
    """Only machine-to-machine applications hold global roles: `application.invalid_type`."""
    if application.type != ApplicationType.MACHINE_TO_MACHINE:
        raise AppError("application.invalid_type")


def _assignable(role_ids: Iterable[str]) -> list[Role]:
    roles = get_roles(role_ids)
    for role in roles:
        _assert_assignable(role)
    return roles


def _assert_assignable(role: Role) -> None:
    if role.name.startswith(INTERNAL_PREFIX):
        raise AppError("role.internal_role_violation")
    if role.type != RoleType.MACHINE_TO_MACHINE:
        raise AppError("application.invalid_role_type", data={"roleId": role.id})


def _held_ids(application: Application) -> set[str]:
    return set(ApplicationRole.objects.filter(application=application).values_list("role_id", flat=True))


def _add(application: Application, roles: Iterable[Role]) -> None:
    ApplicationRole.objects.bulk_create(
        [ApplicationRole(application=application, role=role) for role in roles], ignore_conflicts=True
    )


@transaction.atomic
def assign_application_roles(application: Application, *, role_ids: Iterable[str], actor: Actor) -> list[str]:
    """Give an application roles; those it holds stay. Returns the ids of the added ones.

    Raises `application.invalid_type`, `application.invalid_role_type`, `role.internal_role_violation`, and
    `entity.not_exists_with_id` for an unknown role.
    """
    assert_holds_roles(application)
    roles = _assignable(role_ids)
    held = _held_ids(application)
    added = [role for role in roles if role.id not in held]
    _add(application, added)
    _record(application, actor, added=[role.id for role in added])
    return [role.id for role in added]


@transaction.atomic
def replace_application_roles(application: Application, *, role_ids: Iterable[str], actor: Actor) -> list[str]:
    """Make these the application's roles; the hidden administrator role stays. Raises what assigning raises."""
    assert_holds_roles(application)
    roles = _assignable(role_ids)
    before = _held_ids(application)
    held = ApplicationRole.objects.filter(application=application)
    leaving = held.exclude(role__in=roles).exclude(role__name__startswith=INTERNAL_PREFIX)
    removed = list(leaving.values_list("role_id", flat=True))
    leaving.delete()
    _add(application, roles)
    _record(application, actor, added=[role.id for role in roles if role.id not in before], removed=removed)
    return [role.id for role in roles]


@transaction.atomic
def remove_application_role(application: Application, *, role_id: str, actor: Actor) -> None:
    """Take a role from an application; raises `application.invalid_type`, and `entity.not_found` if it has it not."""
    assert_holds_roles(application)
    held = ApplicationRole.objects.filter(application=application, role_id=role_id)
    if not held.exclude(role__name__startswith=INTERNAL_PREFIX).delete()[0]:
        raise AppError("entity.not_found")
    _record(application, actor, removed=[role_id])


@transaction.atomic
def add_role_applications(role: Role, *, application_ids: Iterable[str], actor: Actor) -> None:
    """Give a role to applications; all of them or none.

    Raises `role.application_exists` if one holds it already, `application.invalid_type`,
    `application.invalid_role_type`, and `entity.not_exists_with_id` for an unknown application.
    """
    _assert_assignable(role)
    applications = get_applications(application_ids)
    for application in applications:
        assert_holds_roles(application)
    with constraint_errors(application_role="role.application_exists"):
        ApplicationRole.objects.bulk_create(
            ApplicationRole(application=application, role=role) for application in applications
        )
    ids = [application.id for application in applications]
    record(ROLE_APPLICATIONS_UPDATED, actor=actor, subject=role, added={"applicationIds": ids})


@transaction.atomic
def remove_role_application(role: Role, *, application_id: str, actor: Actor) -> None:
    """Take a role from an application. Raises `entity.not_found` if it has not got it."""
    if not ApplicationRole.objects.filter(role=role, application_id=application_id).delete()[0]:
        raise AppError("entity.not_found")
    record(ROLE_APPLICATIONS_UPDATED, actor=actor, subject=role, removed={"applicationIds": [application_id]})


@transaction.atomic
def set_application_admin(application: Application, *, is_admin: bool, actor: Actor) -> None:
    """Give or take the hidden role that grants the whole Management API. Raises `application.invalid_type`."""
    held = ApplicationRole.objects.filter(application=application, role__name=ADMIN_ROLE_NAME)
    was_admin = held.exists()
    if is_admin:
        assert_holds_roles(application)
        _add(application, [ensure_admin_role()])
    else:
        held.delete()
    if was_admin != is_admin:
        record(
            "Application.Data.Updated",
            actor=actor,
            subject=application,
            before={"isAdmin": was_admin},
            after={"isAdmin": is_admin},
        )


def _record(application: Application, actor: Actor, *, added: Sequence[str] = (), removed: Sequence[str] = ()) -> None:
    if added or removed:
        record(
            "Application.Roles.Updated",
            actor=actor,
            subject=application,
            added={"roleIds": added},
            removed={"roleIds": removed},
        )
