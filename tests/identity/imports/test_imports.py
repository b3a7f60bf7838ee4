"""Files of users become users: what is written, what is refused, and what happens when the same file comes again."""

import json
from typing import Any

import pytest

from access.models import Role
from connectors.models import SsoConnector
from events.models import AuditLog
from identity.imports.errors import RowError
from identity.imports.jobs import create_user_import
from identity.imports.preview import preview_import
from identity.imports.records import ImportedUser, Membership
from identity.imports.references import find_references
from identity.imports.selectors import problem_message
from identity.models import Factor, SocialIdentity, User, UserImport, UserImportKey, UserRole, UserSource
from identity.selectors import find_user_by_identifier, find_user_by_social_identity, search_users
from identity.services.passwords import verify_user_password
from organizations.models import MemberRole, Organization, OrganizationMember, OrganizationRole
from tenants.counts import count_all
from tenants.models import Tenant
from tests.identity.imports.conftest import CAROL, Importing, counts, problems
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

BCRYPT = "$2b$04$Mr9Zz2mO/K6wm9Dd2wB7IeV3aOaTRr0B2DMvyY6n4oJ0dXaMZHIe2"


def lines(*rows: dict[str, Any]) -> str:
    return "\n".join(json.dumps(row) for row in rows)


def test_a_row_brings_everything_that_a_user_has(imported: Importing) -> None:
    member = Role.objects.create(name="member", description="", is_default=True)
    editor = Role.objects.create(name="editor", description="")
    orchard = Organization.objects.create(name="Orchard")
    admin = OrganizationRole.objects.create(name="admin")
    okta = SsoConnector.objects.create(provider_name="Okta", connector_name="Acme", sealed_config=b"")
    row = {
        "id": "dora-1",
        "username": "dora",
        "primaryEmail": "Dora@Example.com",
        "primaryPhone": "+1 202 555 0107",
        "name": "Dora",
        "avatar": "https://example.com/dora.png",
        "profile": {"givenName": "Dora"},
        "customData": {"plan": "pro"},
        "password": PASSWORD,
        "identities": {"github": {"userId": "77", "details": {"name": "dora"}}},
        "ssoIdentities": [{"connector": "Acme", "issuer": "https://okta.example", "identityId": "d", "detail": {}}],
        "roles": ["editor"],
        "organizations": [{"name": "Orchard", "roles": ["admin"]}],
        "totpSecret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        "backupCodes": [f"{number:010x}" for number in range(10)],
        "passkeys": [{"credentialId": "Y3JlZA", "publicKey": "a2V5", "counter": 4, "rpId": "example.com"}],
        "isSuspended": True,
        "createdAt": "2020-01-02T03:04:05Z",
        "lastSignInAt": 1_600_000_000_000,
    }
    done = imported(lines(row))
    assert (counts(done), done.status, problems(done)) == ((1, 1, 0, 0, 0), "Completed", [])
    dora = User.objects.get()
    assert dora == find_user_by_identifier("email", "dora@example.com") == find_user_by_social_identity("github", "77")
    assert (dora.primary_phone, dora.name, dora.custom_data) == ("12025550107", "Dora", {"plan": "pro"})
    assert (dora.is_suspended, dora.created_at.year) == (True, 2020)
    assert verify_user_password(dora, PASSWORD)
    assert not verify_user_password(dora, "another password")
    assert set(UserRole.objects.values_list("role_id", flat=True)) == {member.id, editor.id}
    assert list(MemberRole.objects.values_list("member__organization", "role")) == [(orchard.id, admin.id)]
    assert dora.sso_identities.get().connector == okta
    assert set(Factor.objects.values_list("type", flat=True)) == {"Totp", "BackupCode", "WebAuthn"}
    assert list(search_users(User.objects.all(), "dora@exam")) == [dora]
    assert count_all(User) == 1


