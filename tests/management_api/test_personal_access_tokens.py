"""`/api/users/…/personal-access-tokens` and `/api/subject-tokens`."""

import time
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from applications.models import Application
from identity.models import PersonalAccessToken, User
from identity.selectors import find_usable_personal_access_token
from oidc.models import SubjectToken

pytestmark = pytest.mark.django_db

JSON = "application/json"
MASK = "pat_" + "*" * 32


def error(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def address(user: User, *parts: str) -> str:
    return "/".join([f"/api/users/{user.id}/personal-access-tokens", *(quote(part) for part in parts)])


def make(api: Client, user: User, name: str, **values: Any) -> dict[str, Any]:
    response = api.post(address(user), {"name": name, **values}, content_type=JSON)
    assert response.status_code == 201, response.content
    return response.json()


class TestPersonalAccessTokens:
    def test_the_value_shows_once(self, api: Client, alice: User) -> None:
        made = make(api, alice, "laptop")
        assert made == {
            "tenantId": "default",
            "userId": alice.id,
            "name": "laptop",
            "value": made["value"],
            "createdAt": made["createdAt"],
            "expiresAt": None,
        }
        found = find_usable_personal_access_token(made["value"])
        assert found is not None
        assert found.user_id == alice.id
        answer = api.get(address(alice))
        assert answer.json() == [{**made, "value": MASK}]
        assert find_usable_personal_access_token(MASK) is None
        assert made["value"] not in answer.content.decode()

    def test_expiry(self, api: Client, alice: User) -> None:
        moment = int(time.time() * 1000) + 60_000
        assert make(api, alice, "laptop", expiresAt=moment)["expiresAt"] == moment
        assert make(api, alice, "phone", expiresAt=None)["expiresAt"] is None
        past = api.post(address(alice), {"name": "x", "expiresAt": moment - 120_000}, content_type=JSON)
        assert error(past) == (400, "request.invalid_input")

    def test_renaming(self, api: Client, alice: User) -> None:
        made = {**make(api, alice, "a/b c"), "value": MASK}
        answer = api.patch(address(alice, "a/b c"), {"name": "second"}, content_type=JSON)
        assert answer.json() == {**made, "name": "second"}
        answer = api.patch(address(alice), {"currentName": "second", "name": "third"}, content_type=JSON)
        assert answer.json() == {**made, "name": "third"}
        make(api, alice, "taken")
        for answer in (
            api.patch(address(alice, "third"), {"name": "taken"}, content_type=JSON),
            api.patch(address(alice), {"currentName": "third", "name": "taken"}, content_type=JSON),
            api.post(address(alice), {"name": "taken"}, content_type=JSON),
        ):
            assert error(answer) == (422, "user.personal_access_token_name_exists")

    def test_deletion(self, api: Client, alice: User) -> None:
        for name in ("first", "second", "delete", "third"):
            make(api, alice, name)
        assert api.delete(address(alice, "first")).status_code == 204
        assert api.post(address(alice, "delete"), {"name": "second"}, content_type=JSON).status_code == 204
        assert api.delete(address(alice, "delete")).status_code == 204
        assert [row["name"] for row in api.get(address(alice)).json()] == ["third"]

    def test_a_name_that_is_not_there(self, api: Client, alice: User, bob: User) -> None:
        make(api, alice, "laptop")
        for user, name in ((alice, "phone"), (bob, "laptop")):
            assert error(api.delete(address(user, name))) == (404, "entity.not_found")
            body = {"name": name}
            assert error(api.post(address(user, "delete"), body, content_type=JSON)) == (404, "entity.not_found")
            assert error(api.patch(address(user, name), {"name": "x"}, content_type=JSON)) == (404, "entity.not_exists")
            body = {"name": "x", "currentName": name}
            assert error(api.patch(address(user), body, content_type=JSON)) == (404, "entity.not_exists")
        assert error(api.patch(address(alice), {"name": "x"}, content_type=JSON)) == (404, "entity.not_exists")
        assert PersonalAccessToken.objects.get().name == "laptop"

    @pytest.mark.parametrize(
        "body",
        [{}, {"name": ""}, {"name": "x" * 257}, {"name": 1}, {"name": "x", "expiresAt": "tomorrow"}],
    )
    def test_bodies_that_cannot_be(self, api: Client, alice: User, body: dict[str, Any]) -> None:
        assert error(api.post(address(alice), body, content_type=JSON)) == (400, "guard.invalid_input")

    def test_the_longest_name(self, api: Client, alice: User) -> None:
        assert make(api, alice, "x" * 256)["name"] == "x" * 256

    def test_a_user_who_is_not_there(self, api: Client, alice: User, mallory: User) -> None:
        for answer in (
            api.get(address(mallory)),
            api.post(address(mallory), {"name": "x"}, content_type=JSON),
            api.patch(address(mallory, "x"), {"name": "y"}, content_type=JSON),
            api.delete(address(mallory, "x")),
        ):
            assert error(answer) == (404, "entity.not_found")

    def test_another_tenants_backend(self, api: Client, acme_api: Client, alice: User) -> None:
        make(api, alice, "laptop")
        for answer in (
            acme_api.get(address(alice)),
            acme_api.post(address(alice), {"name": "x"}, content_type=JSON),
            acme_api.delete(address(alice, "laptop")),
        ):
            assert error(answer) == (404, "entity.not_found")


class TestSubjectTokens:
    def test_a_token(self, api: Client, backend: Application, alice: User) -> None:
        body = {"userId": alice.id, "context": {"ticket": 7}}
        response = api.post("/api/subject-tokens", body, content_type=JSON)
        assert response.status_code == 201
        assert response.json() == {"subjectToken": response.json()["subjectToken"], "expiresIn": 600}
        assert response.json()["subjectToken"].startswith("sub_")
        row = SubjectToken.objects.get()
        assert (row.user_id, row.context, row.creator_id) == (alice.id, {"ticket": 7}, backend.id)

    def test_users_who_are_not_there(self, api: Client, mallory: User) -> None:
        for user_id in ("nobody", "", mallory.id):
            answer = api.post("/api/subject-tokens", {"userId": user_id}, content_type=JSON)
            assert error(answer) == (404, "entity.not_found")
        assert not SubjectToken.objects.exists()

    @pytest.mark.parametrize("body", [{}, {"userId": 7}, {"userId": "x", "context": "text"}])
    def test_bodies_that_cannot_be(self, api: Client, body: dict[str, Any]) -> None:
        assert error(api.post("/api/subject-tokens", body, content_type=JSON)) == (400, "guard.invalid_input")

    def test_it_is_made_and_nothing_else(self, api: Client) -> None:
        assert api.get("/api/subject-tokens").status_code == 405
