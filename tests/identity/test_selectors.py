"""Users are found by id and by identifier, in one statement each."""

from functools import partial
from typing import Any

import pytest

from common.actors import SYSTEM
from common.clock import to_milliseconds
from identity import username_case
from identity.models import User
from identity.selectors import (
    find_user,
    find_user_by_identifier,
    get_user,
    has_mfa_factor,
    list_users,
    search_users,
    user_info,
)
from identity.services.users import update_user
from tenants.configuration import read_version
from tenants.context import enter_tenant
from tests.racing import outcome

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("username", "alice"),
        ("email", "alice@example.com"),
        ("email", "ALICE@example.com"),
        ("phone", "12025550101"),
        ("phone", "+1 202 555 0101"),
    ],
)
def test_an_identifier_finds_its_user_in_one_statement(
    alice: User, django_assert_num_queries: Any, kind: Any, value: str
) -> None:
    # As in a request: the tenant's stamp is read, and with it the policy on case is cached.
    with enter_tenant("default", version=read_version("default")):
        find_user_by_identifier("username", "nobody")
        with django_assert_num_queries(1) as captured:
            assert find_user_by_identifier(kind, value) == alice
    assert "lower(" not in captured[0]["sql"].lower()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("username", "ALICE"),
        ("username", "alice@example.com"),
        ("email", "alice"),
        ("email", ""),
        ("username", "\x00"),
        ("username", "\ud800"),
        ("phone", "x"),
    ],
)
def test_other_values_find_nobody(alice: User, kind: Any, value: str) -> None:
    assert find_user_by_identifier(kind, value) is None


def test_case_is_ignored_where_the_policy_ignores_it(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(username_case, "_rule", lambda: False)
    assert find_user_by_identifier("username", "ALICE") == alice


def test_ids_find_users_of_the_tenant_alone(alice: User, mallory: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert get_user(alice.id) == alice
    assert find_user(mallory.id) is None
    assert find_user_by_identifier("email", "mallory@example.com") is None
    for user_id in (mallory.id, "nobody", "\x00", ""):
        assert outcome(partial(get_user, user_id)) == "entity.not_found"


def test_users_are_listed_newest_first(alice: User, bob: User, mallory: User) -> None:
    assert list(list_users()) == [bob, alice]


def test_user_info_has_the_keys_of_the_wire(alice: User) -> None:
    info = user_info(alice)
    assert list(info) == [
        "id",
        "username",
        "primaryEmail",
        "primaryPhone",
        "name",
        "avatar",
        "customData",
        "identities",
        "lastSignInAt",
        "createdAt",
        "updatedAt",
        "profile",
        "applicationId",
        "cimdClientId",
        "isSuspended",
    ]
    assert info["createdAt"] == to_milliseconds(alice.created_at)
    assert info["lastSignInAt"] is None


def test_a_new_user_has_no_second_factor(alice: User) -> None:
    assert has_mfa_factor(alice) is False


@pytest.mark.parametrize(
    "text", ["+1 (202) 555-0101", "1-202-555\u20110101", "555-0101", "ALICE", "alice example.com", "  "]
)
def test_users_are_found_by_every_writing_of_what_they_have(alice: User, text: str) -> None:
    assert alice in search_users(list_users(), text)


@pytest.mark.parametrize("text", ["+1 (202) 555-0102", "mallory", "alice example.org"])
def test_others_are_not_found(alice: User, text: str) -> None:
    assert alice not in search_users(list_users(), text)


def test_users_are_found_by_both_spellings_of_their_domain(alice: User) -> None:
    update_user(alice, primary_email="alice@bücher.example", actor=SYSTEM)
    for spelling in ("BÜCHER.example", "xn--bcher-kva"):
        assert list(search_users(list_users(), spelling)) == [alice]
    assert find_user_by_identifier("email", "Alice@xn--bcher-kva.example") == alice