def test_it_leaves_one_entry_and_sends_nothing(imported: Importing) -> None:
    done = imported(lines({"username": "dora"}, {"username": "emil"}))
    keys = list(
        AuditLog.objects.filter(payload__subject__id=done.id).values_list("key", flat=True).order_by("created_at")
    )
    assert keys == ["UserImport.Created", "UserImport.Updated", "UserImport.Completed"]
    entry = AuditLog.objects.get(key="UserImport.Completed")
    assert entry.payload["after"] == {"rows": 2, "created": 2, "updated": 0, "skipped": 0, "failed": 0}
    assert entry.payload["actor"] == {"kind": CAROL.kind, "id": CAROL.id}
    assert not AuditLog.objects.filter(key="User.Created").exists()


def test_events_are_published_if_they_are_wanted(imported: Importing) -> None:
    imported(lines({"username": "dora"}, {"username": "emil"}), publishEvents=True)
    assert AuditLog.objects.filter(key="User.Created").count() == 2


def test_a_dry_run_writes_nothing_and_says_what_would_be(imported: Importing, alice: User) -> None:
    rows = lines(
        {"username": "dora", "primaryEmail": "dora@example.com"},
        {"username": "alice"},
        {"username": "emil", "primaryEmail": "DORA@example.com"},
        {"name": "Nobody"},
        {"username": "7up"},
    )
    done = imported(rows + "\nnot json", dry_run=True)
    assert (done.status, counts(done)) == ("Checked", (6, 1, 0, 0, 5))
    assert done.dry_run_counts == {"rows": 6, "created": 1, "updated": 0, "skipped": 0, "failed": 5}
    assert problems(done) == [
        (2, 2, "username", "user.username_already_in_use"),
        (3, 3, "primaryEmail", "user_import.duplicate_row"),
        (4, 4, "", "user_import.no_identifier"),
        (5, 5, "username", "user.username_starts_with_number"),
        (6, 6, "", "user_import.malformed_row"),
    ]
    assert problem_message(done.problems.get(row=3)) == "Row 1 of the file has the same value."
    assert list(User.objects.all()) == [alice]
    assert done.chunk_count == 1
    assert not UserImportKey.objects.exists()


def test_existing_users_are_refused_skipped_or_changed(imported: Importing, alice: User) -> None:
    row = lines(
        {"primaryEmail": "ALICE@example.com", "name": "Alicia", "profile": {"nickname": "Al"}, "password": "x y z"}
    )
    assert problems(imported(row)) == [(1, 1, "primaryEmail", "user.email_already_in_use")]
    assert counts(imported(row, onExisting="skip")) == (1, 0, 0, 1, 0)
    alice.refresh_from_db()
    assert alice.name == "Alice Archer"
    assert counts(imported(row, onExisting="update")) == (1, 0, 1, 0, 0)
    alice.refresh_from_db()
    assert (alice.name, alice.username, alice.profile) == ("Alicia", "alice", {"nickname": "Al"})
    assert verify_user_password(alice, "x y z")
    assert AuditLog.objects.filter(key="User.Data.Updated", user_id=alice.id).exists()


def test_a_row_about_two_users_is_refused(imported: Importing, alice: User, bob: User) -> None:
    row = lines({"username": "alice", "primaryEmail": "bob@example.com"})
    assert problems(imported(row, onExisting="update")) == [(1, 1, "username", "user_import.ambiguous_user")]


def test_an_update_never_touches_factors(imported: Importing, alice: User) -> None:
    imported(lines({"username": "alice", "totpSecret": "JBSWY3DPEHPK3PXP"}), onExisting="update")
    assert not Factor.objects.exists()


def test_suspending_by_an_update_ends_sessions(imported: Importing, alice: User) -> None:
    imported(lines({"username": "alice", "isSuspended": True}), onExisting="update")
    assert AuditLog.objects.filter(key="User.SuspensionStatus.Updated", user_id=alice.id).exists()


def test_the_same_file_again_changes_nothing(imported: Importing) -> None:
    rows = lines({"id": "1", "username": "dora"}, {"id": "2", "primaryEmail": "emil@example.com"})
    assert counts(imported(rows)) == (2, 2, 0, 0, 0)
    assert counts(imported(rows)) == (2, 0, 0, 2, 0)
    renamed = lines({"id": "1", "username": "dorothea"})
    assert counts(imported(renamed, onExisting="update")) == (1, 0, 1, 0, 0)
    assert User.objects.filter(username="dorothea").exists()
    assert UserSource.objects.count() == 2


