"""`/api/one-time-tokens`."""

from json import dumps
from typing import Any

import pytest
from django.test import Client

from identity.models import OneTimeToken
from tests.management_api.conftest import api_client

PATH = "/api/one-time-tokens"
EMAIL = "alice@example.com"
MASKED = "*" * 32


def call(api: Client, method: str, path: str, body: Any = None) -> Any:
    return api.generic(method, path, data=_json(body), content_type="application/json")


def _json(body: Any) -> bytes:
    return b"" if body is None else dumps(body).encode()


def make(api: Client, **body: Any) -> dict[str, Any]:
    answer = call(api, "POST", PATH, {"email": EMAIL, **body})
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_new_one_shows_its_value(api: Client) -> None:
    made = make(api)
    assert set(made) == {"tenantId", "id", "email", "token", "context", "status", "createdAt", "expiresAt"}
    assert (made["tenantId"], made["email"], made["context"], made["status"]) == ("default", EMAIL, {}, "active")
    assert (len(made["id"]), len(made["token"])) == (21, 32)
    assert made["expiresAt"] - made["createdAt"] == 600_000


def test_context_and_lifetime(api: Client) -> None:
    context = {"jitOrganizationIds": ["abc"], "interactionEvent": "Register"}
    made = make(api, context={**context, "unknown": 1}, expiresIn=3600)
    assert made["context"] == context
    assert made["expiresAt"] - made["createdAt"] == 3_600_000


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": ""},
        {"email": "alice"},
        {"email": f"{'a' * 120}@example.com"},
        {"email": None},
        {"email": EMAIL, "expiresIn": 0},
        {"email": EMAIL, "expiresIn": "600"},
        {"email": EMAIL, "expiresIn": 10**12},
        {"email": EMAIL, "context": {"interactionEvent": "Consent"}},
        {"email": EMAIL, "context": {"jitOrganizationIds": "abc"}},
        {"email": EMAIL, "context": []},
    ],
)
def test_bad_bodies_make_nothing(api: Client, body: Any) -> None:
    assert code_of(call(api, "POST", PATH, body)) == (400, "guard.invalid_input")
    assert not OneTimeToken.objects.exists()


def test_the_value_is_never_shown_again(api: Client) -> None:
    made = make(api)
    masked = {**made, "token": MASKED}
    assert api.get(f"{PATH}/{made['id']}").json() == masked
    assert api.get(PATH).json() == [masked]


def test_the_list_is_newest_first_and_filtered(api: Client) -> None:
    first, second, third = make(api), make(api, email="bob@example.com"), make(api)
    call(api, "PUT", f"{PATH}/{first['id']}/status", {"status": "revoked"})

    def listed(query: str) -> list[str]:
        return [row["id"] for row in api.get(f"{PATH}{query}").json()]

    assert listed("") == [third["id"], second["id"], first["id"]]
    assert listed(f"?email={EMAIL}") == [third["id"], first["id"]]
    assert listed("?status=revoked") == [first["id"]]
    assert listed(f"?email={EMAIL}&status=active") == [third["id"]]
    assert listed("?email=nobody@example.com") == []


def test_pages_are_optional(api: Client) -> None:
    for _ in range(3):
        make(api)
    answer = api.get(f"{PATH}?page=2&page_size=2&email={EMAIL}")
    assert (len(answer.json()), answer["Total-Number"]) == (1, "3")
    assert 'rel="prev"' in answer["Link"]
    assert "Total-Number" not in api.get(PATH)
    assert code_of(api.get(f"{PATH}?page=0")) == (400, "guard.invalid_pagination")


@pytest.mark.parametrize("query", ["email=alice", "email=", "status=used", "status="])
def test_bad_filters(api: Client, query: str) -> None:
    assert code_of(api.get(f"{PATH}?{query}")) == (400, "guard.invalid_input")


def test_verifying_uses_it_up_whatever_it_is_for(api: Client) -> None:
    made = make(api, context={"interactionEvent": "Register"})
    body = {"token": made["token"], "email": EMAIL}
    answer = call(api, "POST", f"{PATH}/verify", body)
    assert (answer.status_code, answer.json()) == (200, {**made, "status": "consumed"})
    assert code_of(call(api, "POST", f"{PATH}/verify", body)) == (400, "one_time_token.token_consumed")


def test_verifying_what_is_wrong(api: Client) -> None:
    made = make(api)

    def verify(**body: Any) -> tuple[int, str]:
        return code_of(call(api, "POST", f"{PATH}/verify", {"token": made["token"], "email": EMAIL, **body}))

    assert verify(token="wrong") == (404, "one_time_token.token_not_found")
    assert verify(email="bob@example.com") == (400, "one_time_token.email_mismatch")
    for body in ({"token": ""}, {"token": "x" * 257}, {"email": ""}, {"email": None}):
        assert verify(**body) == (400, "guard.invalid_input")
    call(api, "PUT", f"{PATH}/{made['id']}/status", {"status": "revoked"})
    assert verify() == (400, "one_time_token.token_revoked")


@pytest.mark.parametrize("status", ["revoked", "consumed", "expired"])
def test_status(api: Client, status: str) -> None:
    made = make(api)
    path = f"{PATH}/{made['id']}/status"
    answer = call(api, "PUT", path, {"status": status})
    assert (answer.status_code, answer.json()) == (200, {**made, "token": MASKED, "status": status})
    assert code_of(call(api, "PUT", path, {"status": "active"})) == (400, "one_time_token.cannot_reactivate_token")
    assert code_of(call(api, "PUT", path, {"status": "lost"})) == (400, "guard.invalid_input")


def test_deletion(api: Client) -> None:
    path = f"{PATH}/{make(api)['id']}"
    assert api.delete(path).status_code == 204
    assert code_of(api.delete(path)) == (404, "entity.not_found")
    assert code_of(api.get(path)) == (404, "entity.not_exists_with_id")
    assert code_of(call(api, "PUT", f"{path}/status", {"status": "revoked"})) == (404, "entity.not_exists_with_id")


def test_only_the_management_api_may(client: Client, backend: Any) -> None:
    assert call(client, "POST", PATH, {"email": EMAIL}).status_code == 401
    powerless = api_client(backend, scope="")
    assert call(powerless, "POST", PATH, {"email": EMAIL}).status_code == 403
    assert not OneTimeToken.objects.exists()


def test_another_tenants_backend_sees_and_uses_nothing(api: Client, acme_api: Client) -> None:
    made = make(api)
    assert acme_api.get(PATH).json() == []
    body = {"token": made["token"], "email": EMAIL}
    assert code_of(call(acme_api, "POST", f"{PATH}/verify", body)) == (404, "one_time_token.token_not_found")
    assert call(api, "POST", f"{PATH}/verify", body).status_code == 200


def test_making_one_is_in_the_log(api: Client) -> None:
    made = make(api)
    entry = api.get("/api/logs?logKey=OneTimeToken.Create").json()[0]
    assert entry["payload"]["oneTimeTokenId"] == made["id"]
    assert made["token"] not in str(entry)
