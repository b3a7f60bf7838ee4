"""Applications that admit only some: at authorization, at redemption and at every refresh."""

from collections.abc import Callable
from typing import Any

import pytest

from access.models import Role
from applications.access_rules import AccessRules
from applications.client_lookup import get_client
from applications.services.access_control import replace_access_rules
from common.actors import SYSTEM
from identity.models import User, UserRole
from oidc.admission.policies import assert_application_admits
from organizations.models import MemberRole, Organization, OrganizationMember, OrganizationRole
from organizations.services.members import remove_member
from tests.oidc.tokens.parties import Party, authorize, give_role

pytestmark = pytest.mark.django_db

DENIED = {
    "error": "access_denied",
    "error_description": "Access denied.",
    "code": "oidc.access_denied",
    "message": "Access is denied.",
}


def admit(party: Party, **rules: Any) -> None:
    party.application.app_level_access_control_enabled = True
    party.application.save()
    replace_access_rules(party.application, AccessRules(**rules), actor=SYSTEM)


def refusal(answer: Any) -> tuple[int, dict[str, Any]]:
    return answer.status_code, answer.json()


def test_without_a_rule_nobody_enters(spa: Party, alice: User) -> None:
    admit(spa)
    assert refusal(spa.redeem(authorize(alice, spa.application))) == (400, DENIED)


@pytest.fixture
def staff(alice: User) -> Role:
    role = Role.objects.create(name="Staff", description="Staff")
    give_role(alice, role)
    return role


Rule = Callable[..., dict[str, Any]]

RULES: dict[str, Rule] = {
    "user": lambda alice, staff, wayne, role: {"user_ids": (alice.id,)},
    "role": lambda alice, staff, wayne, role: {"role_ids": (staff.id,)},
    "organization": lambda alice, staff, wayne, role: {"organization_ids": (wayne.id,)},
    "organization role": lambda alice, staff, wayne, role: {"organization_roles": {wayne.id: (role.id,)}},
}


@pytest.mark.parametrize("kind", RULES)
def test_each_kind_of_rule_admits_whom_it_names_for_as_long_as_it_does(
    spa: Party,
    alice: User,
    bob: User,
    staff: Role,
    wayne: Organization,
    admin_role: OrganizationRole,
    kind: str,
) -> None:
    OrganizationMember.objects.filter(user=bob).delete()
    admit(spa, **RULES[kind](alice, staff, wayne, admin_role))
    tokens = spa.sign_in(alice)
    assert refusal(spa.redeem(authorize(bob, spa.application))) == (400, DENIED)
    refreshed = spa.refresh(tokens["refresh_token"]).json()
    leave: dict[str, Callable[[], Any]] = {
        "user": lambda: admit(spa),
        "role": lambda: UserRole.objects.filter(user=alice, role=staff).delete(),
        "organization": lambda: remove_member(wayne, user_id=alice.id, actor=SYSTEM),
        "organization role": lambda: MemberRole.objects.filter(role=admin_role).delete(),
    }
    leave[kind]()
    answer = spa.refresh(refreshed["refresh_token"])
    assert refusal(answer) == (400, DENIED)


def test_a_refused_refresh_burns_nothing(spa: Party, alice: User) -> None:
    tokens = spa.sign_in(alice)
    admit(spa)
    assert refusal(spa.refresh(tokens["refresh_token"])) == (400, DENIED)
    admit(spa, user_ids=(alice.id,))
    assert spa.refresh(tokens["refresh_token"]).status_code == 200


def test_a_role_in_another_organization_is_not_enough(
    spa: Party,
    alice: User,
    wayne: Organization,
    admin_role: OrganizationRole,
) -> None:
    other = Organization.objects.create(name="Other")
    OrganizationMember.objects.create(organization=other, user=alice)
    admit(spa, organization_roles={other.id: (admin_role.id,)})
    assert refusal(spa.redeem(authorize(alice, spa.application))) == (400, DENIED)


def test_rules_of_one_application_are_not_anothers(spa: Party, traditional: Party, alice: User) -> None:
    admit(spa, user_ids=(alice.id,))
    admit(traditional)
    spa.sign_in(alice)
    assert refusal(traditional.redeem(authorize(alice, traditional.application))) == (400, DENIED)


def test_rules_without_the_switch_keep_nobody_out(spa: Party, alice: User, bob: User) -> None:
    replace_access_rules(spa.application, AccessRules(user_ids=(alice.id,)), actor=SYSTEM)
    spa.sign_in(bob)


def test_one_statement_more_and_only_where_access_is_controlled(
    spa: Party,
    alice: User,
    django_assert_num_queries: Any,
) -> None:
    client = get_client(spa.id)
    with django_assert_num_queries(0):
        assert_application_admits(client, user_id=alice.id)
    admit(spa, user_ids=(alice.id,))
    client = get_client(spa.id)
    with django_assert_num_queries(1):
        assert_application_admits(client, user_id=alice.id)
