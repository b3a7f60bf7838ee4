"""`/api/users`."""

from typing import Any

import pytest
from django.test import Client

from access.models import Role
from access.services.roles import create_role
from common.actors import SYSTEM
from identity.models import User
from organizations.services.members import add_members, assign_member_roles
from organizations.services.organizations import create_organization
from organizations.services.template import create_organization_role

pytestmark = pytest.mark.django_db

JSON = "application/json"


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.fixture
def reader(api: Client) -> Role:
    return create_role(name="Reader", description="Reads.", actor=SYSTEM)


def test_a_user_as_they_stand_on_the_wire(api: Client) -> None:
    body = {
        "username": "dave",
        "primaryEmail": "Dave@Example.com",
        "primaryPhone": "12025550101",
        "password": "x",
        "name": "Dave",
        "avatar": "https://example.com/dave.png",
        "customData": {"plan": "free"},
        "profile": {"givenName": "Dave", "unknown": 1, "address": {"country": "NL"}},
        "isSuspended": True,
        "id": "chosen",
    }
    response = api.post("/api/users", body, content_type=JSON)
    assert response.status_code == 200
    user = response.json()
    assert len(user["id"]) == 12
    assert user == {
        "id": user["id"],
        "username": "dave",
        "primaryEmail": "Dave@Example.com",
        "primaryPhone": "12025550101",
        "name": "Dave",
        "avatar": "https://example.com/dave.png",
        "customData": {"plan": "free"},
        "identities": {},
        "lastSignInAt": None,
        "createdAt": user["createdAt"],
        "updatedAt": user["updatedAt"],
        "profile": {"givenName": "Dave", "address": {"country": "NL"}},
        "applicationId": None,
        "cimdClientId": None,
        "isSuspended": False,
        "hasPassword": True,
    }
    assert api.get(f"/api/users/{user['id']}").json() == user


def test_an_empty_body_makes_an_empty_user(api: Client) -> None:
    user = api.post("/api/users").json()
    assert (user["username"], user["primaryEmail"], user["hasPassword"]) == (None, None, False)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"username": "1dave"}, (400, "guard.invalid_input")),
        ({"username": ""}, (400, "guard.invalid_input")),
        ({"primaryEmail": "dave"}, (400, "guard.invalid_input")),
        ({"primaryPhone": "+12025550101"}, (400, "guard.invalid_input")),
        ({"avatar": "javascript:alert(1)"}, (400, "guard.invalid_input")),
        ({"password": ""}, (400, "guard.invalid_input")),
        ({"passwordAlgorithm": "ROT13", "passwordDigest": "x"}, (400, "guard.invalid_input")),
        ({"profile": {"address": "x"}}, (400, "guard.invalid_input")),
        ({"name": "x" * 129}, (422, "entity.value_too_long")),
        ({"primaryPhone": "99999"}, (422, "user.invalid_phone")),
        ({"primaryPhone": "15550100"}, (422, "user.invalid_phone")),
        ({"primaryEmail": "dave@" + "a" * 64 + ".example"}, (422, "user.invalid_email")),
        ({"username": "alice"}, (422, "user.username_already_in_use")),
        ({"primaryEmail": "ALICE@example.com"}, (422, "user.email_already_in_use")),
        ({"password": "x", "passwordDigest": "y", "passwordAlgorithm": "MD5"}, (400, "user.password_and_digest")),
        ({"passwordDigest": "x"}, (400, "user.password_algorithm_required")),
        (
            {"passwordDigest": "x", "passwordAlgorithm": "Legacy"},
            (400, "password.invalid_legacy_password_format"),
        ),
    ],
)
def test_what_cannot_be_created(api: Client, alice: User, body: dict[str, Any], expected: tuple[int, str]) -> None:
    assert error(api.post("/api/users", body, content_type=JSON)) == expected
    assert User.objects.count() == 1


def test_a_number_that_cannot_exist_is_refused_in_a_change_too(api: Client, alice: User) -> None:
    """`99999` was stored: numbers outside of every plan passed as they were given."""
    response = api.patch(f"/api/users/{alice.id}", {"primaryPhone": "99999"}, content_type=JSON)
    assert error(response) == (422, "user.invalid_phone")


