"""People are invited by their email address, and answer once."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import TestCase
from pytest_django import Settings

from common.actors import SYSTEM, Actor
from common.clock import now
from common.errors import AppError
from connectors.models import MailboxMessage
from connectors.services.connectors import create_connector
from events.history import Event
from events.models import AuditLog
from identity.models import User
from identity.services.users import delete_user, set_user_suspended, update_user
from organizations.invitations import get_invitation, list_invitations
from organizations.models import Organization, OrganizationInvitation, OrganizationMember, OrganizationRole
from organizations.selectors import is_member, list_member_roles
from organizations.services.invitations import (
    MAX_LIFETIME,
    accept_invitation,
    delete_invitation,
    expire_invitations,
    invite_member,
    resend_invitation,
    revoke_invitation,
)
from organizations.services.members import add_members, assign_member_roles
from organizations.services.template import delete_organization_role
from organizations.tasks import expire_overdue_invitations
from tenants.context import enter_tenant
from tests.recorded import changes_in

Status = OrganizationInvitation.Status

BOB = "bob@example.com"
CAROL = Actor.developer("carol")


def invite(organization: Organization, invitee: str = BOB, **options: Any) -> OrganizationInvitation:
    return invite_member(
        organization, **{"invitee": invitee, "expires_at": now() + timedelta(days=7), "actor": SYSTEM, **options}
    )


def overdue(organization: Organization, invitee: str = BOB) -> OrganizationInvitation:
    invitation = invite(organization, invitee)
    OrganizationInvitation.objects.filter(id=invitation.id).update(expires_at=now())
    return get_invitation(invitation.id)


def refusal(call: Any) -> tuple[str, int]:
    with pytest.raises(AppError) as failure:
        call()
    return failure.value.code, failure.value.status


REFUSED = ("request.invalid_input", 422)


@pytest.fixture
def mailbox(tenant: Any) -> None:
    create_connector(factory_id="development-mailbox-email", config={}, actor=SYSTEM)


# --- Inviting --------------------------------------------------------------------------------------------------------
def test_whoever_accepts_is_a_member_with_the_roles(
    corporation: Organization,
    bob: User,
    member_role: OrganizationRole,
    admin_role: OrganizationRole,
    recorded: list[Event],
) -> None:
    """The address is bob's in another case: his own is `Bob@Example.com`."""
    invitation = invite(corporation, role_ids=[member_role.id, admin_role.id])
    assert invitation.status_at(now()) == Status.PENDING
    accept_invitation(invitation, user_id=bob.id, actor=CAROL)
    member = OrganizationMember.objects.get(organization=corporation, user=bob)
    assert {role.name for role in list_member_roles(member)} == {"Member", "Admin"}
    stored = get_invitation(invitation.id)
    assert (stored.status, stored.accepted_user_id) == (Status.ACCEPTED, bob.id)
    assert changes_in(recorded, "Organization.Membership.Updated") == [(corporation.id, {"userIds": [bob.id]}, {})]
    entry = AuditLog.objects.get(key="OrganizationInvitation.Accepted")
    assert entry.user_id == bob.id
    assert entry.payload["organizationInvitationId"] == invitation.id
    assert "bob@example.com" not in str(list(AuditLog.objects.values_list("payload", flat=True))).lower()


def test_one_pending_invitation_for_an_address(corporation: Organization) -> None:
    invite(corporation)
    assert refusal(lambda: invite(corporation, "BOB@example.com")) == ("entity.unique_integrity_violation", 422)
    assert OrganizationInvitation.objects.count() == 1


def test_what_is_answered_or_overdue_does_not_stand_in_the_way(corporation: Organization) -> None:
    revoke_invitation(invite(corporation), actor=SYSTEM)
    overdue(corporation)
    invite(corporation)
    assert sorted(OrganizationInvitation.objects.values_list("status", flat=True)) == ["Expired", "Pending", "Revoked"]


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(seconds=-1), MAX_LIFETIME + timedelta(minutes=1)])
def test_the_expiry_lies_ahead_and_within_a_year(corporation: Organization, lifetime: timedelta) -> None:
    assert refusal(lambda: invite(corporation, expires_at=now() + lifetime)) == ("request.invalid_input", 400)


def test_members_are_not_invited(corporation: Organization, bob: User) -> None:
    add_members(corporation, user_ids=[bob.id], actor=SYSTEM)
    assert refusal(lambda: invite(corporation)) == REFUSED


