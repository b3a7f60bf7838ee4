"""Organizations come into being, change and end."""

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction

from common.actors import Actor
from common.appearance import validated_look
from common.clock import now
from common.errors import AppError
from events.history import changed, record
from identity.locks import lock_deletions
from organizations.errors import missing_reference
from organizations.models import Organization
from tenants.context import current_tenant_id
from tenants.database.conflicts import atomic_with_retries
from tenants.database.statements import fetch_value

_HOLD = "SELECT 1 FROM organizations_organization WHERE tenant_id = %s AND id = %s FOR KEY SHARE"
_HOLD_ALONE = "SELECT 1 FROM organizations_organization WHERE tenant_id = %s AND id = %s FOR NO KEY UPDATE"


class OrganizationValues(TypedDict, total=False):
    """What may be said of an organization; JSON values are kept as given and replaced as a whole."""

    name: str
    description: str | None
    custom_data: dict[str, Any]
    is_mfa_required: bool
    is_trusted_device_allowed: bool
    color: dict[str, Any]
    branding: dict[str, Any]
    custom_css: str | None
    created_at: datetime


@transaction.atomic
def create_organization(*, actor: Actor, **values: Unpack[OrganizationValues]) -> Organization:
    """Create an organization without members; it needs a name. Publishes `Organization.Created`."""
    if not values.get("name"):
        raise AppError("entity.invalid_input")
    values.setdefault("created_at", now())
    organization = Organization.objects.create(**validated_look(values))
    record("Organization.Created", actor=actor, subject=organization, after={"name": organization.name})
    return organization


@transaction.atomic
def update_organization(
    organization: Organization, *, actor: Actor, **changes: Unpack[OrganizationValues]
) -> Organization:
    """Change the named values; raises `entity.invalid_input` if none is named.

    Publishes `Organization.Data.Updated`.
    """
    if not changes:
        raise AppError("entity.invalid_input")
    checked: OrganizationValues = validated_look(changes)
    before, after = changed(organization, checked)
    for name, value in checked.items():
        setattr(organization, name, value)
    organization.save(update_fields=list(checked))
    record("Organization.Data.Updated", actor=actor, subject=organization, before=before, after=after)
    return organization


@atomic_with_retries
def delete_organization(organization: Organization, *, actor: Actor) -> None:
    """Delete an organization with its memberships, rules and everything else that names it.

    Raises `entity.not_found` if it is gone already. Publishes `Organization.Deleted`.
    """
    organization_id = organization.id
    lock_deletions()
    # Nobody joins from here on: joining holds the organization (see `hold`).
    locked = Organization.objects.select_for_update().filter(id=organization_id).first()
    if locked is None:
        raise AppError("entity.not_found")
    record("Organization.Deleted", actor=actor, subject=locked)
    locked.delete()


def hold(organization: Organization, *, alone: bool = False) -> None:
    """Keep the organization from being deleted until the transaction ends; `alone` keeps other such holders out too.

    Raises 422 `entity.relation_foreign_key_not_found` if it is gone: its foreign keys are checked at the commit, too
    late to answer.
    """
    if fetch_value(_HOLD_ALONE if alone else _HOLD, [current_tenant_id(), organization.id]) is None:
        raise missing_reference()