def test_one_mailbox_has_one_account(api: Client) -> None:
    """Users of `bücher.example` and of `xn--bcher-kva.example` shared a mailbox, and had an account each."""
    first = api.post("/api/users", {"primaryEmail": "user@bücher.example"}, content_type=JSON)
    second = api.post("/api/users", {"primaryEmail": "User@xn--bcher-kva.example"}, content_type=JSON)
    assert first.json()["primaryEmail"] == "user@bücher.example"
    assert error(second) == (422, "user.email_already_in_use")


def test_an_imported_password_works(api: Client) -> None:
    body = {"username": "dave", "passwordDigest": "5f4dcc3b5aa765d61d8327deb882cf99", "passwordAlgorithm": "MD5"}
    user = api.post("/api/users", body, content_type=JSON).json()
    shown = api.get(f"/api/users/{user['id']}?includePasswordHash=true").json()
    assert (shown["passwordAlgorithm"], shown["passwordDigest"]) == ("MD5", body["passwordDigest"])
    verify = f"/api/users/{user['id']}/password/verify"
    assert api.post(verify, {"password": "password"}, content_type=JSON).status_code == 204
    assert error(api.post(verify, {"password": "other"}, content_type=JSON)) == (422, "session.invalid_credentials")


def test_changes(api: Client, alice: User, bob: User) -> None:
    address = f"/api/users/{alice.id}"
    changed = api.patch(address, {"primaryEmail": "", "customData": {"a": 1}}, content_type=JSON).json()
    assert (changed["primaryEmail"], changed["customData"], changed["username"]) == (None, {"a": 1}, "alice")
    assert api.patch(address, {"username": "alice"}, content_type=JSON).status_code == 200
    assert api.patch(address, {"name": None}, content_type=JSON).json()["name"] is None
    assert error(api.patch(address, {"username": "bob"}, content_type=JSON)) == (422, "user.username_already_in_use")
    assert error(api.patch(address, {}, content_type=JSON)) == (422, "entity.invalid_input")
    assert error(api.patch(address, {"unknown": 1}, content_type=JSON)) == (422, "entity.invalid_input")
    assert error(api.patch(address, {"name": 1}, content_type=JSON)) == (400, "guard.invalid_input")


def test_objects_are_merged_under_their_own_address(api: Client, alice: User) -> None:
    address = f"/api/users/{alice.id}"
    api.patch(address, {"customData": {"a": 1}, "profile": {"givenName": "A"}}, content_type=JSON)
    merged = api.patch(f"{address}/custom-data", {"customData": {"b": 2}}, content_type=JSON).json()
    assert merged == {"a": 1, "b": 2} == api.get(f"{address}/custom-data").json()
    profile = api.patch(f"{address}/profile", {"profile": {"familyName": "B"}}, content_type=JSON).json()
    assert profile == {"givenName": "A", "familyName": "B"}
    assert error(api.patch(f"{address}/profile", {"profile": {"gender": 1}}, content_type=JSON)) == (
        400,
        "guard.invalid_input",
    )


def test_passwords(api: Client, alice: User, bob: User) -> None:
    assert api.get(f"/api/users/{bob.id}/has-password").json() == {"hasPassword": False}
    changed = api.patch(f"/api/users/{bob.id}/password", {"password": "a new one"}, content_type=JSON)
    assert changed.json()["hasPassword"] is True
    assert api.get(f"/api/users/{bob.id}/has-password").json() == {"hasPassword": True}
    assert error(api.patch(f"/api/users/{bob.id}/password/expiration", {"isExpired": True}, content_type=JSON)) == (
        400,
        "sign_in_experiences.password_expiration_not_enabled",
    )


def test_suspension_and_deletion(api: Client, alice: User) -> None:
    address = f"/api/users/{alice.id}"
    assert api.patch(f"{address}/is-suspended", {"isSuspended": True}, content_type=JSON).json()["isSuspended"]
    assert error(api.patch(f"{address}/is-suspended", {}, content_type=JSON)) == (400, "guard.invalid_input")
    assert api.delete(address).status_code == 204
    assert error(api.get(address)) == (404, "entity.not_found")
    assert error(api.delete(address)) == (404, "entity.not_found")


