"""Prepared statements keep psycopg's meaning: transactions, errors, the tenant's scope and a lost connection."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Any, NamedTuple

import psycopg
import pytest
from django.db import DataError, IntegrityError, NotSupportedError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tenants.context import enter_tenant, owner_scope
from tenants.database import prepared
from tenants.database.statements import fetch_all, fetch_one, fetch_value, fetch_values, write
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


class Three(NamedTuple):
    a: str
    b: str
    c: str


class Mixed(NamedTuple):
    a: str
    b: str
    c: int


class Values(NamedTuple):
    moment: datetime
    flag: bool
    number: int
    nothing: str | None
    text: str
    document: dict[str, Any]


class Number(NamedTuple):
    number: int


def test_places_are_numbered_and_a_percent_sign_is_one(tenant: Tenant) -> None:
    assert fetch_one(Mixed, "SELECT %s::text AS a, '5 %%' AS b, %s::int AS c", ["a", 7]) == ("a", "5 %", 7)
    sql = "SELECT %(b)s::text AS a, %(a)s::text AS b, %(b)s::text AS c"
    assert fetch_one(Three, sql, {"a": "1", "b": "2", "unused": 3}) == ("2", "1", "2")


def test_values_come_back_as_they_went(tenant: Tenant) -> None:
    moment = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)
    sql = """
SELECT %s::timestamptz AS moment, %s::boolean AS flag, %s::bigint AS number, %s::text AS nothing, %s::text AS text,
  %s::jsonb AS document"""
    for number in (1, 2**20, 2**40):
        found = fetch_one(Values, sql, [moment, True, number, None, "ü", '{"ü": [1, null]}'])
        assert found == (moment, True, number, None, "ü", {"ü": [1, None]})


def test_rows_and_their_number(tenant: Tenant) -> None:
    assert fetch_all(Number, "SELECT generate_series(1, %s) AS number", [3]) == [(1,), (2,), (3,)]
    assert fetch_values("SELECT generate_series(1, %s)", [3]) == [1, 2, 3]
    assert fetch_all(Number, "SELECT 1 AS number WHERE %s", [False]) == []
    assert fetch_one(Number, "SELECT 1 AS number WHERE %s", [False]) is None
    assert fetch_value("SELECT 1 WHERE %s", [False]) is None
    assert write("UPDATE tenants_tenant SET name = name WHERE id = %s", ["nobody"]) == 0


def test_statements_that_are_counted_go_the_same_way(tenant: Tenant) -> None:
    """They went through a cursor of Django's, with another text on the wire: tests ran what production never did."""
    sql, seen = "SELECT %(word)s::text || '%%' AS counted", []

    def watch(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        seen.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with CaptureQueriesContext(connection) as captured, connection.execute_wrapper(watch):
        assert fetch_value(sql, {"word": "it's"}) == "it's%"
    assert [query["sql"] for query in captured] == ["SELECT 'it''s'::text || '%' AS counted"]
    assert seen == [(sql, {"word": "it's"})]
    kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"
    assert fetch_value(kept, ["%AS counted"]) == 1


def test_an_error_is_the_one_of_django(tenant: Tenant) -> None:
    with pytest.raises(DataError), transaction.atomic():
        fetch_value("SELECT %s::text::int", ["no number"])
    with pytest.raises(IntegrityError), transaction.atomic():
        write("INSERT INTO tenants_tenant SELECT * FROM tenants_tenant WHERE true OR id = %s", [tenant.id])
    assert fetch_value("SELECT %s::int", [1]) == 1


@pytest.mark.django_db(transaction=True)
def test_a_first_statement_begins_the_transaction(tenant: Tenant) -> None:
    sql = "UPDATE tenants_tenant SET name = %s WHERE id = %s RETURNING name"
    with pytest.raises(ZeroDivisionError), enter_tenant(tenant.id), transaction.atomic():
        assert fetch_value(sql, ["Mallory's", tenant.id], scoped=False) in (None, "Mallory's")
        connection_of_psycopg = connection.connection
        assert connection_of_psycopg.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
        raise ZeroDivisionError
    tenant.refresh_from_db()
    assert tenant.name != "Mallory's"


def test_no_more_are_kept_than_there_may_be(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "_MOST_STATEMENTS", 2)
    for number in (1, 2, 3, 1):
        assert fetch_value(f"SELECT {number} + %s::int", [1]) == number + 1
    assert fetch_value("SELECT count(*) FROM pg_prepared_statements WHERE %s", [True]) <= 2


def test_a_statement_whose_columns_have_changed_is_prepared_again(tenant: Tenant) -> None:
    sql = "SELECT value FROM changing WHERE %s"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE changing ON COMMIT DROP AS SELECT 1 AS value")
        assert fetch_value(sql, [True]) == 1
        cursor.execute("ALTER TABLE changing ALTER value TYPE text")
        with pytest.raises(NotSupportedError), transaction.atomic():
            fetch_value(sql, [True])
        assert fetch_value(sql, [True]) == "1"


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_lost_is_an_operational_error_and_the_next_one_serves(tenant: Tenant) -> None:
    fetch_value("SELECT %s::int", [1])
    other = connection.copy()
    with owner_scope(), closing(other), other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    with pytest.raises(OperationalError):
        fetch_value("SELECT %s::int", [1])
    connection.close_if_unusable_or_obsolete()
    assert fetch_value("SELECT %s::int", [2]) == 2
