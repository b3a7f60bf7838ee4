"""What must be true when members join and leave at once, on PostgreSQL."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from pytest_django import Settings

from common.actors import SYSTEM
from common.clock import now
from events.history import Event
from identity.models import User
from identity.services.users import delete_user
from organizations.invitations import get_invitation
from organizations.models import (
    JitEmailDomain,
    MemberRole,
    Organization,
    OrganizationInvitation,
    OrganizationMember,
    OrganizationRole,
)
from organizations.selectors import get_organization
from organizations.services import jit
from organizations.services.invitations import accept_invitation, invite_member, revoke_invitation
from organizations.services.members import (
    add_members,
    assign_member_roles,
    remove_member,
    replace_members,
)
from organizations.services.organizations import delete_organization
from tests.racing import race_outcomes
from tests.recorded import changes_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_joining_is_told_once(corporation: Organization, alice: User, recorded: list[Event]) -> None:
    join = partial(add_members, corporation, user_ids=[alice.id], actor=SYSTEM)
    assert Counter(race_outcomes([join] * 8)) == {"ok": 8}
    assert OrganizationMember.objects.count() == 1
    assert changes_in(recorded, "Organization.Membership.Updated") == [(corporation.id, {"userIds": [alice.id]}, {})]


def test_leaving_is_told_once(corporation: Organization, alice: User, recorded: list[Event]) -> None:
    add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    leave = partial(remove_member, corporation, user_id=alice.id, actor=SYSTEM)
    assert Counter(race_outcomes([leave] * 6)) == {"ok": 1, "entity.not_found": 5}
    assert changes_in(recorded, "Organization.Membership.Updated")[1:] == [
        (corporation.id, {}, {"userIds": [alice.id]})
    ]


def test_nobody_is_left_in_an_organization_that_ends(corporation: Organization, alice: User, bob: User) -> None:
    work: list[Callable[[], object]] = [
        partial(add_members, corporation, user_ids=[alice.id], actor=SYSTEM),
        partial(delete_organization, get_organization(corporation.id), actor=SYSTEM),
        partial(add_members, corporation, user_ids=[bob.id], actor=SYSTEM),
        partial(jit.add_email_domain, corporation, email_domain="corp.example", actor=SYSTEM),
    ]
    assert set(race_outcomes(work)) <= {"ok", "entity.relation_foreign_key_not_found"}
    assert not Organization.objects.exists()
    assert not OrganizationMember.objects.exists()
    assert not JitEmailDomain.objects.exists()


def test_roles_given_while_the_member_leaves(
    corporation: Organization, alice: User, admin_role: OrganizationRole
) -> None:
    add_members(corporation, user_ids=[alice.id], actor=SYSTEM)
    give = partial(assign_member_roles, corporation, user_id=alice.id, role_ids=[admin_role.id], actor=SYSTEM)
    leave = partial(remove_member, corporation, user_id=alice.id, actor=SYSTEM)
    outcomes = race_outcomes([give, leave, give, give])
    assert set(outcomes) <= {"ok", "organization.require_membership"}
    assert not MemberRole.objects.exists()


def test_replacing_at_once_leaves_one_of_the_sets(corporation: Organization, alice: User, bob: User) -> None:
    sets = [[alice.id], [bob.id]]
    work = [partial(replace_members, corporation, user_ids=ids, actor=SYSTEM) for ids in sets * 3]
    assert Counter(race_outcomes(work)) == {"ok": 6}
    assert [member.user_id for member in OrganizationMember.objects.all()] in sets


def test_a_user_joins_while_deleted(corporation: Organization, alice: User) -> None:
    user_id = alice.id
    work: list[Callable[[], object]] = [
        partial(add_members, corporation, user_ids=[user_id], actor=SYSTEM),
        partial(delete_user, alice, actor=SYSTEM),
        partial(add_members, corporation, user_ids=[user_id], actor=SYSTEM),
    ]
    assert set(race_outcomes(work)) <= {"ok", "entity.relation_foreign_key_not_found"}
    assert not OrganizationMember.objects.exists()


def test_an_invitation_is_answered_once(corporation: Organization, bob: User, member_role: OrganizationRole) -> None:
    tomorrow = now() + timedelta(days=1)
    invite = partial(
        invite_member,
        corporation,
        invitee="bob@example.com",
        expires_at=tomorrow,
        role_ids=[member_role.id],
        actor=SYSTEM,
    )
    assert Counter(race_outcomes([invite] * 5)) == {"ok": 1, "entity.unique_integrity_violation": 4}
    invitation = OrganizationInvitation.objects.get()

    def accept() -> None:
        accept_invitation(get_invitation(invitation.id), user_id=bob.id, actor=SYSTEM)

    def revoke() -> None:
        revoke_invitation(get_invitation(invitation.id), actor=SYSTEM)

    assert Counter(race_outcomes([accept, revoke, accept, revoke])) == {"ok": 1, "request.invalid_input": 3}
    is_accepted = get_invitation(invitation.id).status == "Accepted"
    assert OrganizationMember.objects.count() == MemberRole.objects.count() == int(is_accepted)


def test_an_organization_is_not_overrun_by_invitations(corporation: Organization, settings: Settings) -> None:
    settings.PENDING_INVITATIONS_PER_ORGANIZATION = 2
    tomorrow = now() + timedelta(days=1)
    invitations = [
        partial(invite_member, corporation, invitee=f"{name}@example.com", expires_at=tomorrow, actor=SYSTEM)
        for name in ("alice", "bob", "carol", "dora")
    ]
    assert Counter(race_outcomes(invitations)) == {"ok": 2, "organization.too_many_invitations": 2}


def test_an_invitation_is_accepted_while_its_user_is_deleted(corporation: Organization, bob: User) -> None:
    tomorrow = now() + timedelta(days=1)
    invitation = invite_member(corporation, invitee="bob@example.com", expires_at=tomorrow, actor=SYSTEM)
    accept = partial(accept_invitation, invitation, user_id=bob.id, actor=SYSTEM)
    outcomes = race_outcomes([accept, partial(delete_user, bob, actor=SYSTEM)])
    assert outcomes[0] in {"ok", "entity.relation_foreign_key_not_found"}
    assert outcomes[1] == "ok"
    assert not OrganizationMember.objects.exists()