def test_the_inviter_is_a_member_who_may_sign_in(corporation: Organization, alice: User) -> None:
    assert refusal(lambda: invite(corporation, inviter_id=alice.id)) == REFUSED
    add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    assert invite(corporation, inviter_id=alice.id).inviter_id == alice.id
    set_user_suspended(alice, suspended=True, actor=SYSTEM)
    assert refusal(lambda: invite(corporation, "carol@example.com", inviter_id=alice.id)) == REFUSED


def test_what_the_invitation_names_must_exist(corporation: Organization, machine_role: OrganizationRole) -> None:
    unknown = ("entity.relation_foreign_key_not_found", 422)
    assert refusal(lambda: invite(corporation, role_ids=["nothing"])) == unknown
    assert refusal(lambda: invite(corporation, inviter_id="nobody")) == unknown
    assert refusal(lambda: invite(corporation, role_ids=[machine_role.id])) == ("entity.db_constraint_violated", 422)
    assert refusal(lambda: invite(corporation, "bob")) == ("user.invalid_email", 422)


def test_an_organization_has_so_many_pending_invitations(corporation: Organization, settings: Settings) -> None:
    settings.PENDING_INVITATIONS_PER_ORGANIZATION = 2
    overdue(corporation, "dora@example.com")
    revoke_invitation(invite(corporation, "erin@example.com"), actor=SYSTEM)
    invite(corporation, "alice@example.com")
    invite(corporation)
    code = ("organization.too_many_invitations", 422)
    assert refusal(lambda: invite(corporation, "carol@example.com")) == code


# --- Answers ---------------------------------------------------------------------------------------------------------
def test_only_the_owner_of_the_address_accepts(corporation: Organization, alice: User, bob: User) -> None:
    invitation = invite(corporation)
    assert refusal(lambda: accept_invitation(invitation, user_id=alice.id, actor=SYSTEM)) == REFUSED
    assert refusal(lambda: accept_invitation(invitation, user_id=None, actor=SYSTEM)) == REFUSED
    assert invitation.status == Status.PENDING, "a refusal changes nothing of the instance either"
    unknown = ("entity.relation_foreign_key_not_found", 422)
    assert refusal(lambda: accept_invitation(invitation, user_id="nobody", actor=SYSTEM)) == unknown
    set_user_suspended(bob, suspended=True, actor=SYSTEM)
    suspended = ("user.suspended", 422)
    assert refusal(lambda: accept_invitation(invitation, user_id=bob.id, actor=SYSTEM)) == suspended
    update_user(bob, primary_email="robert@example.com", actor=SYSTEM)
    assert get_invitation(invitation.id).status == Status.PENDING
    assert not is_member(bob.id, corporation.id)


def test_members_keep_their_roles(
    corporation: Organization, bob: User, member_role: OrganizationRole, admin_role: OrganizationRole
) -> None:
    """Bob was added by somebody else after he had been invited."""
    invitation = invite(corporation, role_ids=[member_role.id])
    add_members(corporation, user_ids=[bob.id], actor=SYSTEM)
    assign_member_roles(corporation, user_id=bob.id, role_ids=[admin_role.id], actor=SYSTEM)
    accept_invitation(invitation, user_id=bob.id, actor=SYSTEM)
    member = OrganizationMember.objects.get(organization=corporation, user=bob)
    assert {role.name for role in list_member_roles(member)} == {"Member", "Admin"}


def test_a_role_that_is_gone_is_not_given(
    corporation: Organization, bob: User, member_role: OrganizationRole, admin_role: OrganizationRole
) -> None:
    invitation = invite(corporation, role_ids=[member_role.id, admin_role.id])
    delete_organization_role(admin_role, actor=SYSTEM)
    accept_invitation(get_invitation(invitation.id), user_id=bob.id, actor=SYSTEM)
    member = OrganizationMember.objects.get(organization=corporation, user=bob)
    assert list(list_member_roles(member)) == [member_role]