@pytest.mark.parametrize("policy", ["refuse", "drop", "accept"])
def test_unverified_identifiers_are_a_choice(imported: Importing, policy: str) -> None:
    row = lines({"username": "dora", "primaryEmail": "dora@example.com", "emailVerified": False})
    done = imported(row, unverified=policy)
    if policy == "refuse":
        assert problems(done) == [(1, 1, "primaryEmail", "user_import.unverified_identifier")]
    else:
        assert User.objects.get().primary_email == ("dora@example.com" if policy == "accept" else None)


def test_what_is_not_there_is_refused_or_left_out(imported: Importing, tenant: Any) -> None:
    organization = Organization.objects.create(name="Orchard")
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"roles": ["ghost"]}, "roles", "user_import.unknown_role"),
        ({"organizations": [{"name": "Ghost"}]}, "organizations", "user_import.unknown_organization"),
        (
            {"organizations": [{"id": organization.id, "roles": ["ghost"]}]},
            "organizations.roles",
            "user_import.unknown_organization_role",
        ),
        (
            {"ssoIdentities": [{"connector": "ghost", "issuer": "i", "identityId": "1"}]},
            "ssoIdentities",
            "user_import.unknown_connector",
        ),
    ]
    rows = [{"username": f"user_{letter}", **more} for letter, (more, _field, _code) in zip("abcd", cases, strict=True)]
    refused = imported(lines(*rows))
    assert [problem[2:] for problem in problems(refused)] == [(field, code) for _more, field, code in cases]
    assert counts(imported(lines(*rows), unknownReferences="drop")) == (4, 4, 0, 0, 0)
    assert OrganizationMember.objects.get().organization == organization


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ({"username": 5.5}, "username", "user_import.invalid_value"),
        ({"username": "x\u0000"}, "username", "user_import.invalid_value"),
        ({"primaryEmail": "no address"}, "primaryEmail", "user.invalid_email"),
        ({"primaryPhone": "12"}, "primaryPhone", "user.invalid_phone"),
        ({"username": "dora", "name": "x" * 129}, "name", "entity.value_too_long"),
        ({"username": "dora", "profile": []}, "profile", "user_import.invalid_value"),
        ({"username": "dora", "profile": {"website": "javascript:1"}}, "profile.website", "guard.invalid_input"),
        ({"username": "dora", "createdAt": "yesterday"}, "createdAt", "user_import.invalid_value"),
        ({"username": "dora", "createdAt": "2999-01-01"}, "createdAt", "user_import.invalid_value"),
        ({"username": "dora", "passwordDigest": "abc"}, "passwordAlgorithm", "user.password_algorithm_required"),
        (
            {"username": "dora", "passwordDigest": "abc", "passwordAlgorithm": "SHA1"},
            "passwordDigest",
            "password.unsupported_encryption_method",
        ),
        ({"username": "dora", "password": "a", "passwordDigest": BCRYPT}, "password", "user.password_and_digest"),
        ({"username": "dora", "totpSecret": "abc"}, "totpSecret", "user.totp_secret_invalid"),
        ({"username": "dora", "backupCodes": ["0" * 10]}, "backupCodes", "session.mfa.backup_code_can_not_be_alone"),
        ({"username": "dora", "passkeys": [{"credentialId": "a b"}]}, "passkeys", "user_import.invalid_value"),
        ({"username": "dora", "identities": {"github": {}}}, "", "request.invalid_input"),
        ({"id": "x" * 257, "username": "dora"}, "id", "user_import.invalid_value"),
    ],
)
def test_a_refusal_names_the_field(imported: Importing, row: dict[str, Any], field: str, code: str) -> None:
    assert problems(imported(lines(row, {"username": "emil"}))) == [(1, 1, field, code)]
    assert User.objects.get().username == "emil"


