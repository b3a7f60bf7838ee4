"""Search of users in a tenant too large to be read whole: what is found, how it is counted, and by which plan."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet

from common.totals import Total, total_of
from identity import searching
from identity.models import User
from identity.selectors import list_users, search_users
from tenants.context import enter_tenant, index_scope, owner_scope
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def crowd(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """3,000 people of whom one in a hundred is called Alice, with a cap of 100."""
    for module in ("common.totals", "identity.searching"):
        monkeypatch.setattr(f"{module}.COUNT_CAP", 100)
    monkeypatch.setattr(searching, "_FEW", 40)
    monkeypatch.setattr(searching, "_SAMPLE", 200)
    names = ("alice" if number % 100 == 0 else "person" for number in range(3000))
    User.objects.bulk_create(
        User(id=f"{number * 7919 % 3000:04}", search=f"{name} {number:04}") for number, name in enumerate(names)
    )
    with owner_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('user_search')")
        cursor.execute("ANALYZE identity_user")


def plan(users: QuerySet[User]) -> str:
    return str(users.all()[:20].explain())


def test_a_common_pattern_walks_the_newest_first(django_assert_num_queries: Any) -> None:
    # The kept count and the sample.
    with django_assert_num_queries(2):
        found = search_users(list_users(), "person")
    with django_assert_num_queries(0):
        assert total_of(found) == Total(101, is_capped=True)
    assert "user_newest" in plan(found)
    assert [user.search[:6] for user in found[:20]] == ["person"] * 20


def test_a_rare_pattern_takes_the_index(django_assert_num_queries: Any) -> None:
    # The kept count, the sample, and the ids that the index finds.
    with django_assert_num_queries(3):
        found = search_users(list_users(), "Alice")
    with django_assert_num_queries(0):
        assert total_of(found) == Total(30)
    assert {user.search[:5] for user in found} == {"alice"}
    assert len(found) == 30
    with index_scope():
        assert "Bitmap Index Scan on user_search" in plan(User.objects.filter(search__contains="alice"))


def test_the_index_is_asked_for_what_few_have(django_assert_num_queries: Any) -> None:
    """The index reads everybody for the letters of a domain that everybody has: 19 ms of a million, and 3 without."""
    texts = ["bob\nbob@example.com"] * 70 + ["carol\ncarol@gmail.com"] * 30
    assert searching._rare_run("alice@example.com", texts) == "alice@e"
    assert searching._rare_run("alice.smith@gmail.com", texts) == "alice.smith@g"
    for whole in ("example.com", "al@example.com", "carol", "x.y@example.com", "ali"):
        assert searching._rare_run(whole, texts) == whole
    assert searching._rare_run("x" * 300, texts) == "x" * 64
    with django_assert_num_queries(3):
        found = searching.search(list_users(), Q(search__contains="person 1234"), by_index=True, parts=["person 1234"])
    assert [user.search for user in found] == ["person 1234"]
    assert total_of(found) == Total(1)
    both = searching.search(list_users(), Q(search="x"), by_index=True, parts=["person 1234", "person 1235", "_", "%"])
    assert total_of(both) == Total(2)


def test_what_many_but_not_most_match_is_counted_exactly() -> None:
    """99 and 990 of 3,000: no sample is certain, so the index counts, to the cap."""
    hundred = list_users().filter(search__startswith="person 01")
    assert total_of(hundred) == Total(99)
    assert total_of(searching.search(list_users(), Q(search__contains="person 01"), by_index=True)) == Total(99)
    found = searching.search(list_users(), Q(search__startswith="person 1"), by_index=True)
    assert total_of(found) == Total(101, is_capped=True)


def test_a_narrowed_list_counts_what_it_has() -> None:
    """The total of a whole tenant is not that of the suspended ones in it."""
    User.objects.filter(search="person 0001").update(is_suspended=True)
    suspended = list_users().filter(is_suspended=True)
    assert total_of(search_users(suspended, "person")) == Total(1)
    assert total_of(search_users(list_users(), "person").filter(is_suspended=True)) == Total(1)
    assert total_of(search_users(suspended, "alice")) == Total(0)


def test_two_letters_are_found_without_the_index() -> None:
    assert total_of(search_users(list_users(), "xy")) == Total(0)
    assert total_of(search_users(list_users(), "29")) == Total(101, is_capped=True)


def test_the_index_shows_no_other_tenants_users(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"):
        User(id="mallory", search="mallory").save()
    assert total_of(search_users(list_users(), "mallory")) == Total(0)


def test_a_small_tenant_is_read_whole(tenants: dict[str, Tenant], django_assert_num_queries: Any) -> None:
    """Whatever a neighbour of millions has in the same index."""
    with enter_tenant("acme"):
        User(id="mallory", search="person mallory").save()
        with django_assert_num_queries(3) as queries:
            found = searching.search(list_users(), Q(search__contains="person"), by_index=True)
            assert (total_of(found), len(found[:20])) == (Total(1), 1)
    assert all("CASE WHEN" in query["sql"] for query in queries.captured_queries[1:])
