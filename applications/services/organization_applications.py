"""Machine-to-machine applications get places in organizations, and template roles there."""

from collections.abc import Collection, Sequence

from django.db import transaction

from access.models import RoleType
from applications.models import Application, OrganizationApplication, OrganizationApplicationRole
from applications.models.application import ApplicationType
from common.actors import Actor
from common.errors import AppError
from events.history import record
from organizations.errors import missing_reference
from organizations.models import Organization, OrganizationRole
from organizations.policies import assignable_roles
from organizations.services.members import MEMBERSHIP_UPDATED, ROLES
from organizations.services.organizations import hold

# The kind of ids in the history.
APPLICATIONS = "applicationIds"


@transaction.atomic
def add_organization_applications(
    organization: Organization, *, application_ids: Collection[str], actor: Actor
) -> list[str]:
    """Give applications a place in the organization and return the ids of those that had none before.

    Raises 422 `entity.relation_foreign_key_not_found` for an unknown one and `entity.db_constraint_violated` for one
    that is not machine-to-machine. Publishes `Organization.Membership.Updated`.
    """
    hold(organization)
    added = _join(organization, application_ids)
    _record_places(organization, actor, added=added)
    return added


@transaction.atomic
def replace_organization_applications(
    organization: Organization, *, application_ids: Collection[str], actor: Actor
) -> None:
    """Make these the organization's only applications; those that stay keep their roles.

    Raises and publishes as `add_organization_applications`.
    """
    hold(organization, alone=True)
    leaving = OrganizationApplication.objects.select_for_update().filter(organization=organization)
    removed = [place.application_id for place in leaving.exclude(application_id__in=set(application_ids))]
    OrganizationApplication.objects.filter(organization=organization, application_id__in=removed).delete()
    added = _join(organization, application_ids)
    _record_places(organization, actor, added=added, removed=removed)


@transaction.atomic
def remove_organization_application(organization: Organization, *, application_id: str, actor: Actor) -> None:
    """Take an application's place, with its roles there; raises `entity.not_found` where it has none.

    Publishes `Organization.Membership.Updated`.
    """
    place = _lock_place(organization, application_id)
    if place is None:
        raise AppError("entity.not_found")
    place.delete()
    _record_places(organization, actor, removed=[application_id])


@transaction.atomic
def assign_organization_application_roles(
    organization: Organization, *, application_id: str, role_ids: Collection[str], actor: Actor
) -> None:
    """Give an application roles in the organization; those it holds stay.

    Raises `organization.require_membership`, and as `organizations.policies.assignable_roles`.
    """
    place = _require_place(organization, application_id)
    added = _give(place, assignable_roles(role_ids, holder=RoleType.MACHINE_TO_MACHINE))
    _record_roles(organization, place, actor, added=added)


@transaction.atomic
def assign_roles_to_organization_applications(
    organization: Organization, *, application_ids: Collection[str], role_ids: Collection[str], actor: Actor
) -> None:
    """Give each of these applications each of these roles. Raises 422 `entity.relation_foreign_key_not_found`."""
    roles = assignable_roles(role_ids, holder=RoleType.MACHINE_TO_MACHINE)
    for application_id in sorted(set(application_ids)):
        place = _lock_place(organization, application_id)
        if place is None:
            raise missing_reference()
        _record_roles(organization, place, actor, added=_give(place, roles))


@transaction.atomic
def replace_organization_application_roles(
    organization: Organization, *, application_id: str, role_ids: Collection[str], actor: Actor
) -> None:
    """Make these the application's only roles in the organization. Raises as assigning."""
    place = _require_place(organization, application_id)
    roles = assignable_roles(role_ids, holder=RoleType.MACHINE_TO_MACHINE)
    leaving = OrganizationApplicationRole.objects.filter(organization_application=place).exclude(role__in=roles)
    removed = list(leaving.values_list("role_id", flat=True))
    leaving.delete()
    _record_roles(organization, place, actor, added=_give(place, roles), removed=removed)


@transaction.atomic
def remove_organization_application_role(
    organization: Organization, *, application_id: str, role_id: str, actor: Actor
) -> None:
    """Take a role from an application; raises `organization.require_membership` and `entity.not_found`."""
    place = _require_place(organization, application_id)
    held = OrganizationApplicationRole.objects.filter(organization_application=place, role_id=role_id)
    if not held.delete()[0]:
        raise AppError("entity.not_found")
    _record_roles(organization, place, actor, removed=[role_id])


def _join(organization: Organization, application_ids: Collection[str]) -> list[str]:
    wanted = set(application_ids)
    # Held until the commit, so that none is deleted under a place just written.
    applications = list(Application.objects.filter(id__in=wanted).select_for_update(no_key=True).order_by("id"))
    if len(applications) != len(wanted):
        raise missing_reference()
    if any(application.type != ApplicationType.MACHINE_TO_MACHINE for application in applications):
        raise AppError("entity.db_constraint_violated")
    places = OrganizationApplication.objects.filter(organization=organization, application_id__in=wanted)
    present = set(places.values_list("application_id", flat=True))
    added = [application.id for application in applications if application.id not in present]
    OrganizationApplication.objects.bulk_create(
        [OrganizationApplication(organization=organization, application_id=application_id) for application_id in added],
        ignore_conflicts=True,
    )
    return added


def _lock_place(organization: Organization, application_id: str) -> OrganizationApplication | None:
    places = OrganizationApplication.objects.select_for_update()
    return places.filter(organization=organization, application_id=application_id).first()


def _require_place(organization: Organization, application_id: str) -> OrganizationApplication:
    place = _lock_place(organization, application_id)
    if place is None:
        raise AppError("organization.require_membership")
    return place


def _give(place: OrganizationApplication, roles: Sequence[OrganizationRole]) -> list[str]:
    """Return the ids of the roles that are new."""
    held = set(
        OrganizationApplicationRole.objects.filter(organization_application=place).values_list("role_id", flat=True)
    )
    OrganizationApplicationRole.objects.bulk_create(
        [OrganizationApplicationRole(organization_application=place, role=role) for role in roles],
        ignore_conflicts=True,
    )
    return [role.id for role in roles if role.id not in held]


def _record_places(
    organization: Organization, actor: Actor, *, added: Sequence[str] = (), removed: Sequence[str] = ()
) -> None:
    if added or removed:
        record(
            MEMBERSHIP_UPDATED,
            actor=actor,
            subject=organization,
            added={APPLICATIONS: added},
            removed={APPLICATIONS: removed},
        )


def _record_roles(
    organization: Organization,
    place: OrganizationApplication,
    actor: Actor,
    *,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
) -> None:
    if added or removed:
        record(
            "Organization.ApplicationRoles.Updated",
            actor=actor,
            subject=organization,
            application_id=place.application_id,
            added={ROLES: added},
            removed={ROLES: removed},
        )