def test_ids_are_kept_if_they_are_wanted(imported: Importing, mallory: User) -> None:
    rows = lines({"id": "abc123def456", "username": "dora"}, {"id": "auth0|far-too-long", "username": "emil"})
    done = imported(rows, keepIds=True)
    assert problems(done) == [(2, 2, "id", "user_import.id_in_use")]
    assert User.objects.get().id == "abc123def456"
    taken = imported(lines({"id": mallory.id, "username": "fred"}, {"id": "g1", "username": "gina"}), keepIds=True)
    assert problems(taken) == [(1, 1, "id", "user_import.id_in_use")]
    assert User.objects.filter(id="g1").exists()


def test_columns_of_a_spreadsheet(imported: Importing) -> None:
    content = "﻿email;name;password;roles;customData;is_suspended\r\n"
    content += 'dora@example.com;"Dora ""D"" Doe\nof Example";walnut tractor 51;a;"{""plan"": ""pro""}";no\r\n'
    content += "emil@example.com;'=HYPERLINK(1);;;;\r\n"
    Role.objects.create(name="a", description="")
    done = imported(content)
    assert (done.layout, counts(done), problems(done)) == ("csv", (2, 2, 0, 0, 0), [])
    dora = User.objects.get(email_key="dora@example.com")
    assert (dora.name, dora.custom_data) == ('Dora "D" Doe\nof Example', {"plan": "pro"})
    assert verify_user_password(dora, PASSWORD)
    assert User.objects.get(email_key="emil@example.com").name == "=HYPERLINK(1)"


def test_the_file_is_sealed_and_deleted_at_the_end(imported: Importing, tmp_path: Any) -> None:
    checked = imported(lines({"username": "dora"}), dry_run=True)
    [part] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert b"dora" not in part.read_bytes()
    done = imported(lines({"username": "emil"}))
    assert UserImport.objects.get(id=done.id).chunk_count == 0
    assert UserImport.objects.get(id=checked.id).chunk_count == 1


def test_linked_accounts_are_found(imported: Importing, alice: User) -> None:
    imported(lines({"username": "alice", "identities": {"github": {"userId": "5"}}}), onExisting="update")
    assert find_user_by_social_identity("github", "5") == alice
    taken = imported(lines({"username": "dora", "identities": {"github": {"userId": "5"}}}))
    assert problems(taken) == [(1, 1, "identities", "user.identity_already_in_use")]
    assert SocialIdentity.objects.count() == 1


@pytest.mark.parametrize(
    "row",
    [
        {"roles": "viewer;\x00"},
        {"roles": "viewer;\ud800"},
        {"custom_password_hash": {"algorithm": "\x00", "hash": {"value": "x"}}, "email": "emil@example.com"},
    ],
)
def test_signs_that_no_column_holds_refuse_a_row_and_not_the_file(imported: Importing, row: dict[str, Any]) -> None:
    """A role called NUL was looked up, and the name of an algorithm noted, as it was: the whole import had failed."""
    source = "auth0" if "email" in row else "gatehouse"
    done = imported(lines({"username": "emil", **row}, {"username": "dora"}), source=source)

    assert (done.status, done.failed) == ("Completed", 1)
    assert User.objects.filter(username="dora").exists()


def test_names_that_no_query_can_hold_are_unknown(tenant: Tenant) -> None:
    """A source that handed on such a name, as Django's did, ended every import of its file at the same row."""
    editor = Role.objects.create(name="editor", description="")
    record = ImportedUser(username="dora", roles=["editor", "a\x00b", "\ud800"], memberships=[Membership("\x00")])
    assert find_references([record], unknown="drop").role_ids(record) == [editor.id]
    with pytest.raises(RowError) as refused:
        find_references([record], unknown="refuse").role_ids(record)
    assert refused.value.code == "user_import.unknown_role"