def test_what_is_answered_is_answered(corporation: Organization, bob: User, mailbox: None) -> None:
    for answered in (overdue(corporation), invite(corporation, "dora@example.com")):
        if answered.invitee != BOB:
            revoke_invitation(answered, actor=SYSTEM)
        assert refusal(lambda it=answered: accept_invitation(it, user_id=bob.id, actor=SYSTEM)) == REFUSED
        assert refusal(lambda it=answered: revoke_invitation(it, actor=SYSTEM)) == REFUSED
        assert refusal(lambda it=answered: resend_invitation(it, message={}, actor=SYSTEM)) == REFUSED
    assert not OrganizationMember.objects.exists()


def test_deleted_invitations_and_users(corporation: Organization, alice: User) -> None:
    add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    deleted = invite(corporation)
    delete_invitation(deleted, actor=SYSTEM)
    assert refusal(lambda: delete_invitation(deleted, actor=SYSTEM)) == ("entity.not_found", 404)
    invite(corporation, inviter_id=alice.id)
    delete_user(alice, actor=SYSTEM)
    assert not OrganizationInvitation.objects.exists()


# --- Expiry ----------------------------------------------------------------------------------------------------------
def test_expiry_is_read_at_once_and_written_later(corporation: Organization, recorded: list[Event]) -> None:
    late, early = overdue(corporation), invite(corporation, "dora@example.com")
    assert (late.status, late.status_at(now())) == (Status.PENDING, Status.EXPIRED)
    with enter_tenant("acme"):
        assert expire_invitations() == 0
    expire_overdue_invitations()
    assert get_invitation(late.id).status == Status.EXPIRED
    assert get_invitation(early.id).status == Status.PENDING
    assert [event.name for event in recorded].count("OrganizationInvitation.Expired") == 1
    assert expire_invitations() == 0


# --- Mail ------------------------------------------------------------------------------------------------------------
def test_the_mail_says_who_invites_to_what(corporation: Organization, alice: User, mailbox: None) -> None:
    add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    message = {"link": "https://app.example/invitation?id=1", "locale": "de", "organization": "Somebody else's"}
    with TestCase.captureOnCommitCallbacks(execute=True):
        invite(corporation, inviter_id=alice.id, message=message)
    mail = MailboxMessage.objects.get()
    assert (mail.recipient, mail.template_type) == (BOB, "OrganizationInvitation")
    assert "https://app.example/invitation?id=1" in mail.content
    assert "Alice Archer" in mail.content
    assert "Acme Corporation" in mail.content
    assert 'lang="de"' in mail.content


def test_without_a_message_nobody_is_written_to(corporation: Organization, mailbox: None) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        invitation = invite(corporation)
        assert not MailboxMessage.objects.exists()
        resend_invitation(invitation, message={"uiLocales": "fr en"}, actor=SYSTEM)
    assert 'lang="fr"' in MailboxMessage.objects.get().content


def test_nobody_is_invited_by_a_mail_that_cannot_be_sent(corporation: Organization) -> None:
    assert refusal(lambda: invite(corporation, message={})) == ("connector.not_found", 501)
    assert not OrganizationInvitation.objects.exists()


def test_ten_mails_in_ten_minutes(corporation: Organization, mailbox: None) -> None:
    invitation = invite(corporation, message={})
    for _ in range(9):
        resend_invitation(invitation, message={}, actor=SYSTEM)
    limited = ("request.message_rate_limited", 429)
    assert refusal(lambda: resend_invitation(invitation, message={}, actor=SYSTEM)) == limited
    delete_invitation(invitation, actor=SYSTEM)
    assert refusal(lambda: invite(corporation, message={})) == limited
    assert not OrganizationInvitation.objects.exists()


@pytest.mark.parametrize(
    "message", [{"link": 1}, {"link": "x" * 2049}, {"locale": "\x00"}, {"more": "x" * 9000}, {"more": "\ud800"}, []]
)
def test_what_no_mail_can_hold_is_refused(corporation: Organization, mailbox: None, message: Any) -> None:
    assert refusal(lambda: invite(corporation, message=message)) == ("guard.invalid_input", 400)


def test_lists_are_narrowed(corporation: Organization, alice: User) -> None:
    add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    first, second = invite(corporation, inviter_id=alice.id), invite(corporation, "dora@example.com")
    assert list(list_invitations(organization_id=corporation.id)) == [second, first]
    assert list(list_invitations(inviter_id=alice.id)) == [first]
    assert list(list_invitations(invitee="BOB@EXAMPLE.COM")) == [first]
    assert list(list_invitations(organization_id="other")) == []
