"""What is refused of a request, whatever it is for: bodies that are no JSON one could keep, and addresses."""

import json
from typing import Any

import pytest
from django.test import Client

from common.rest.limits import MAX_DEPTH, MAX_VALUES
from identity.models import User

JSON = "application/json"


def nested(depth: int) -> str:
    return '{"customData": ' + '{"a": ' * depth + "1" + "}" * depth + "}"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        '{"name": "a", "name": "b"}',
        '{"customData": {"a": 1, "a": 2}}',
        '{"customData": {"a": NaN}}',
        '{"customData": {"a": -Infinity}}',
        '{"customData": {"a": 1e400}}',
        '{"customData": {"a": ' + "9" * 400 + "}}",
        '{"customData": {"a": ' + "9" * 5000 + "}}",
        '{"customData": {"a": "\\u0000"}}',
        '{"customData": {"\\u0000": 1}}',
        '{"name": "\\ud800"}',
        '{"name": "\\udc00\\ud800"}',
        b'{"name": "\xff"}',
        nested(MAX_DEPTH),
        "[" * 100_000,
        '{"customData": {"a": [' + "0," * MAX_VALUES + "0]}}",
    ],
    ids=lambda body: str(body)[:40],
)
def test_a_body_that_could_not_be_kept_is_refused(api: Client, body: Any) -> None:
    response = api.post("/api/users", body, content_type=JSON)
    assert (response.status_code, response.json()["code"]) == (400, "guard.invalid_input")
    assert response.json()["details"]
    assert not User.objects.exists()


def test_everything_else_is_kept_as_it_is(api: Client) -> None:
    data = {"emoji": "\U0001f600", "brackets": "[{" * 100, "big": 10**300, "small": 1e-300, "deep": [[[[{}]]]]}
    response = api.post("/api/users", json.dumps({"customData": data}), content_type=JSON)
    assert response.status_code == 200
    assert response.json()["customData"] == data
    assert api.post("/api/users", nested(MAX_DEPTH - 1), content_type=JSON).status_code == 200


def test_a_body_beyond_a_mebibyte_is_too_large(api: Client) -> None:
    response = api.post("/api/users", json.dumps({"name": "x" * 1_048_576}), content_type=JSON)
    assert (response.status_code, response.json()["code"]) == (413, "guard.body_too_large")


@pytest.mark.parametrize("name", ["%00", "a%00b", "x" * 513])
@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_what_can_be_no_id_names_nothing(api: Client, method: str, name: str) -> None:
    response = getattr(api, method)(f"/api/users/{name}", content_type=JSON)
    assert (response.status_code, response.json()["code"]) == (404, "entity.not_found")


def test_a_query_has_a_length(api: Client) -> None:
    response = api.get("/api/users", {"search": "x" * 9000})
    assert (response.status_code, response.json()["code"]) == (414, "guard.query_too_long")


@pytest.mark.parametrize("query", ["page=1&page=2", "page_size=20&page_size=20"])
def test_a_page_is_named_once(api: Client, query: str) -> None:
    response = api.get(f"/api/users?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "guard.invalid_pagination")


def test_a_parameter_has_one_value(api: Client) -> None:
    response = api.get("/api/logs?userId=a&userId=b")
    assert (response.status_code, response.json()["code"]) == (400, "guard.invalid_input")
