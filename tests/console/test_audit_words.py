"""The audit log in words: who did what to whom, by name, and what was changed.

It showed keys, raw ids and the entry as JSON.
"""

import re
from typing import Any

import pytest
from django.test import Client

from access.services.roles import create_role, update_role
from common.actors import ANONYMOUS, SYSTEM, Actor
from common.errors import AppError
from console.audit.changes import describe_changes, describe_error
from console.audit.names import Names
from console.audit.sentences import plain_sentence
from console.tenancy import ConsoleRole
from events.history import Subject, record
from events.models import AuditLog
from identity.models import User
from identity.services.roles import replace_user_roles
from identity.services.users import create_user, delete_user, set_user_suspended
from tenants.context import enter_tenant
from tests.console.conftest import developer

START = "/console/default"


@pytest.fixture
def alice(carol: User) -> User:
    with enter_tenant("default"):
        return create_user(username="alice", name="Alice", actor=Actor.developer(carol.id))


def latest(key: str) -> AuditLog:
    return AuditLog.objects.filter(key=key).latest("created_at")


def words(key: str) -> tuple[str, list[str]]:
    entry = latest(key)
    names = Names([entry])
    return plain_sentence(entry, names), [re.sub(r"<[^>]*>", "", line) for line in describe_changes(entry, names)]


def test_stored_tokens_are_those_of_a_user(alice: User, carol: User) -> None:
    """The entry's subject is a set of tokens, whose id says nothing to anybody."""
    actor, tokens = Actor.developer(carol.id), Subject("Secret", "s1", "federated_token_set")
    with enter_tenant("default"):
        record("Secret.Updated", actor=Actor.user(alice.id), subject=tokens, user_id=alice.id)
        record("Secret.Deleted", actor=actor, subject=tokens, user_id=alice.id)
        assert words("Secret.Updated")[0] == "A provider’s tokens were stored for Alice"
        assert words("Secret.Deleted")[0] == "Carol deleted a provider’s tokens that were stored for Alice"


def test_a_change_says_who_did_what(alice: User, carol: User) -> None:
    actor = Actor.developer(carol.id)
    with enter_tenant("default"):
        role = create_role(name="Reader", description="Reads", actor=actor)
        update_role(role, name="Editor", actor=actor)
        replace_user_roles(alice, role_ids=[role.id], actor=actor)
        set_user_suspended(alice, suspended=True, actor=actor)
        assert words("User.Created") == ("Carol created the user Alice", [])
        assert words("Role.Data.Updated") == ("Carol changed the role Editor", ["Name: “Reader” → “Editor”"])
        assert words("User.Roles.Updated") == (
            "Carol changed the roles of Alice",
            ["Added roles: Editor", "Removed roles: Workspace creator"],
        )
        assert words("User.SuspensionStatus.Updated")[0] == "Carol suspended Alice"


def test_what_is_gone_keeps_the_name_it_had(alice: User) -> None:
    with enter_tenant("default"):
        record("Role.Deleted", actor=SYSTEM, subject=Subject("Role", "gone", "Old role"))
        assert words("Role.Deleted")[0] == "Gatehouse deleted the role Old role"
        delete_user(alice, actor=SYSTEM)
        assert words("User.Deleted")[0] == f"Gatehouse deleted the user {alice.id}"


def test_a_refusal_has_not_happened(alice: User) -> None:
    with enter_tenant("default"):
        record(
            "Interaction.SignIn.Verification.Password.Submit",
            actor=ANONYMOUS,
            error=AppError("session.invalid_credentials"),
        )
        entry = latest("Interaction.SignIn.Verification.Password.Submit")
        assert plain_sentence(entry, Names([entry])) == "Refused: A password was checked"
        assert describe_error(entry) == "The account or the password is wrong."


def test_nested_settings_are_compared_member_by_member(installation: dict[str, Any]) -> None:
    with enter_tenant("default"):
        record(
            "SignInExperience.Updated",
            actor=SYSTEM,
            subject=Subject("SignInExperience", "default"),
            before={"passwordPolicy": {"length": {"min": 8}}, "supportEmail": "", "signIn": {"methods": [{}]}},
            after={"passwordPolicy": {"length": {"min": 12}}, "supportEmail": "a@b.c", "signIn": {"methods": [{}, {}]}},
        )
        assert sorted(words("SignInExperience.Updated")[1]) == [
            "Password policy › length › min: 8 → 12",
            "Sign in › methods: 1 entries → 2 entries",
            "Support email: “a@b.c”",
        ]


def test_markup_in_a_name_is_text(console: Client, installation: dict[str, Any]) -> None:
    with enter_tenant("default"):
        role = create_role(name="<script>{x}</script>", description="x", actor=SYSTEM)
        update_role(role, description="<b>{actor}</b>", actor=SYSTEM)
        entry = latest("Role.Data.Updated")
    for page in (f"{START}/events/auditlog/", f"{START}/events/auditlog/{entry.id}/change/"):
        answer = console.get(page)
        assert answer.status_code == 200
        assert b"<script>{x}" not in answer.content
        assert b"<b>{actor}" not in answer.content


def test_pages_link_names_and_hide_the_raw_entry(console: Client, alice: User) -> None:
    with enter_tenant("default"):
        entry = latest("User.Created")
    page = console.get(f"{START}/events/auditlog/{entry.id}/change/").content.decode()
    assert f'<a class="gh-link" href="{START}/identity/user/{alice.id}/change/">Alice</a>' in page
    assert '<details class="gh-details"><summary>User.Created</summary>' in page
    rows = console.get(f"{START}/events/auditlog/").content.decode()
    assert "Carol created the user Alice" in rows
    assert "Carol created the user Alice" in console.get(f"{START}/").content.decode()


def test_a_developers_name_leads_nowhere_in_another_tenant(console: Client, alice: User, carol: User) -> None:
    page = console.get(f"{START}/events/auditlog/").content.decode()
    assert f"/identity/user/{carol.id}/" not in page


def test_a_page_of_entries_costs_a_statement_a_kind(
    installation: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    heidi = developer("heidi", default=ConsoleRole.ADMIN)
    with enter_tenant("default"):
        for number in range(10):
            role = create_role(name=f"Role {number}", description="x", actor=Actor.developer(heidi.id))
            user = create_user(username=f"user{number}", actor=Actor.developer(heidi.id))
            replace_user_roles(user, role_ids=[role.id], actor=Actor.developer(heidi.id))
        entries = list(AuditLog.objects.all())
        with django_assert_max_num_queries(9):
            names = Names(entries)
            for entry in entries:
                plain_sentence(entry, names)
                describe_changes(entry, names)
