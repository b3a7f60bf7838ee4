"""Accounts are created, changed, suspended and deleted."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import transaction

from access.models import Role
from common.actors import SYSTEM, Actor
from common.errors import AppError
from events.history import Event, Subject
from identity import username_case
from identity.models import User
from identity.passwords import HashedPassword
from identity.selectors import find_user, user_info
from identity.services.users import (
    create_user,
    delete_user,
    mark_signed_in,
    merge_user_data,
    set_password,
    set_password_expired,
    set_user_suspended,
    update_user,
)
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.racing import outcome

pytestmark = pytest.mark.django_db

CAROL = Actor.developer("carol")


def test_a_new_user_keeps_what_was_given_and_gets_its_keys(alice: User, bob: User) -> None:
    alice.refresh_from_db()
    bob.refresh_from_db()
    assert (bob.primary_email, bob.email_key) == ("Bob@Example.com", "bob@example.com")
    assert alice.username_key == "alice"
    assert alice.password_updated_at is not None
    assert alice.account_settings == {"mfa": {"enabled": False}}
    for part in (alice.id, "alice@example.com", "12025550101", "alice archer"):
        assert part in alice.search


def test_a_user_may_have_nothing_at_all(tenant: Tenant) -> None:
    users = [create_user(actor=SYSTEM), create_user(username="", primary_email="", primary_phone="", actor=SYSTEM)]
    assert [(user.username, user.primary_email, user.primary_phone) for user in users] == [(None, None, None)] * 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"username": "alice"}, "user.username_already_in_use"),
        ({"primary_email": "aLICE@example.COM"}, "user.email_already_in_use"),
        ({"primary_phone": "12025550101"}, "user.phone_already_in_use"),
        ({"username": "alice", "primary_phone": "12025550101"}, "user.username_already_in_use"),
        ({"primary_phone": "not a number"}, "user.invalid_phone"),
        ({"primary_email": "not an address"}, "user.invalid_email"),
        ({"username": "1st"}, "user.username_starts_with_number"),
        ({"username": "a" * 129}, "entity.value_too_long"),
        ({"primary_email": "a" * 120 + "@example.com"}, "entity.value_too_long"),
        ({"name": "a" * 129}, "entity.value_too_long"),
        ({"avatar": "a" * 2049}, "entity.value_too_long"),
        ({"name": "nul\x00"}, "request.invalid_input"),
        ({"name": "\ud800"}, "request.invalid_input"),
        ({"custom_data": {"deep": ["nul\x00"]}}, "request.invalid_input"),
        ({"custom_data": {"deep": float("nan")}}, "request.invalid_input"),
        ({"profile": ["no object"]}, "request.invalid_input"),
    ],
)
def test_bad_or_taken_values_are_refused(alice: User, bob: User, fields: dict[str, Any], code: str) -> None:
    assert outcome(lambda: create_user(actor=SYSTEM, **fields)) == code
    assert outcome(lambda: update_user(bob, actor=SYSTEM, **fields)) == code
    assert User.objects.count() == 2


def test_a_refused_write_leaves_the_callers_transaction_usable(alice: User) -> None:
    with transaction.atomic():
        with pytest.raises(AppError):
            create_user(username="alice", actor=SYSTEM)
        create_user(username="carol", actor=SYSTEM)
    assert User.objects.count() == 2


def test_another_tenant_may_use_the_same_identifiers(alice: User) -> None:
    with enter_tenant("acme"):
        create_user(username="alice", primary_email="alice@example.com", primary_phone="12025550101", actor=SYSTEM)


def test_case_of_user_names_follows_the_policy(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    create_user(username="ALICE", actor=SYSTEM)
    monkeypatch.setattr(username_case, "_rule", lambda: False)
    assert outcome(lambda: create_user(username="aLICE", actor=SYSTEM)) == ("user.username_already_in_use")


def test_default_roles_are_given(tenant: Tenant) -> None:
    role = Role.objects.create(name="user", description="", is_default=True)
    Role.objects.create(name="machine", description="", is_default=True, type="MachineToMachine")
    with enter_tenant("acme"):
        Role.objects.create(name="theirs", description="", is_default=True)
    user = create_user(actor=SYSTEM)
    assert list(user.user_roles.values_list("role_id", flat=True)) == [role.id]


def test_passwords_come_as_text_or_digest(tenant: Tenant) -> None:
    digest = HashedPassword("5f4dcc3b5aa765d61d8327deb882cf99", "MD5")
    assert create_user(hashed_password=digest, actor=SYSTEM).password_encryption_method == "MD5"
    both: dict[str, Any] = {"password": "a", "hashed_password": digest}
    assert outcome(lambda: create_user(actor=SYSTEM, **both)) == "user.password_and_digest"
    wrong = HashedPassword("short", "MD5")
    assert outcome(lambda: create_user(hashed_password=wrong, actor=SYSTEM)) == (
        "password.unsupported_encryption_method"
    )


def test_events_carry_the_user_and_the_actor(tenant: Tenant, recorded: list[Event]) -> None:
    user = create_user(username="bob", actor=CAROL)
    update_user(user, name="Bob", actor=CAROL)
    set_password(user, password="another secret", actor=CAROL)
    set_user_suspended(user, suspended=True, actor=CAROL)
    user_id = user.id
    delete_user(user, actor=CAROL)
    events = [event for event in recorded if event.name.startswith("User.")]
    assert [event.name for event in events] == [
        "User.Created",
        "User.Data.Updated",
        "User.Data.Updated",
        "User.SuspensionStatus.Updated",
        "User.Deleted",
    ]
    assert all(event.subject == Subject("User", user_id) and event.actor == CAROL for event in events)
    assert [event.details.get("changed") for event in events[1:3]] == [["name"], ["password"]]
    assert events[1].data["user"]["name"] == "Bob"
    assert events[3].after == {"isSuspended": True}


def test_nothing_is_recorded_about_a_refused_write(alice: User, recorded: list[Event]) -> None:
    assert outcome(lambda: create_user(username="alice", actor=SYSTEM)) == "user.username_already_in_use"
    assert recorded == []


def test_an_update_changes_only_what_is_given(alice: User) -> None:
    stale = find_user(alice.id)
    assert stale is not None
    update_user(alice, primary_email="new@example.com", actor=SYSTEM)
    update_user(stale, name="Alice B", actor=SYSTEM)
    alice.refresh_from_db()
    assert (alice.primary_email, alice.name) == ("new@example.com", "Alice B")
    assert "new@example.com" in alice.search
    assert "alice b" in alice.search
    assert "alice@example.com" not in alice.search


def test_an_empty_identifier_means_none(alice: User) -> None:
    update_user(alice, username="", primary_email="", primary_phone="", name="", actor=SYSTEM)
    alice.refresh_from_db()
    assert (alice.username, alice.primary_email, alice.primary_phone, alice.name) == (None, None, None, "")
    assert (alice.username_key, alice.email_key) == (None, None)


def test_users_keep_their_own_identifiers(alice: User) -> None:
    update_user(alice, username="alice", primary_email="alice@EXAMPLE.com", actor=SYSTEM)
    assert alice.primary_email == "alice@EXAMPLE.com"


def test_an_update_without_changes_is_refused(alice: User) -> None:
    assert outcome(lambda: update_user(alice, actor=SYSTEM)) == "entity.invalid_input"


def test_objects_are_replaced_by_update_and_merged_by_merge(alice: User) -> None:
    update_user(alice, custom_data={"a": 1, "b": {"c": 2}}, actor=SYSTEM)
    merge_user_data(alice, custom_data={"b": {"d": 3}}, actor=SYSTEM)
    assert alice.custom_data == {"a": 1, "b": {"d": 3}}
    update_user(alice, custom_data={"e": 4}, actor=SYSTEM)
    assert alice.custom_data == {"e": 4}
    assert outcome(lambda: merge_user_data(alice, actor=SYSTEM)) == "entity.invalid_input"


def test_writes_to_a_user_who_is_gone_are_not_found(alice: User) -> None:
    twin = find_user(alice.id)
    assert twin is not None
    delete_user(twin, actor=SYSTEM)
    for write in (
        lambda: update_user(alice, name="x", actor=SYSTEM),
        lambda: set_password(alice, password="another secret", actor=SYSTEM),
        lambda: set_user_suspended(alice, suspended=True, actor=SYSTEM),
        lambda: delete_user(alice, actor=SYSTEM),
    ):
        assert outcome(write) == "entity.not_found"


def test_another_tenants_user_cannot_be_written(tenant: Tenant, mallory: User) -> None:
    assert outcome(lambda: update_user(mallory, name="x", actor=SYSTEM)) == "entity.not_found"
    assert outcome(lambda: delete_user(mallory, actor=SYSTEM)) == "entity.not_found"


def test_a_new_password_ends_expiry(alice: User) -> None:
    set_password_expired(alice, is_expired=True, actor=SYSTEM)
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        set_password(alice, password="another secret", actor=SYSTEM)
    alice.refresh_from_db()
    assert not alice.is_password_expired
    assert alice.password_updated_at == datetime(2030, 1, 1, tzinfo=UTC)
    assert outcome(lambda: set_password(alice, actor=SYSTEM)) == "user.password_and_digest"


def test_a_sign_in_is_noted_and_the_first_application_stays(alice: User) -> None:
    before = alice.updated_at
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        mark_signed_in(alice, application_id="first")
        mark_signed_in(alice, application_id="second")
    assert alice.application_id == "first"
    alice.refresh_from_db()
    assert alice.application_id == "first"
    assert user_info(alice)["lastSignInAt"] == 1893456000000
    assert alice.updated_at == before


def test_deleting_takes_the_roles_along(alice: User, viewer: Role) -> None:
    alice.user_roles.create(role=viewer)
    delete_user(alice, actor=SYSTEM)
    assert User.objects.count() == 0
    assert Role.objects.filter(id=viewer.id).exists()


@pytest.mark.parametrize("name", ["website", "profile"])
@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "alice.example"])
def test_pages_of_a_profile_are_web_addresses(alice: User, name: str, address: str) -> None:
    """A `javascript:` address was once stored, and linked by whoever shows the profile."""
    assert outcome(lambda: update_user(alice, profile={name: address}, actor=SYSTEM)) == "guard.invalid_input"
    assert outcome(lambda: update_user(alice, profile={name: "https://alice.example/me"}, actor=SYSTEM)) == "ok"
    assert outcome(lambda: update_user(alice, profile={name: ""}, actor=SYSTEM)) == "ok"