@pytest.mark.parametrize("sign", ["a\x00b", "\ud800"])
@pytest.mark.parametrize("dry_run", [True, False])
def test_details_that_no_column_holds_are_refused_where_they_are_read(
    imported: Importing, sign: str, dry_run: bool
) -> None:
    """The dry run counted such a row as created, and the import then blamed somebody else's change for it."""
    SsoConnector.objects.create(provider_name="Okta", connector_name="Acme", sealed_config=b"")
    account = {"connector": "Acme", "issuer": "https://okta.example", "identityId": "d"}
    rows = [
        {"username": "dora", "ssoIdentities": [{**account, "detail": {"groups": [{"name": sign}]}}]},
        {"username": "emil", "ssoIdentities": [{**account, "identityId": "e", "detail": {sign: 1}}]},
        {"username": "fred", "ssoIdentities": [{**account, "identityId": "f", "detail": {"name": "Fred"}}]},
    ]
    done = imported(lines(*rows), dry_run=dry_run)

    assert counts(done) == (3, 1, 0, 0, 2)
    assert [problem[2:] for problem in problems(done)] == [("ssoIdentities", "user_import.invalid_value")] * 2


@pytest.mark.parametrize("name", ["customData", "profile", "identities"])
def test_a_preview_shows_nothing_that_has_no_bytes(tenant: Tenant, name: str) -> None:
    """A member named by a lone surrogate was shown as it was, and the page of the import ended in an error."""
    content = lines({"username": "emil", name: {"\ud800": "x"}}, {"username": "dora", name: {"plan": "pro"}})
    [refused, shown] = preview_import(create_user_import(content.encode(), actor=CAROL))

    assert refused.error is not None
    assert (refused.user, refused.error.code) == (None, "user_import.invalid_value")
    assert shown.user is not None


def test_a_preview_of_a_deep_row_says_that_it_cannot_be_read(tenant: Tenant) -> None:
    """As the import itself does: whatever goes down to the bottom of such a row runs out of stack."""
    deep = "[" * 600 + "]" * 600
    content = f'{{"username": "dora", "customData": {{"x": {deep}}}}}'
    [row] = preview_import(create_user_import(content.encode(), source="gatehouse", actor=CAROL))

    assert row.error is not None
    assert row.error.code == "user_import.malformed_row"


def many(kind: str, count: int) -> dict[str, Any]:
    """A row's members with so many of a kind, all of them different."""
    names = [f"n{number}" for number in range(count)]
    match kind:
        case "identities":
            return {kind: {name: {"userId": "1"} for name in names}}
        case "ssoIdentities":
            return {kind: [{"connector": "Acme", "issuer": "i", "identityId": name} for name in names]}
        case "roles":
            return {kind: names}
        case "organizations":
            return {kind: [{"name": name} for name in names]}
        case "organizations.roles":
            return {"organizations": [{"name": "Orchard"}, {"name": "Orchard", "roles": names}]}
        case _:
            return {kind: [{"credentialId": name, "publicKey": "a2V5"} for name in names]}


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(
    "kind", ["identities", "ssoIdentities", "roles", "organizations", "organizations.roles", "passkeys"]
)
def test_a_user_has_a_hundred_of_a_kind(imported: Importing, kind: str, dry_run: bool) -> None:
    """Rows of 249 KB had 11,500 linked accounts each: a batch of 32 took 640 MB, and a worker with it."""
    rows = lines({"username": "dora", **many(kind, 101)}, {"username": "emil", **many(kind, 100)})
    done = imported(rows, dry_run=dry_run, unknownReferences="drop")

    assert problems(done) == [(1, 1, kind, "user_import.invalid_value")]
    assert counts(done) == (2, 1, 0, 0, 1)


def test_an_address_that_was_never_verified_changes_nobody(imported: Importing, alice: User) -> None:
    """Somebody had signed up at the source with alice's address, and with `accept` her account got their password."""
    row = {"primaryEmail": alice.primary_email, "emailVerified": False, "password": "maple harbor 77"}
    done = imported(lines(row), onExisting="update", unverified="accept")

    assert problems(done) == [(1, 1, "primaryEmail", "user_import.unverified_identifier")]
    assert verify_user_password(User.objects.get(id=alice.id), PASSWORD)
    # What says otherwise who is meant does.
    done = imported(lines({**row, "username": alice.username}), onExisting="update", unverified="accept")
    assert counts(done) == (1, 0, 1, 0, 0)
