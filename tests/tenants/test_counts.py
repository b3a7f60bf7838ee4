"""The row counts that the database keeps: right whoever writes, per tenant, and without writers waiting."""

from typing import Any, cast

import pytest
from django.db import connection, connections, transaction
from django.db.models import F, Q

from common.actors import SYSTEM
from common.totals import Total, total_of
from identity.models import User
from organizations.models import Organization, OrganizationMember
from tenants.context import TenantNotSetError, all_tenants_scope, enter_tenant, owner_scope
from tenants.counts import count_all, fold_counts, recount
from tenants.models import RowCount, Tenant, TenantQuerySet
from tenants.services.tenants import create_tenant, delete_tenant

pytestmark = pytest.mark.django_db


def add(*ids: str) -> None:
    User.objects.bulk_create(User(id=one) for one in ids)


def test_every_statement_counts(tenant: Tenant) -> None:
    assert count_all(User) == 0
    add("a", "b", "c")
    User(id="d").save()
    User.objects.filter(id__in=["a", "b"]).delete()
    User.objects.filter(id="unknown").delete()
    assert count_all(User) == User.objects.count() == 2


def test_a_copy_counts(tenant: Tenant) -> None:
    """An import by COPY goes past every line of Python, and is counted all the same."""
    columns = "id, tenant_id, is_password_expired, is_suspended, profile, custom_data, identities, account_settings"
    with owner_scope(), connection.cursor() as cursor:
        copying = f"COPY identity_user ({columns}, search, updated_at) FROM STDIN"
        with cursor.copy(copying) as copy:
            for number in range(50):
                copy.write_row((f"u{number}", "default", False, False, "{}", "{}", "{}", "{}", "", "2026-01-01"))
    assert count_all(User) == 50


def test_what_is_rolled_back_is_not_counted(tenant: Tenant) -> None:
    add("a")
    with transaction.atomic():
        add("b")
        transaction.set_rollback(True)
    assert count_all(User) == 1


def test_a_tenant_counts_its_own(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"):
        add("a", "b")
        assert count_all(User) == 2
    with enter_tenant("default"):
        assert count_all(User) == 0
        assert not RowCount.objects.exists()


def test_folding_keeps_the_sum(tenants: dict[str, Tenant]) -> None:
    for name in ("acme", "default"):
        with enter_tenant(name):
            for one in "abc":
                add(f"{name}-{one}")
            User.objects.filter(id=f"{name}-a").delete()
    fold_counts()
    for name in ("acme", "default"):
        with enter_tenant(name):
            assert list(RowCount.objects.filter(table_name="identity_user").values_list("change", flat=True)) == [2]
            assert count_all(User) == 2
    fold_counts()
    with enter_tenant("acme"):
        User.objects.all().delete()
    fold_counts()
    with enter_tenant("acme"):
        assert count_all(User) == 0


def test_a_recount_repairs(tenant: Tenant) -> None:
    """What was written with the triggers off, as a restore may, is found at the next `migrate`."""
    add("a", "b")
    RowCount.objects.all().delete()
    assert count_all(User) == 0
    with all_tenants_scope():
        recount(User)
        recount(User)
    assert count_all(User) == 2
    assert RowCount.objects.filter(table_name="identity_user").count() == 1


def test_a_deleted_tenant_leaves_no_count(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"):
        add("a", "b")
    delete_tenant(tenants["acme"], actor=SYSTEM)
    create_tenant("acme", name="Acme")
    with enter_tenant("acme"):
        assert count_all(User) == 0


def test_a_list_knows_its_total_while_it_is_whole(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr("common.totals.COUNT_CAP", 2)
    add("a", "b", "c", "d")
    users = User.objects.order_by("-created_at")
    with django_assert_num_queries(1) as queries:
        assert total_of(users) == Total(4)
    assert "rowcount" in queries.captured_queries[0]["sql"]
    assert total_of(users.filter(id__in="abcd")) == Total(3, is_capped=True)
    assert total_of(users.filter(id__in="ab")) == Total(2)
    assert total_of(users[1:]) == Total(3, is_capped=True)
    known = cast("TenantQuerySet[User]", users.filter(id="a")).with_total(Total(7))
    assert total_of(known.order_by("id")) == Total(7)
    assert total_of(known.filter(name="x")) == Total(0)
    assert total_of([1, 2, 3]) == Total(3)


def test_rows_with_values_in_columns_are_counted_by_a_prepared_statement(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr("common.totals.COUNT_CAP", 2)
    organization = Organization.objects.create(name="Shop")
    add("a", "b", "c")
    members = cast("TenantQuerySet[OrganizationMember]", OrganizationMember.objects.filter(organization=organization))
    OrganizationMember.objects.bulk_create(OrganizationMember(organization=organization, user_id=id) for id in "abc")
    assert members.find_own_values() == {"organization_id": organization.id}
    assert members.filter(user_id="a").order_by("id").find_own_values() == {
        "organization_id": organization.id,
        "user_id": "a",
    }
    with django_assert_num_queries(2):
        assert (total_of(members), total_of(members.filter(user_id="a"))) == (Total(3, is_capped=True), Total(1))
    for others in (
        members.filter(user__name=""),
        members.filter(user_id__in=["a"]),
        members.filter(user_id="a").filter(user_id="b"),
        members.filter(Q(user_id="a") | Q(user_id="b")),
        members.exclude(user_id="a"),
        members.filter(user_id=F("id")),
        members.filter(~Q(user_id="a")),
        members.union(members),
        members[1:],
    ):
        assert others.find_own_values() is None, others.query


def test_every_tenant_has_a_query_of_its_own(tenants: dict[str, Tenant]) -> None:
    """The manager copies one query for all tenants: what is done with a copy reaches no other."""
    for tenant_id in ("acme", "default"):
        with enter_tenant(tenant_id):
            plain = User.all_tenants.filter(tenant_id=tenant_id)
            assert str(User.objects.all().query) == str(plain.query)
            rows = cast("TenantQuerySet[User]", User.objects.order_by("id"))
            assert rows.is_whole()
            others = (
                rows.filter(name="x"),
                rows.exclude(name="x"),
                rows[:1],
                rows.distinct(),
                rows.exclude(tenant="acme"),
            )
            assert not any(each.is_whole() for each in others)
            assert not rows.filter(tenant_id__gt="a").is_whole()
    with enter_tenant("acme"):
        assert not rows.is_whole()
        assert rows.find_own_values() is None
    with pytest.raises(TenantNotSetError):
        User.objects.all()


@pytest.mark.django_db(transaction=True)
def test_writers_do_not_wait_for_each_other(tenant: Tenant) -> None:
    """Another connection inserts and commits while a first has inserted and not committed; a fold takes neither up."""
    other = connections.create_connection("default")
    try:
        with transaction.atomic():
            add("a")
            with other.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
                cursor.execute("SELECT set_config('gatehouse.tenant', 'default', false)")
                cursor.execute(
                    "INSERT INTO identity_user (id, tenant_id, is_password_expired, is_suspended, profile, custom_data,"
                    " identities, account_settings, search, updated_at)"
                    " VALUES ('b', 'default', false, false, '{}', '{}', '{}', '{}', '', now())"
                )
            fold_counts()
        assert count_all(User) == 2
    finally:
        other.close()