def test_roles(api: Client, alice: User, reader: Role) -> None:
    address = f"/api/users/{alice.id}/roles"
    machine = Role.objects.get(name="Logto Management API access")
    first = api.post(address, {"roleIds": [reader.id]}, content_type=JSON)
    assert (first.status_code, first.json()) == (201, {"roleIds": [reader.id], "addedRoleIds": [reader.id]})
    assert api.post(address, {"roleIds": [reader.id]}, content_type=JSON).json()["addedRoleIds"] == []
    assert error(api.post(address, {"roleIds": [machine.id]}, content_type=JSON)) == (422, "user.invalid_role_type")
    assert error(api.post(address, {"roleIds": ["x"]}, content_type=JSON)) == (404, "entity.not_exists_with_id")
    assert [role["name"] for role in api.get(address).json()] == ["Reader"]
    assert api.put(address, {"roleIds": []}, content_type=JSON).json() == {"roleIds": []}
    assert error(api.delete(f"{address}/{reader.id}")) == (404, "entity.not_found")
    api.put(address, {"roleIds": [reader.id]}, content_type=JSON)
    assert api.delete(f"{address}/{reader.id}").status_code == 204


def test_organizations(api: Client, alice: User, django_assert_num_queries: Any) -> None:
    role = create_organization_role(name="Admin", actor=SYSTEM)
    for name in ("A", "B"):
        organization = create_organization(name=name, actor=SYSTEM)
        add_members(organization, user_ids=[alice.id], actor=SYSTEM)
        assign_member_roles(organization, user_id=alice.id, role_ids=[role.id], actor=SYSTEM)
    address = f"/api/users/{alice.id}/organizations"
    api.get(address)
    # The tenant, the user, the memberships with organizations, their roles in two statements.
    with django_assert_num_queries(5):
        rows = api.get(address).json()
    assert [row["name"] for row in rows] == ["A", "B"]
    assert rows[0]["organizationRoles"] == [{"id": role.id, "name": "Admin"}]
    assert rows[0]["tenantId"] == "default"


def test_the_list(api: Client, alice: User, bob: User, carol: User, django_assert_num_queries: Any) -> None:
    api.get("/api/users")
    # The tenant, the count, the page.
    with django_assert_num_queries(3):
        response = api.get("/api/users?page_size=2")
    assert [user["username"] for user in response.json()] == ["carol", "bob"]
    assert response.headers["Total-Number"] == "3"
    assert 'rel="next"' in response.headers["Link"]
    assert "passwordDigest" not in response.json()[0]
    assert "passwordDigest" in api.get("/api/users?includePasswordHash=1").json()[0]


def test_filters_of_the_list(api: Client, alice: User, bob: User, reader: Role) -> None:
    organization = create_organization(name="A", actor=SYSTEM)
    add_members(organization, user_ids=[bob.id], actor=SYSTEM)
    api.post(f"/api/users/{alice.id}/roles", {"roleIds": [reader.id]}, content_type=JSON)

    def names(query: str) -> list[str]:
        return [user["username"] for user in api.get(f"/api/users?{query}").json()]

    assert names(f"excludeRoleId={reader.id}") == ["bob"]
    assert names(f"excludeOrganizationId={organization.id}") == ["alice"]
    both = f"/api/users?excludeRoleId={reader.id}&excludeOrganizationId={organization.id}"
    assert error(api.get(both)) == (400, "request.invalid_input")


def test_another_tenants_user_is_unknown(api: Client, mallory: User, reader: Role) -> None:
    address = f"/api/users/{mallory.id}"
    answers = [
        api.get(address),
        api.patch(address, {"name": "x"}, content_type=JSON),
        api.delete(address),
        api.patch(f"{address}/password", {"password": "x"}, content_type=JSON),
        api.post(f"{address}/password/verify", {"password": "x"}, content_type=JSON),
        api.patch(f"{address}/is-suspended", {"isSuspended": True}, content_type=JSON),
        api.get(f"{address}/roles"),
        api.post(f"{address}/roles", {"roleIds": [reader.id]}, content_type=JSON),
        api.get(f"{address}/organizations"),
        api.get(f"{address}/custom-data"),
    ]
    assert {error(answer) for answer in answers} == {(404, "entity.not_found")}
    assert api.get("/api/users").json() == []
