"""`/api/organizations`: organizations themselves."""

from typing import Any

import pytest
from django.test import Client

from identity.models import User
from organizations.models import Organization, OrganizationMember
from tenants.context import enter_tenant

JSON = "application/json"
KEYS = [
    "tenantId",
    "id",
    "name",
    "description",
    "customData",
    "isMfaRequired",
    "isTrustedDeviceAllowed",
    "color",
    "branding",
    "customCss",
    "createdAt",
]


def created(api: Client, **body: Any) -> dict[str, Any]:
    response = api.post("/api/organizations", body, content_type=JSON)
    assert response.status_code == 201, response.content
    result: dict[str, Any] = response.json()
    return result


def test_creation_answers_the_organization(api: Client) -> None:
    organization = created(api, name="Corp", description="Makes things", tenantId="acme", unknown=1)
    assert list(organization) == KEYS
    assert len(organization["id"]) == 12
    assert organization["tenantId"] == "default"
    assert organization["customData"] == organization["color"] == organization["branding"] == {}
    assert organization["isMfaRequired"] is False
    assert organization["isTrustedDeviceAllowed"] is True
    assert organization["customCss"] is None
    assert isinstance(organization["createdAt"], int)
    assert api.get(f"/api/organizations/{organization['id']}").json() == organization


def test_every_value_is_kept(api: Client) -> None:
    values = {
        "name": "Corp",
        "description": None,
        "customData": {"plan": {"name": "pro", "seats": [1, None]}},
        "isMfaRequired": True,
        "isTrustedDeviceAllowed": False,
        "color": {"primaryColor": "#AbC", "isDarkModeEnabled": True, "darkPrimaryColor": "#001122"},
        "branding": {"logoUrl": "https://corp.example/logo.png", "favicon": "https://corp.example/icon.png"},
        "customCss": "body { color: red }",
        "createdAt": 1700000000123,
    }
    organization = created(api, **values)
    assert {key: organization[key] for key in values} == values


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x" * 129},
        {"name": 1},
        {"name": "Corp", "description": "x" * 257},
        {"name": "Corp", "customData": []},
        {"name": "Corp", "customData": None},
        {"name": "Corp", "isMfaRequired": "true"},
        {"name": "Corp", "color": {"primaryColor": "red"}},
        {"name": "Corp", "color": {"primaryColor": "#12345"}},
        {"name": "Corp", "color": {"primaryColor": "#123\n"}},
        {"name": "Corp", "branding": {"logoUrl": "logo.png"}},
        {"name": "Corp", "branding": {"logoUrl": "javascript:alert(1)"}},
        {"name": "Corp", "createdAt": "today"},
        {"name": "Corp", "createdAt": 1e300},
        {"name": "a\x00b"},
        [],
    ],
)
def test_what_is_not_an_organization_is_refused(api: Client, body: Any) -> None:
    response = api.post("/api/organizations", body, content_type=JSON)
    assert (response.status_code, response.json()["code"]) == (400, "guard.invalid_input")


def test_a_nul_in_custom_data_is_an_error_of_the_caller(api: Client) -> None:
    response = api.post("/api/organizations", {"name": "Corp", "customData": {"a": "\x00"}}, content_type=JSON)
    assert response.status_code in (400, 422)


def test_changes_replace_whole_values(api: Client) -> None:
    organization = created(api, name="Corp", customData={"a": 1}, color={"primaryColor": "#fff"})
    url = f"/api/organizations/{organization['id']}"
    response = api.patch(url, {"customData": {"b": 2}, "description": "New"}, content_type=JSON)
    assert response.status_code == 200
    expected = {**organization, "customData": {"b": 2}, "description": "New"}
    assert response.json() == api.get(url).json() == expected


def test_members_may_be_required_to_have_a_second_factor(api: Client) -> None:
    organization = created(api, name="Corp", isMfaRequired=True, isTrustedDeviceAllowed=False)
    url = f"/api/organizations/{organization['id']}"
    assert (organization["isMfaRequired"], organization["isTrustedDeviceAllowed"]) == (True, False)
    for name, value in (("isMfaRequired", False), ("isTrustedDeviceAllowed", True)):
        assert api.patch(url, {name: value}, content_type=JSON).json()[name] is value
        assert api.get(url).json()[name] is value
        assert api.patch(url, {name: "yes"}, content_type=JSON).json()["code"] == "guard.invalid_input"


