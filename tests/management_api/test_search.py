"""Advanced search, on the list of users."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from identity.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people(alice: User, bob: User, carol: User) -> None:
    """alice <alice@example.com>, bob <Bob@Example.com>, carol 12025550100."""


def found(api: Client, *query: tuple[str, str]) -> set[str]:
    response = api.get(f"/api/users?{urlencode(query)}")
    assert response.status_code == 200, response.content
    return {user["username"] for user in response.json()}


def code(api: Client, *query: tuple[str, str]) -> Any:
    response = api.get(f"/api/users?{urlencode(query)}")
    assert response.status_code == 400, response.content
    return response.json()["code"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ([("search", "%example.com")], {"alice", "bob"}),
        ([("search", "example")], set()),
        ([("search", "ALICE")], {"alice"}),
        ([("search", "_ob")], {"bob"}),
        ([("search", "%EXAMPLE%"), ("isCaseSensitive", "true")], set()),
        ([("search", "%Example%"), ("isCaseSensitive", "true")], {"bob"}),
        ([("search.primaryEmail", "%example%")], {"alice", "bob"}),
        ([("search.primary_email", "bob%")], {"bob"}),
        ([("search.username", "%example%")], set()),
        ([("search.name", "alice archer"), ("search.username", "bob")], {"alice", "bob"}),
        ([("search.name", "alice archer"), ("search.username", "bob"), ("joint", "and")], set()),
        ([("search.name", "alice archer"), ("search.username", "a%"), ("jointMode", "and")], {"alice"}),
        ([("search.username", "alice"), ("mode.username", "exact")], {"alice"}),
        ([("search.username", "ALICE"), ("mode.username", "exact")], {"alice"}),
        ([("search.username", "ALICE"), ("mode", "exact"), ("isCaseSensitive", "1")], set()),
        ([("search.username", "alice"), ("search.username", "carol"), ("mode", "exact")], {"alice", "carol"}),
        ([("search.username", "al%"), ("mode", "exact")], set()),
        ([("search.username", "^(alice|bob)$"), ("mode", "posix")], {"alice", "bob"}),
        ([("search.username", "^A"), ("mode", "posix")], {"alice"}),
        ([("search.username", "^A"), ("mode", "posix"), ("isCaseSensitive", "true")], set()),
        ([("search.username", "(bob|carol)"), ("mode", "similar_to"), ("isCaseSensitive", "yes")], {"bob", "carol"}),
        ([("search.primaryPhone", "%0100")], {"carol"}),
        ([("search", "%\\_%")], set()),
        ([("search", "%'; DROP TABLE identity_user; --%")], set()),
    ],
)
def test_what_is_found(api: Client, query: list[tuple[str, str]], expected: set[str]) -> None:
    assert found(api, *query) == expected


@pytest.mark.parametrize(
    "query",
    [
        [("search", "")],
        [("search.password", "%")],
        [("search.password_encrypted", "%")],
        [("search.roles.name", "%")],
        [("search.", "%")],
        [("search", "a"), ("mode", "fuzzy")],
        [("search", "a"), ("mode.password", "exact")],
        [("search", "a"), ("joint", "xor")],
        [("search", "a"), ("search", "b")],
        [("search.name", "a"), ("search.name", "b"), ("mode", "posix")],
        [("search.name", "(a"), ("mode", "posix")],
        [("search.name", "a"), ("mode", "similar_to")],
        [("search.name", "trailing\\")],
        [("search.name", "x" * 257)],
        [("search.name", "x" * 129), ("mode", "posix")],
        [("search.name", "(a+)+$"), ("mode", "posix")],
        [("search.name", "(x)\\1"), ("mode", "posix")],
        [("search.name", "x{1,9999}"), ("mode", "posix")],
        [("search.name", "a\x00"), ("mode", "exact")],
        [*[("search.name", str(number)) for number in range(101)], ("mode", "exact")],
    ],
)
def test_what_is_refused(api: Client, query: list[tuple[str, str]]) -> None:
    assert code(api, *query) == "request.invalid_input"


def test_values_never_become_sql(api: Client) -> None:
    hostile = "%'quoted'%"
    with CaptureQueriesContext(connection) as queries:
        found(api, ("search", hostile))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM identity_user")
        assert cursor.fetchone() == (3,)
    assert any("''quoted''" in query["sql"] for query in queries.captured_queries)


def test_an_expression_has_little_time(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("management_api.search.EXPRESSION_MILLISECONDS", 1)
    monkeypatch.setattr("management_api.users.views.list_users", slow_users)
    assert code(api, ("search.name", "^a"), ("mode", "posix")) == "request.invalid_input"


def slow_users() -> Any:
    """Users whose rows take a while to find."""
    return User.objects.extra(where=["pg_sleep(0.2) IS NOT NULL"]).order_by("id")


def test_a_part_of_any_field_is_asked_of_the_indexed_text_alone(api: Client) -> None:
    """What can be said of one field alone, by case or by its beginning, is asked of the columns too."""

    def columns(*query: tuple[str, str]) -> int:
        with CaptureQueriesContext(connection) as queries:
            found(api, *query)
        return max(query["sql"].count("ILIKE") for query in queries.captured_queries)

    assert columns(("search", "%alice%")) == 0
    assert columns(("search", "alice%")) == 5
    assert columns(("search", "%al%ce%")) == 5
    assert columns(("search.name", "%alice%")) == 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ([("search.primaryEmail", "BOB@example.com"), ("mode", "exact")], {"bob"}),
        ([("search.primaryEmail", "BOB@example.com"), ("mode", "exact"), ("isCaseSensitive", "1")], set()),
        ([("search.primaryEmail", " bob@example.com"), ("mode", "exact")], set()),
        ([("search.primaryPhone", "12025550100"), ("mode", "exact")], {"carol"}),
        (
            [("search.primaryEmail", "bob@example.com"), ("search.primaryEmail", "alice@example.com"),
             ("search.name", "alice%"), ("mode.primaryEmail", "exact"), ("joint", "and")],
            {"alice"},
        ),
        (
            [("search.primaryEmail", "bob@example.com"), ("search.name", "alice%"), ("mode.primaryEmail", "exact")],
            {"alice", "bob"},
        ),
    ],
)  # fmt: skip
def test_a_whole_address_or_number_is_looked_up_by_its_unique_column(
    api: Client, query: list[tuple[str, str]], expected: set[str]
) -> None:
    """By trigrams it would cost as much as all addresses of its domain."""
    with CaptureQueriesContext(connection) as queries:
        assert found(api, *query) == expected
    last = next(one["sql"] for one in reversed(queries.captured_queries) if "ORDER BY" in one["sql"])
    assert "email_key" in last or "primary_phone" in last


def test_a_search_stays_in_its_tenant(api: Client, acme_api: Client, mallory: User) -> None:
    assert found(api, ("search", "%mallory%")) == set()
    assert [user["username"] for user in acme_api.get("/api/users?search=%25mallory%25").json()] == ["mallory"]
    assert acme_api.get("/api/users?search=%25alice%25").json() == []


@pytest.mark.parametrize("address", ["users", "applications", "roles"])
def test_every_list_refuses_what_it_cannot_search(api: Client, address: str) -> None:
    response = api.get(f"/api/{address}?search.secret=x")
    assert (response.status_code, response.json()["code"]) == (400, "request.invalid_input")
