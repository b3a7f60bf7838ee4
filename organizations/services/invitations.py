"""People are invited to an organization by their email address, and accept, or are no longer invited.

An invitation is answered once: whoever answers it changes its row `WHERE` it is still pending, so of two answers at the
same moment one wins and the other is refused. Past its `expires_at` nobody can answer it, whether or not the periodic
task has written so yet.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from access.models import RoleType
from common.actors import SYSTEM, Actor
from common.clock import now
from common.constraints import constraint_errors
from common.email_addresses import is_valid_email, normalize_email
from common.errors import AppError
from events.history import entries_written_together, record
from identity.models import User
from organizations.errors import missing_reference
from organizations.models import (
    Organization,
    OrganizationInvitation,
    OrganizationInvitationRole,
    OrganizationMember,
)
from organizations.policies import assignable_roles
from organizations.services.invitation_messages import checked_message, counted_message, send_message_of
from organizations.services.members import ROLES, add_members, assign_member_roles
from organizations.services.organizations import hold
from tenants.database.conflicts import atomic_with_retries

Status = OrganizationInvitation.Status

MAX_LIFETIME = timedelta(days=365)

_EXPIRED_AT_ONCE = 500
_REQUIRED = "acceptedUserId is required"


def invite_member(
    organization: Organization,
    *,
    invitee: str,
    expires_at: datetime,
    role_ids: Collection[str] = (),
    inviter_id: str | None = None,
    message: Mapping[str, Any] | None = None,
    actor: Actor,
) -> OrganizationInvitation:
    """Invite the owner of an email address to an organization; on accepting they get the roles of these ids.

    With a `message`, the payload of an email (`code`, `link`, `locale`, whatever the tenant's template names), it is
    written to once this has committed; without one nobody is. Records `OrganizationInvitation.Created`.

    Raises `user.invalid_email`; `request.invalid_input` for an `expires_at` in the past or more than a year
    ahead (400), an inviter who is not a member or is suspended, and an invitee who is a member (422);
    `entity.unique_integrity_violation` if the address has a pending invitation there;
    `organization.too_many_invitations`; 422 `entity.relation_foreign_key_not_found` for an unknown organization, role
    or inviter, and as `assignable_roles`. With a message also `guard.invalid_input`, `request.message_rate_limited`
    (429) and `connector.not_found` (501): then nobody is invited.
    """
    if not is_valid_email(invitee):
        raise AppError("user.invalid_email")
    moment = now()
    if not moment < expires_at <= moment + MAX_LIFETIME:
        raise AppError("request.invalid_input", details="expiresAt must be in the future, within a year")
    create = partial(
        _create,
        organization,
        invitee=invitee,
        expires_at=expires_at,
        role_ids=role_ids,
        inviter_id=inviter_id,
        actor=actor,
    )
    if message is None:
        return create()
    payload = checked_message(message)
    with counted_message(invitee):
        invitation = create()
        send_message_of(invitation, payload)
    return invitation


@atomic_with_retries
def accept_invitation(
    invitation: OrganizationInvitation, *, user_id: str | None, actor: Actor
) -> OrganizationInvitation:
    """Make a user a member, with the invitation's roles, and mark the invitation accepted: all of it or nothing.

    The user's primary email address, which is verified wherever it is set, must be the invitee's. Who is a member
    already keeps their roles and gets those of the invitation too. Records `OrganizationInvitation.Accepted` and, as
    `add_members` and `assign_member_roles` do, what changed for the member.

    Raises 422: `request.invalid_input` for an invitation that is not pending, without a user, and for a user with
    another address; `user.suspended`; `entity.relation_foreign_key_not_found` for an unknown user.
    """
    organization = invitation.organization
    hold(organization)
    user = None
    if user_id is not None:
        user = User.objects.select_for_update(no_key=True).filter(id=user_id).first()
    answer = _answer(invitation, Status.ACCEPTED, user=user)
    if user_id is None:
        raise _refusal(_REQUIRED)
    if user is None:
        raise missing_reference()
    if user.email_key != invitation.invitee_key:
        raise _refusal("The user's primary email address is not the invitee's")
    if user.is_suspended:
        raise AppError("user.suspended", status=422)
    add_members(organization, user_ids=[user.id], actor=actor)
    if role_ids := [row.role_id for row in invitation.invitation_roles.all()]:
        assign_member_roles(organization, user_id=user.id, role_ids=role_ids, actor=actor)
    _record("Accepted", invitation, actor, user_id=user.id, after={"status": Status.ACCEPTED.value})
    return _brought_up_to_date(invitation, answer)


@transaction.atomic
def revoke_invitation(invitation: OrganizationInvitation, *, actor: Actor) -> OrganizationInvitation:
    """Withdraw a pending invitation. Records `OrganizationInvitation.Revoked`.

    Raises 422 `request.invalid_input` for one that is not pending.
    """
    answer = _answer(invitation, Status.REVOKED)
    _record("Revoked", invitation, actor, after={"status": Status.REVOKED.value})
    return _brought_up_to_date(invitation, answer)


def resend_invitation(invitation: OrganizationInvitation, *, message: Mapping[str, Any], actor: Actor) -> None:
    """Write to the invitee again. Records `OrganizationInvitation.Message.Created`.

    Raises 422 `request.invalid_input` for an invitation that is not pending, `entity.not_found` for one deleted
    meanwhile, `guard.invalid_input`, `request.message_rate_limited` (429) and `connector.not_found` (501).
    """
    payload = checked_message(message)
    with counted_message(invitation.invitee):
        rows = OrganizationInvitation.objects.select_for_update(no_key=True, of=("self",))
        held = rows.select_related("organization", "inviter").filter(id=invitation.id).first()
        if held is None:
            raise AppError("entity.not_found")
        if held.status_at(now()) != Status.PENDING:
            raise _not_pending()
        send_message_of(held, payload)
        _record("Message.Created", held, actor)


@transaction.atomic
def delete_invitation(invitation: OrganizationInvitation, *, actor: Actor) -> None:
    """Delete an invitation, whatever became of it.

    Records `OrganizationInvitation.Deleted`; raises `entity.not_found`.
    """
    if not OrganizationInvitation.objects.filter(id=invitation.id).delete()[0]:
        raise AppError("entity.not_found")
    _record("Deleted", invitation, actor)


def expire_invitations() -> int:
    """Write `Expired` to the current tenant's invitations that nobody answered in time; returns how many.

    In batches. Nothing depends on when it runs: who reads an invitation asks for its `status_at`.
    """
    count = 0
    while True:
        with transaction.atomic():
            expired = _expire(_overdue(now()), limit=_EXPIRED_AT_ONCE)
        count += expired
        if expired < _EXPIRED_AT_ONCE:
            return count


@atomic_with_retries
def _create(
    organization: Organization,
    *,
    invitee: str,
    expires_at: datetime,
    role_ids: Collection[str],
    inviter_id: str | None,
    actor: Actor,
) -> OrganizationInvitation:
    key, moment = normalize_email(invitee), now()
    # Alone, so that the count below is exact.
    hold(organization, alone=True)
    inviter = None if inviter_id is None else _hold_inviter(organization, inviter_id)
    roles = assignable_roles(role_ids, holder=RoleType.USER)
    if OrganizationMember.objects.filter(organization=organization, user__email_key=key).exists():
        raise _refusal("The invitee is a member of the organization")
    # One whose time is over does not stand in the way of the next.
    _expire(_overdue(moment).filter(organization=organization, invitee_key=key))
    pending = OrganizationInvitation.objects.filter(
        organization=organization, status=Status.PENDING, expires_at__gt=moment
    )
    if pending.count() >= settings.PENDING_INVITATIONS_PER_ORGANIZATION:
        raise AppError("organization.too_many_invitations")
    with constraint_errors(pending_invitation="entity.unique_integrity_violation"):
        invitation = OrganizationInvitation.objects.create(
            organization=organization,
            invitee=invitee,
            invitee_key=key,
            inviter=inviter,
            expires_at=expires_at,
            created_at=moment,
            updated_at=moment,
        )
    OrganizationInvitationRole.objects.bulk_create(
        OrganizationInvitationRole(invitation=invitation, role=role) for role in roles
    )
    _record("Created", invitation, actor, added={ROLES: [role.id for role in roles]})
    return invitation


def _hold_inviter(organization: Organization, user_id: str) -> User:
    """Return the inviter, who stays a member until this commits."""
    members = OrganizationMember.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    member = members.filter(organization=organization, user_id=user_id).first()
    if member is None:
        if not User.objects.filter(id=user_id).exists():
            raise missing_reference()
        raise _refusal("The inviter is not a member of the organization")
    if member.user.is_suspended:
        raise _refusal("The inviter is suspended")
    inviter: User = member.user
    return inviter


def _answer(invitation: OrganizationInvitation, status: Status, *, user: User | None = None) -> dict[str, Any]:
    """Give a pending invitation its last status and return what has changed.

    Raises 422 `request.invalid_input` for every other.
    """
    moment = now()
    pending = OrganizationInvitation.objects.filter(id=invitation.id, status=Status.PENDING, expires_at__gt=moment)
    changes = {"status": status, "accepted_user": user, "updated_at": moment}
    if not pending.update(**changes):
        raise _not_pending()
    return changes


def _brought_up_to_date(invitation: OrganizationInvitation, changes: Mapping[str, Any]) -> OrganizationInvitation:
    """Return the invitation as it is stored now. Only once nothing can be refused any more."""
    for name, value in changes.items():
        setattr(invitation, name, value)
    return invitation


def _overdue(moment: datetime) -> QuerySet[OrganizationInvitation]:
    return OrganizationInvitation.objects.filter(status=Status.PENDING, expires_at__lte=moment)


def _expire(overdue: QuerySet[OrganizationInvitation], *, limit: int = 1) -> int:
    # Who is answered or expired by somebody else at this moment is left to them.
    rows = overdue.select_for_update(no_key=True, skip_locked=True, of=("self",)).select_related("organization")
    expired = list(rows.order_by("expires_at")[:limit])
    ids = [invitation.id for invitation in expired]
    OrganizationInvitation.objects.filter(id__in=ids).update(status=Status.EXPIRED, updated_at=now())
    with entries_written_together():
        for invitation in expired:
            _record("Expired", invitation, SYSTEM)
    return len(expired)


def _refusal(reason: str) -> AppError:
    return AppError("request.invalid_input", status=422, details=reason)


def _not_pending() -> AppError:
    return _refusal("The invitation is not pending")


def _record(what: str, invitation: OrganizationInvitation, actor: Actor, **details: Any) -> None:
    record(
        f"OrganizationInvitation.{what}",
        actor=actor,
        subject=invitation.organization,
        organizationInvitationId=invitation.id,
        **details,
    )