@pytest.mark.parametrize("body", [{}, {"unknown": 1}])
def test_a_change_of_nothing_is_refused(api: Client, body: dict[str, Any]) -> None:
    url = f"/api/organizations/{created(api, name='Corp')['id']}"
    response = api.patch(url, body, content_type=JSON)
    assert (response.status_code, response.json()["code"]) == (422, "entity.invalid_input")


def test_deletion(api: Client, alice: User) -> None:
    url = f"/api/organizations/{created(api, name='Corp')['id']}"
    api.post(f"{url}/users", {"userIds": [alice.id]}, content_type=JSON)
    response = api.delete(url)
    assert (response.status_code, response.content) == (204, b"")
    assert not OrganizationMember.objects.exists()
    codes = {
        "get": "entity.not_exists_with_id",
        "patch": "entity.not_exists",
        "delete": "entity.not_found",
    }
    for method, code in codes.items():
        answer = getattr(api, method)(url, {"name": "x"} if method == "patch" else None, content_type=JSON)
        assert (answer.status_code, answer.json()["code"]) == (404, code)


def test_the_list_is_always_a_page(api: Client, django_assert_max_num_queries: Any) -> None:
    names = [created(api, name=f"Corp {number}")["name"] for number in range(22)]
    response = api.get("/api/organizations")
    assert [row["name"] for row in response.json()] == names[:1:-1]
    assert response.headers["Total-Number"] == "22"
    assert 'rel="next"' in response.headers["Link"]
    second = api.get("/api/organizations", {"page": 2, "page_size": 10})
    assert [row["name"] for row in second.json()] == names[11:1:-1]
    assert list(second.json()[0]) == KEYS
    with django_assert_max_num_queries(4):
        api.get("/api/organizations", {"showFeatured": "1"})


@pytest.mark.parametrize("query", [{"page": "0"}, {"page_size": "101"}, {"page": "x"}])
def test_a_page_that_is_none(api: Client, query: dict[str, str]) -> None:
    response = api.get("/api/organizations", query)
    assert (response.status_code, response.json()["code"]) == (400, "guard.invalid_pagination")


def test_search(api: Client) -> None:
    first, second = created(api, name="Alpha"), created(api, name="Beta")

    def found(q: str) -> list[str]:
        response = api.get("/api/organizations", {"q": q})
        assert response.status_code == 200
        return [row["id"] for row in response.json()]

    assert found("LPH") == [first["id"]]
    assert found(second["id"][:8]) == [second["id"]]
    assert found("%") == []
    assert found("") == [second["id"], first["id"]]


def test_featured_members(api: Client, alice: User, bob: User) -> None:
    organization, empty = created(api, name="Corp"), created(api, name="Empty")
    api.post(f"/api/organizations/{organization['id']}/users", {"userIds": [alice.id, bob.id]}, content_type=JSON)
    rows = {row["id"]: row for row in api.get("/api/organizations", {"showFeatured": "true"}).json()}
    assert rows[organization["id"]]["usersCount"] == 2
    faces = rows[organization["id"]]["featuredUsers"]
    assert sorted(faces, key=lambda face: face["name"]) == [
        {"id": alice.id, "avatar": None, "name": "Alice Archer"},
        {"id": bob.id, "avatar": None, "name": "Bob"},
    ]
    assert (rows[empty["id"]]["usersCount"], rows[empty["id"]]["featuredUsers"]) == (0, [])


def test_mallory_finds_nothing(api: Client, acme_api: Client) -> None:
    organization = created(api, name="Corp")
    url = f"/api/organizations/{organization['id']}"
    assert acme_api.get("/api/organizations").json() == []
    assert acme_api.get(url).status_code == 404
    assert acme_api.patch(url, {"name": "Mine"}, content_type=JSON).status_code == 404
    assert acme_api.delete(url).status_code == 404
    with enter_tenant("default"):
        assert Organization.objects.get(id=organization["id"]).name == "Corp"
