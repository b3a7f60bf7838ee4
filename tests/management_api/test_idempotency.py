"""`Idempotency-Key`: whoever asks again gets the first answer, and nothing happens twice."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from identity.models import User
from management_api.idempotency import answers
from management_api.idempotency.answers import MAX_BODY_BYTES, delete_old_answers
from management_api.models import KeptAnswer
from tenants import rate_limits
from tenants.context import enter_tenant
from tests.management_api.conftest import api_client, make_backend
from tests.racing import race
from tests.responses import ClientResponse

JSON = "application/json"
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


def post(
    client: Client, body: Any, *, key: str = KEY, path: str = "/api/users", method: str = "post"
) -> ClientResponse:
    response: ClientResponse = getattr(client, method)(
        path, json.dumps(body), content_type=JSON, headers={"idempotency-key": key}
    )
    return response


def test_the_first_answer_is_given_again(api: Client) -> None:
    first, second = (post(api, {"username": "alice"}) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert second.headers["Content-Type"] == first.headers["Content-Type"] == JSON
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert User.objects.count() == 1


def test_a_patch_and_a_refusal_are_kept_too(api: Client) -> None:
    path = f"/api/users/{post(api, {'username': 'alice'}).json()['id']}"
    assert post(api, {"name": "Alice"}, key="patch", path=path, method="patch").status_code == 200
    User.objects.update(name="Alicia")
    assert post(api, {"name": "Alice"}, key="patch", path=path, method="patch").json()["name"] == "Alice"
    assert User.objects.get().name == "Alicia"
    refused = post(api, {"username": "alice"}, key="again")
    assert (refused.status_code, refused.json()["code"]) == (422, "user.username_already_in_use")
    User.objects.all().delete()
    assert post(api, {"username": "alice"}, key="again").json() == refused.json()


@pytest.mark.parametrize(
    "change",
    [{"body": {"username": "bob"}}, {"path": "/api/roles"}, {"path": "/api/users?x=1"}],
    ids=["body", "path", "query"],
)
def test_another_request_under_the_key_is_refused(api: Client, change: dict[str, Any]) -> None:
    post(api, {"username": "alice"})
    other: dict[str, Any] = {"body": {"username": "alice"}, **change}
    response = post(api, other.pop("body"), **other)
    assert (response.status_code, response.json()["code"]) == (422, "request.idempotency_key_reused")
    assert User.objects.count() == 1


def test_each_client_and_each_tenant_has_keys_of_its_own(api: Client, acme_api: Client) -> None:
    post(api, {"username": "alice"})
    with enter_tenant("default"):
        other = api_client(make_backend())
    assert post(other, {"username": "alice"}).json()["code"] == "user.username_already_in_use"
    assert post(acme_api, {"username": "alice"}).status_code == 200


@pytest.mark.parametrize("key", ["a", '"a"', '"with \\"quotes\\" and spaces"', "x" * 255, f'"{"x" * 255}"'])
def test_a_key_is_a_string_or_bare(api: Client, key: str) -> None:
    assert post(api, {"username": "alice"}, key=key).status_code == 200
    assert post(api, {"username": "alice"}, key=key).headers["Idempotent-Replayed"] == "true"


def test_a_key_is_the_same_with_and_without_quotes(api: Client) -> None:
    post(api, {"username": "alice"}, key="a-key")
    assert post(api, {"username": "alice"}, key='"a-key"').headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", " ", '""', '"', "x" * 256, "of words", "é", '"a", "b"', '"open', "y" * 9000])
def test_any_other_key_is_refused(api: Client, key: str) -> None:
    response = post(api, {"username": "alice"}, key=key)
    assert (response.status_code, response.json()["code"]) == (400, "request.idempotency_key_invalid")
    assert not User.objects.exists()


def test_a_failure_is_neither_kept_nor_half_done(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        User.objects.create(username="half")
        raise RuntimeError("no more memory")

    with monkeypatch.context() as patched:
        patched.setattr("management_api.users.views.create_user", fail)
        assert post(api, {"username": "alice"}).status_code == 500
    assert not User.objects.exists()
    again = post(api, {"username": "alice"})
    assert again.status_code == 200
    assert "Idempotent-Replayed" not in again.headers


def test_what_is_kept_is_sealed(api: Client) -> None:
    post(api, {"name": "Shop", "type": "MachineToMachine"}, path="/api/applications")
    kept = KeptAnswer.objects.get()
    assert kept.sealed_body is not None
    assert b"Shop" not in bytes(kept.sealed_body)
    assert KEY not in f"{kept.key_digest} {kept.request_digest} {kept.headers}"


def test_a_large_answer_is_not_kept_and_nothing_happens_twice(api: Client) -> None:
    body = {"username": "alice", "customData": {"text": "x" * MAX_BODY_BYTES}}
    assert post(api, body).status_code == 200
    response = post(api, body)
    assert (response.status_code, response.json()["code"]) == (409, "request.idempotent_answer_too_large")
    assert KeptAnswer.objects.get().sealed_body is None


def test_keys_are_forgotten_after_a_day(api: Client) -> None:
    post(api, {"username": "alice"})
    KeptAnswer.objects.update(created_at=now() - timedelta(hours=25))
    assert post(api, {"username": "alice"}).json()["code"] == "user.username_already_in_use"
    KeptAnswer.objects.update(created_at=now() - timedelta(hours=25))
    with enter_tenant("default"):
        delete_old_answers()
    assert not KeptAnswer.objects.exists()


def test_a_tenant_has_so_many_keys(api: Client, settings: Any) -> None:
    settings.IDEMPOTENCY_LIMIT_PER_TENANT = "1/day"
    rate_limits.forget()
    assert post(api, {"username": "alice"}).status_code == 200
    refused = post(api, {"username": "bob"}, key="another")
    assert (refused.status_code, refused.json()["code"]) == (429, "request.rate_limited")
    assert int(refused.headers["Retry-After"]) > 0
    assert post(api, {"username": "alice"}).headers["Idempotent-Replayed"] == "true"


def test_an_upload_takes_no_key(api: Client) -> None:
    response = post(api, {}, path="/api/user-assets")
    assert (response.status_code, response.json()["code"]) == (400, "request.idempotency_key_not_supported")


def test_without_the_header_nothing_is_asked_of_the_database(
    api: Client, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    api.post("/api/roles", json.dumps({"name": "a", "description": "a"}), content_type=JSON)
    with django_assert_max_num_queries(100) as plain:
        api.post("/api/roles", json.dumps({"name": "b", "description": "b"}), content_type=JSON)
    statements = [row["sql"] for row in plain.captured_queries]
    assert not [sql for sql in statements if "keptanswer" in sql or "advisory_xact_lock(hash" in sql]
    with django_assert_num_queries(len(statements) + 5):  # a savepoint and its release, lock, look-up, answer
        post(api, {"name": "c", "description": "c"}, path="/api/roles")


@pytest.mark.django_db(transaction=True)
def test_of_requests_at_the_same_time_one_is_carried_out(tenants: Any) -> None:
    with enter_tenant("default"):
        backend = make_backend()

    def create() -> tuple[int, str]:
        response = post(api_client(backend), {"username": "alice"})
        return response.status_code, response.json().get("code", "")

    outcomes = Counter(race([create] * 8, tenant_id=None))
    assert set(outcomes) <= {(200, ""), (409, "request.idempotency_key_in_use")}
    assert outcomes[(200, "")] >= 1
    with enter_tenant("default"):
        assert User.objects.count() == KeptAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_key_under_way_is_refused(tenants: Any) -> None:
    """The lock of the transaction that has not ended is what another one meets."""
    with enter_tenant("default"):
        client = api_client(make_backend())
    met: list[Any] = []
    original = answers._run

    def run_meanwhile(work: Any, render: Any) -> Any:
        if not met:
            met.append(None)
            met[0] = race([lambda: post(client, {"username": "alice"}).json()["code"]], tenant_id=None)[0]
        return original(work, render)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(answers, "_run", run_meanwhile)
        assert post(client, {"username": "alice"}).status_code == 200
    assert met == ["request.idempotency_key_in_use"]
