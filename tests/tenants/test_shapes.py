"""Shapes: what PostgreSQL makes of a row is what Python makes of the instance, member by member."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F

from common.clock import to_milliseconds
from common.errors import AppError
from common.keysets import find_keyset
from identity.models import User
from identity.selectors import USER_INFO, list_users
from organizations.models import Organization, OrganizationMember
from tenants.context import enter_tenant
from tenants.database.shapes import Member, Shape
from tenants.models import Tenant

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 1, 12, 30, 15, 123999, tzinfo=UTC)
SHAPE = USER_INFO.plus(Member("has_password", sql="r.password_encrypted IS NOT NULL"), Member("search", "found-by"))


@pytest.fixture(autouse=True)
def people(tenants: dict[str, Tenant]) -> Any:
    """Five people of tenant `default`, one of tenant `acme`."""
    with enter_tenant("acme"):
        User(id="mallory").save()
    with enter_tenant("default"):
        for number, name in enumerate("abcde"):
            User(
                id=name,
                name='quo"ted \\ ünïcode \u2028 <&> \x01' * number or None,
                created_at=NOW + timedelta(microseconds=number * 377),
                last_sign_in_at=NOW if number else None,
                custom_data={"ä": [1, 2.5, 1e30, None, True, {"deep": "\n\u0007"}]},
                password_encrypted="x" if number % 2 else None,
            ).save()
        yield


def test_the_database_and_the_instance_give_the_same() -> None:
    body, count, _end = SHAPE.page(list_users(), 0, 20)
    assert (json.loads(body), count) == ([SHAPE.of(user) for user in list_users()], 5)
    assert "\u2028".encode() not in body
    for user in list_users():
        assert json.loads(SHAPE.get(user.id)) == SHAPE.of(user)


def test_names_and_moments() -> None:
    row = json.loads(SHAPE.get("b"))
    assert (row["primaryEmail"], row["isSuspended"], row["hasPassword"], row["found-by"]) == (None, False, True, "")
    assert row["lastSignInAt"] == 1767270615123
    assert list(row) == list(SHAPE.of(User.objects.get(id="b")))


@pytest.mark.parametrize("milliseconds", [0, 1, 1001, 1767270615123, 1893456000001, 4102444799999])
def test_a_moment_keeps_its_milliseconds(milliseconds: int) -> None:
    """Multiplied as floats, one in some is a millisecond short."""
    assert to_milliseconds(datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)) == milliseconds


def test_a_part_of_all_is_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        body, count, _end = SHAPE.page(list_users(), 1, 2)
    assert ([row["id"] for row in json.loads(body)], count) == (["d", "c"], 2)
    assert SHAPE.page(list_users(), 5, 2) == (b"[]", 0, None)
    assert SHAPE.page(list_users(), 0, None)[1] == 5


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_a_part_from_the_end_is_the_same(size: int) -> None:
    """The last page of a million passed over all before it, though the database knows how many there are."""
    for start in (*range(7), 10**11):
        found = SHAPE.page(list_users(), start, size)
        assert SHAPE.page(list_users(), start, size, from_end=True) == found
        assert [row["id"] for row in json.loads(found.body)] == list("edcba")[start : start + size]


def test_a_page_behind_a_place_and_a_longer_one() -> None:
    keyset = find_keyset(list_users())
    assert keyset is not None
    place = SHAPE.page(list_users(), 0, 2).end
    behind = keyset.read_cursor(keyset.cursor_of(place or []))
    for size in (3, 101, None):
        rows = json.loads(SHAPE.page(list_users(), 0, size, behind=behind).body)
        assert [row["id"] for row in rows] == ["c", "b", "a"]


@pytest.mark.parametrize("microsecond", [0, 100, 123456, 500_000])
def test_a_place_has_one_spelling(microsecond: int) -> None:
    """JSON of the database leaves out a second's last zeros: one place in ten had another cursor in Python."""
    moment = datetime(2026, 2, 3, 23, 59, 59, microsecond, tzinfo=UTC)
    User.objects.update(created_at=moment)
    keyset = find_keyset(list_users())
    assert keyset is not None
    assert SHAPE.page(list_users(), 0, 5).end == keyset.place_of(list_users()[4])


def test_rows_are_shown_through_those_that_refer_to_them(django_assert_num_queries: Any) -> None:
    """A member is shown as the user; a page of members read every user, membership and role as an object."""
    organization = Organization.objects.create(name="Shop")
    for name in "acb":
        OrganizationMember.objects.create(organization=organization, user_id=name)
    shape = SHAPE.plus(Member("member_id", sql="l.id")).through("user_id")
    members = OrganizationMember.objects.order_by("-created_at", "-id")
    with django_assert_num_queries(1):
        body, count, end = shape.page(members, 1, 5)
    second, third = members[1:]
    assert json.loads(body) == [{**SHAPE.of(row.user), "memberId": row.id} for row in (second, third)]
    assert shape.page(members, 0, 1, behind=[second.created_at, second.id])[:2] == shape.page(members[2:], 0, 1)[:2]
    with django_assert_num_queries(2):
        assert shape.page(members.exclude(user_id="x"), 1, 5) == (body, count, end)
    in_shop = members.filter(organization=organization)
    with django_assert_num_queries(1):
        assert shape.page(in_shop, 1, 5, from_end=True) == (body, count, end)
    assert shape.page(members.filter(organization="other"), 0, 5) == (b"[]", 0, None)
    assert (count, end) == (2, find_keyset(members).place_of(third))  # type: ignore[union-attr]  # there is one


def test_a_part_of_some_keeps_its_order(django_assert_num_queries: Any) -> None:
    for rows in (list_users().exclude(id="d"), list_users().filter(id__in="abce").order_by(F("id").desc())):
        with django_assert_num_queries(2):
            body, count, _end = SHAPE.page(rows, 1, 3)
        assert ([row["id"] for row in json.loads(body)], count) == (["c", "b", "a"], 3)
    assert SHAPE.page(list_users().filter(id="nobody"), 0, 20) == (b"[]", 0, None)


@pytest.mark.parametrize("user_id", ["mallory", "nobody", "", "a\x00", "\ud800", "ü", "a' OR 'a'='a"])
def test_what_is_not_there_is_refused(user_id: str) -> None:
    with pytest.raises(AppError) as refused:
        SHAPE.get(user_id, code="entity.not_found")
    assert refused.value.code == "entity.not_found"


def test_another_tenants_rows_are_none_of_ours() -> None:
    with enter_tenant("acme"):
        assert [row["id"] for row in json.loads(SHAPE.page(list_users(), 0, 20)[0])] == ["mallory"]
        assert SHAPE.page(User.all_tenants.filter(id__in="abc"), 0, 20)[0] == b"[]"


def test_a_shape_names_fields_of_its_model() -> None:
    with pytest.raises(StopIteration):
        Shape(User, "unheard_of")
