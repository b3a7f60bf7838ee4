"""One-time tokens: kept as a digest, bound to an address, used once."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.actors import SYSTEM, Actor
from common.crypto import sha256_hex
from events.models import AuditLog
from identity.models import OneTimeToken
from identity.selectors import get_one_time_token, list_one_time_tokens
from identity.services.one_time_tokens import (
    check_one_time_token,
    consume_one_time_token,
    create_one_time_token,
    delete_one_time_token,
    has_used_one_time_token,
    set_one_time_token_status,
)
from identity.tasks import clean_up_attempts
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.racing import outcome, race_outcomes

pytestmark = pytest.mark.django_db

EMAIL = "alice@example.com"
START = datetime(2030, 1, 1, tzinfo=UTC)


def make(email: str = EMAIL, **options: Any) -> str:
    return create_one_time_token(email=email, actor=SYSTEM, **options).value


def check(value: str, email: str = EMAIL, event: str | None = None) -> str:
    return outcome(lambda: check_one_time_token(value, email=email, event=event))


def consume(value: str, email: str = EMAIL, event: str | None = None) -> str:
    return outcome(lambda: consume_one_time_token(value, email=email, event=event))


def test_only_a_digest_is_kept(tenant: Tenant) -> None:
    value = make()
    assert (len(value), value.isalnum()) == (32, True)
    row = OneTimeToken.objects.filter(token_sha256=sha256_hex(value)).values().get()
    assert value not in str(row)
    assert row["expires_at"] - row["created_at"] == timedelta(minutes=10)


def test_it_is_used_once(tenant: Tenant) -> None:
    value = make()
    assert [check(value), check(value), consume(value)] == ["ok"] * 3
    assert [check(value), consume(value)] == ["one_time_token.token_consumed"] * 2


@pytest.mark.parametrize("email", ["bob@example.com", "Alice@example.com", " alice@example.com", ""])
def test_it_is_for_one_address_as_it_stands(tenant: Tenant, email: str) -> None:
    value = make()
    assert consume(value, email) == "one_time_token.email_mismatch"
    assert consume(value) == "ok"


@pytest.mark.parametrize("value", ["", "x" * 32, "\x00", "\ud800"])
def test_a_value_nobody_was_given(tenant: Tenant, value: str) -> None:
    make()
    assert consume(value) == "one_time_token.token_not_found"


def test_another_tenants_token_is_unknown(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"):
        value = make()
    with enter_tenant("default"):
        assert consume(value) == "one_time_token.token_not_found"
    with enter_tenant("acme"):
        assert consume(value) == "ok"


@pytest.mark.parametrize("email", ["alice", "alice@example", "alice@example.com\n", "a@b.c, d@e.f", ""])
def test_an_address_that_is_none(tenant: Tenant, email: str) -> None:
    assert outcome(lambda: create_one_time_token(email=email, actor=SYSTEM)) == "user.invalid_email"
    assert not OneTimeToken.objects.exists()


def test_it_may_be_for_one_event_alone(tenant: Tenant) -> None:
    value = make(context={"interactionEvent": "Register"})
    assert consume(value, event="SignIn") == "one_time_token.interaction_event_mismatch"
    assert consume(value, event="Register") == "ok"
    assert consume(make(), event="SignIn") == "ok"


def test_it_expires_by_itself(tenant: Tenant) -> None:
    with time_machine.travel(START, tick=False) as clock:
        value = make(expires_in=60)
        clock.shift(timedelta(seconds=59))
        assert check(value) == "ok"
        clock.shift(timedelta(seconds=1))
        assert [check(value), consume(value)] == ["one_time_token.token_expired"] * 2
        assert OneTimeToken.objects.get().status_at(START + timedelta(seconds=60)) == "expired"
        assert [list_one_time_tokens(status=status).count() for status in ("active", "expired")] == [0, 1]


def test_a_use_is_remembered_past_the_expiry(tenant: Tenant) -> None:
    with time_machine.travel(START, tick=False) as clock:
        value = make()
        assert not has_used_one_time_token(value, email=EMAIL)
        consume(value)
        clock.shift(timedelta(days=1))
        assert has_used_one_time_token(value, email=EMAIL)
        assert not has_used_one_time_token(value, email="bob@example.com")
        assert list_one_time_tokens(status="consumed").count() == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("revoked", "one_time_token.token_revoked"),
        ("consumed", "one_time_token.token_consumed"),
        ("expired", "one_time_token.token_expired"),
    ],
)
def test_it_can_be_ended(tenant: Tenant, status: str, code: str) -> None:
    made = create_one_time_token(email=EMAIL, actor=SYSTEM)
    set_one_time_token_status(made.token, status=status, actor=SYSTEM)
    assert consume(made.value) == code
    assert [token.id for token in list_one_time_tokens(status=status)] == [made.token.id]


def test_it_never_comes_back(tenant: Tenant) -> None:
    made = create_one_time_token(email=EMAIL, actor=SYSTEM)
    set_one_time_token_status(made.token, status="revoked", actor=SYSTEM)
    change = partial(set_one_time_token_status, made.token, status="active", actor=SYSTEM)
    assert outcome(change) == "one_time_token.cannot_reactivate_token"
    assert OneTimeToken.objects.get().status == "revoked"


def test_deleted(tenant: Tenant) -> None:
    made = create_one_time_token(email=EMAIL, actor=SYSTEM)
    delete_one_time_token(made.token.id, actor=SYSTEM)
    assert consume(made.value) == "one_time_token.token_not_found"
    assert outcome(lambda: get_one_time_token(made.token.id)) == "entity.not_exists_with_id"
    for token_id in (made.token.id, "\x00"):
        assert outcome(partial(delete_one_time_token, token_id, actor=SYSTEM)) == "entity.not_found"
    late = partial(set_one_time_token_status, made.token, status="revoked", actor=SYSTEM)
    assert outcome(late) == "entity.not_exists_with_id"


def test_who_made_and_withdrew_it_is_recorded(tenant: Tenant) -> None:
    made = create_one_time_token(email=EMAIL, actor=Actor.application("backend"))
    set_one_time_token_status(made.token, status="revoked", actor=Actor.developer("carol"))
    delete_one_time_token(made.token.id, actor=Actor.developer("carol"))
    entries = AuditLog.objects.filter(key__startswith="OneTimeToken.").order_by("created_at")
    assert [(entry.key, entry.payload["actor"]["id"], entry.payload["oneTimeTokenId"]) for entry in entries] == [
        ("OneTimeToken.Create", "backend", made.token.id),
        ("OneTimeToken.Update", "carol", made.token.id),
        ("OneTimeToken.Delete", "carol", made.token.id),
    ]
    assert made.value not in str([entry.payload for entry in entries])


def test_old_ones_are_cleaned_up(tenants: dict[str, Tenant]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        with enter_tenant("default"):
            make("old@example.com")
            make("lasting@example.com", expires_in=31 * 24 * 3600)
        clock.shift(timedelta(days=30, seconds=601))
        clean_up_attempts()
        with enter_tenant("default"):
            assert [token.email for token in list_one_time_tokens()] == ["lasting@example.com"]


def test_statements(tenant: Tenant) -> None:
    value = make()
    with CaptureQueriesContext(connection) as captured:
        check(value)
        consume(value)
    statements = [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 3


@pytest.mark.django_db(transaction=True)
def test_one_of_many_at_once_gets_it(tenant: Tenant) -> None:
    value = make()
    calls = [partial(consume_one_time_token, value, email=EMAIL)] * 8
    assert Counter(race_outcomes(calls)) == {"ok": 1, "one_time_token.token_consumed": 7}


@pytest.mark.django_db(transaction=True)
def test_withdrawn_and_used_at_once_it_has_one_end(tenant: Tenant) -> None:
    made = create_one_time_token(email=EMAIL, actor=SYSTEM)
    use = partial(consume_one_time_token, made.value, email=EMAIL)
    withdraw = partial(set_one_time_token_status, made.token, status="revoked", actor=SYSTEM)
    used, withdrawn = race_outcomes([use, withdraw])
    assert withdrawn == "ok"
    assert used in ("ok", "one_time_token.token_revoked")
    assert OneTimeToken.objects.get().status == "revoked"
