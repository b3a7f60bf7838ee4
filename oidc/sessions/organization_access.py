"""Users let third-party applications into their organizations, and shut them out again."""

from collections.abc import Collection

from django.db import transaction

from applications.models import Application
from applications.services.consent_configuration import assert_third_party
from common.actors import Actor
from common.errors import AppError
from events.history import record
from identity.models import User
from oidc.models import ConsentedOrganization, GrantOrganization
from organizations.models import OrganizationMember

AUDIT_KEY = "ConsentedOrganizations.Updated"


@transaction.atomic
def grant_organization_access(application_id: str, *, user_id: str, organization_ids: Collection[str]) -> None:
    """Make these the only organizations of the user that the application may act in; any the user left is skipped."""
    members = _hold_members(user_id, organization_ids)
    consented = ConsentedOrganization.objects.filter(application_id=application_id, member__user_id=user_id)
    consented.exclude(member__in=members).delete()
    _add(application_id, members)


@transaction.atomic
def add_organizations_to_grant(grant_id: str, *, user_id: str, organization_ids: Collection[str]) -> None:
    """Let the client of a new grant act in one organization of its user, with this grant; left ones are skipped."""
    for member in _hold_members(user_id, organization_ids)[:1]:
        GrantOrganization.objects.create(grant_id=grant_id, member=member)


@transaction.atomic
def add_consented_organizations(
    application: Application, *, user: User, organization_ids: Collection[str], actor: Actor
) -> None:
    """Let a third-party application into more of the user's organizations.

    Raises `application.third_party_application_only`, and `organization.require_membership` for an organization that
    the user does not belong to.
    """
    assert_third_party(application)
    _add(application.id, _require_members(user, organization_ids))
    _record(application, user, actor, added=organization_ids)


@transaction.atomic
def replace_consented_organizations(
    application: Application, *, user: User, organization_ids: Collection[str], actor: Actor
) -> None:
    """Make these the only organizations of the user that the application may act in; raises as adding."""
    assert_third_party(application)
    _require_members(user, organization_ids)
    grant_organization_access(application.id, user_id=user.id, organization_ids=organization_ids)
    _record(application, user, actor, replaced_by=organization_ids)


@transaction.atomic
def remove_consented_organization(application: Application, *, user: User, organization_id: str, actor: Actor) -> None:
    """Shut an application out of one of the user's organizations.

    Raises `application.third_party_application_only`, and `entity.not_found` where it was not let in.
    """
    assert_third_party(application)
    consented = ConsentedOrganization.objects.filter(application=application, member__user=user)
    removed, _ = consented.filter(member__organization_id=organization_id).delete()
    if not removed:
        raise AppError("entity.not_found")
    _record(application, user, actor, removed=[organization_id])


def _record(application: Application, user: User, actor: Actor, **changes: Collection[str]) -> None:
    record(
        AUDIT_KEY,
        user_id=user.id,
        subject=application,
        actor=actor,
        **{name: {"organizationIds": list(ids)} for name, ids in changes.items()},  # type: ignore[arg-type]
    )


def _hold_members(user_id: str, organization_ids: Collection[str]) -> list[OrganizationMember]:
    """The memberships, held until the commit, so that none ends under a row just written."""
    members = OrganizationMember.objects.filter(user_id=user_id, organization_id__in=set(organization_ids))
    return list(members.select_for_update(no_key=True).order_by("id"))


def _require_members(user: User, organization_ids: Collection[str]) -> list[OrganizationMember]:
    members = _hold_members(user.id, organization_ids)
    if len(members) != len(set(organization_ids)):
        raise AppError("organization.require_membership")
    return members


def _add(application_id: str, members: Collection[OrganizationMember]) -> None:
    rows = [ConsentedOrganization(application_id=application_id, member=member) for member in members]
    ConsentedOrganization.objects.bulk_create(rows, ignore_conflicts=True)
