"""Lists are followed by cursors: every row once, from where a page ended, and nobody makes one up for another list."""

import base64
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.keysets import find_keyset
from identity.models import User
from identity.selectors import list_users
from organizations.models import Organization, OrganizationMember
from organizations.selectors import list_members
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(api: Client) -> list[str]:
    """Seven people who came at the same moment, as an import makes them: in the order of the list."""
    moment = User.objects.create(username="first").created_at
    User.objects.all().delete()
    ids = [f"u{number}" for number in range(7)]
    User.objects.bulk_create(User(id=id, username=id, created_at=moment) for id in ids)
    return ids[::-1]


def next_of(answer: Any) -> str | None:
    found = re.search(r'<http://[^/]+([^>]+)>; rel="next"', answer["Link"])
    return found[1] if found else None


def follow(api: Client, address: str | None) -> list[list[Any]]:
    pages = []
    while address is not None:
        answer = api.get(address)
        assert answer.status_code == 200, answer.content
        pages.append(answer.json())
        address = next_of(answer)
    return pages


def test_following_next_reads_every_row_once(api: Client, crowd: list[str]) -> None:
    pages = follow(api, "/api/users?page_size=3")
    assert [[user["id"] for user in page] for page in pages] == [crowd[:3], crowd[3:6], crowd[6:]]


def test_a_page_by_cursor_is_the_page_by_number(api: Client, crowd: list[str]) -> None:
    second = next_of(api.get("/api/users?page_size=3"))
    assert second is not None
    assert "page=2" in second
    by_cursor, by_number = api.get(second), api.get("/api/users?page_size=3&page=2")
    assert by_cursor.json() == by_number.json()
    assert by_cursor["Link"] == by_number["Link"]
    assert by_cursor["Total-Number"] == "7"


def test_rows_that_come_and_go_move_nothing(api: Client, crowd: list[str]) -> None:
    """By number, whoever came meanwhile pushed a row to the next page, where it was read again."""
    second = next_of(api.get("/api/users?page_size=3"))
    User.objects.create(id="u9", username="new")
    User.objects.filter(id=crowd[2]).delete()
    assert second is not None
    assert [user["id"] for user in api.get(second).json()] == crowd[3:6]


def test_no_row_is_passed_over(api: Client, crowd: list[str]) -> None:
    second = next_of(api.get("/api/users?page_size=3"))
    assert second is not None
    api.get(second)
    with CaptureQueriesContext(connection) as queries:
        api.get(second)
    [statement] = [query["sql"] for query in queries if "json_build_object" in query["sql"]]
    assert '(r."created_at", r."id") <' in statement


def test_searches_and_members_are_followed_too(api: Client, crowd: list[str]) -> None:
    found = follow(api, "/api/users?page_size=3&search=u%25")
    assert [user["id"] for page in found for user in page] == crowd
    organization = Organization.objects.create(name="Shop")
    OrganizationMember.objects.bulk_create(
        OrganizationMember(organization=organization, user_id=id, created_at=organization.created_at) for id in crowd
    )
    pages = follow(api, f"/api/organizations/{organization.id}/users?page_size=3")
    assert [len(page) for page in pages] == [3, 3, 1]
    assert {user["id"] for page in pages for user in page} == set(crowd)
    assert find_keyset(list_members(organization)) is not None


def test_hostile_cursors(api: Client, crowd: list[str]) -> None:
    second = next_of(api.get("/api/users?page_size=3")) or ""
    [cursor] = re.findall(r"cursor=([^&]+)", second)
    tag, *place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    made: list[Any] = [
        [tag],
        [tag, *place, "x"],
        ["00000000", *place],
        [tag, place[0], None],
        [tag, place[0], "x" * 500],
        [tag, "yesterday", place[1]],
        [tag, "2026-01-01T00:00:00", place[1]],
        [tag, "0001-01-01T00:00:00+14:00", place[1]],
        [tag, place[0], "a\x00"],
        [tag, place[0], "\ud800"],
        {},
        tag,
    ]
    texts = [base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=") for value in made]
    for text in [*texts, "", "!", "é", "a" * 600, "[" * 400, cursor[:-3]]:
        answer = api.get("/api/users", {"cursor": text})
        assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_pagination"), text
    for address in ("/api/organizations", "/api/roles"):
        assert api.get(address, {"cursor": cursor}).status_code == 400
    # An offset that PostgreSQL knows no place for.
    far = base64.urlsafe_b64encode(json.dumps([tag, "2026-01-01T00:00:00+23:59", "a"]).encode()).decode()
    assert api.get("/api/users", {"cursor": far.rstrip("=")}).json() == []
    # A place that nobody was at is one between rows.
    between = base64.urlsafe_b64encode(json.dumps([tag, place[0], "u3x"]).encode()).decode()
    assert [user["id"] for user in api.get("/api/users", {"cursor": between.rstrip("=")}).json()] == crowd[3:]


def test_what_has_no_places_has_no_cursor(tenant: Tenant) -> None:
    for order in ((), ("name", "id"), ("-created_at", "id"), ("created_at",), ("memberships__id",)):
        assert find_keyset(list_users().order_by(*order)) is None
    assert find_keyset(list_users()[:5]) is None
    assert find_keyset([1, 2]) is None
