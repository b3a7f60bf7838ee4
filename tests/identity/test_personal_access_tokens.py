"""Personal access tokens."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine

from common.actors import SYSTEM
from common.clock import now
from identity.models import PersonalAccessToken, User
from identity.selectors import find_usable_personal_access_token, list_personal_access_tokens
from identity.services.personal_access_tokens import (
    create_personal_access_token,
    delete_personal_access_token,
    rename_personal_access_token,
)
from identity.services.users import create_user, delete_user
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.racing import outcome, race_outcomes

pytestmark = pytest.mark.django_db


def test_a_value_finds_its_token(alice: User) -> None:
    made = create_personal_access_token(alice, name="laptop", actor=SYSTEM)
    assert made.value.startswith("pat_")
    assert len(made.value) == 36
    found = find_usable_personal_access_token(made.value)
    assert found == made.token
    assert found is not None
    assert found.user_id == alice.id
    for other in (made.value.upper(), made.value[:-1], "", "pat_", "pat_\x00", "\ud800", made.token.value_sha256):
        assert find_usable_personal_access_token(other) is None


def test_only_its_digest_is_stored(alice: User) -> None:
    value = create_personal_access_token(alice, name="laptop", actor=SYSTEM).value
    row = PersonalAccessToken.objects.values().get()
    assert not any(value.removeprefix("pat_") in str(content) for content in row.values())


def test_it_expires(alice: User) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        expires_at = now() + timedelta(seconds=60)
        value = create_personal_access_token(alice, name="laptop", expires_at=expires_at, actor=SYSTEM).value
        clock.shift(59)
        assert find_usable_personal_access_token(value)
        clock.shift(1)
        assert find_usable_personal_access_token(value) is None
        assert [token.name for token in list_personal_access_tokens(alice)] == ["laptop"]


@pytest.mark.parametrize("seconds", [0, -1])
def test_it_does_not_begin_expired(alice: User, seconds: int) -> None:
    with time_machine.travel(now(), tick=False):
        create = partial(create_personal_access_token, alice, name="x", actor=SYSTEM)
        assert outcome(partial(create, expires_at=now() + timedelta(seconds=seconds))) == "request.invalid_input"


def test_names_are_the_users_own(alice: User, bob: User) -> None:
    for user in (alice, bob):
        create_personal_access_token(user, name="laptop", actor=SYSTEM)
    create_personal_access_token(alice, name="phone", actor=SYSTEM)
    taken = "user.personal_access_token_name_exists"
    assert outcome(partial(create_personal_access_token, alice, name="laptop", actor=SYSTEM)) == taken
    assert outcome(partial(rename_personal_access_token, alice, name="phone", new_name="laptop", actor=SYSTEM)) == taken
    assert rename_personal_access_token(alice, name="phone", new_name="tablet", actor=SYSTEM).name == "tablet"
    assert [token.name for token in list_personal_access_tokens(alice)] == ["laptop", "tablet"]


def test_nobody_elses(alice: User, bob: User) -> None:
    create_personal_access_token(alice, name="laptop", actor=SYSTEM)
    assert outcome(partial(delete_personal_access_token, bob, name="laptop", actor=SYSTEM)) == "entity.not_found"
    rename = partial(rename_personal_access_token, bob, name="laptop", new_name="mine", actor=SYSTEM)
    assert outcome(rename) == "entity.not_exists"
    assert PersonalAccessToken.objects.get().name == "laptop"


def test_not_in_another_tenant(alice: User, mallory: User) -> None:
    value = create_personal_access_token(alice, name="laptop", actor=SYSTEM).value
    with enter_tenant("acme"):
        assert find_usable_personal_access_token(value) is None


def test_it_goes_with_its_user_or_alone(alice: User) -> None:
    first, second = (create_personal_access_token(alice, name=name, actor=SYSTEM).value for name in ("a", "b"))
    delete_personal_access_token(alice, name="a", actor=SYSTEM)
    assert find_usable_personal_access_token(first) is None
    delete_user(alice, actor=SYSTEM)
    assert find_usable_personal_access_token(second) is None
    assert not PersonalAccessToken.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_of_two_with_the_same_name(tenant: Tenant) -> None:
    user = create_user(username="alice", actor=SYSTEM)
    outcomes = race_outcomes([partial(create_personal_access_token, user, name="laptop", actor=SYSTEM)] * 4)
    assert sorted(outcomes) == ["ok", *["user.personal_access_token_name_exists"] * 3]


@pytest.mark.django_db(transaction=True)
def test_a_user_deleted_meanwhile(tenant: Tenant) -> None:
    user = create_user(username="alice", actor=SYSTEM)
    User.objects.filter(id=user.id).delete()
    assert outcome(partial(create_personal_access_token, user, name="laptop", actor=SYSTEM)) == "entity.not_found"
