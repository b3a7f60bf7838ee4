"""What is counted in process is written once, for the right tenant and day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DataError, OperationalError, transaction

from common.actors import SYSTEM
from common.clock import now
from common.errors import AppError
from events.background_writer import BackgroundWriter
from events.figures import counting
from events.figures.activity import read_activity
from events.figures.counting import count_activity, count_tokens, write_counted
from events.figures.days import Day, read_days
from events.figures.models import DailyActiveUser, DailyFigure
from events.figures.statements import write_figures
from events.history import record
from tenants.context import all_tenants_scope, current_tenant_id, enter_tenant
from tenants.models import Tenant
from tenants.services.tenants import delete_tenant
from tests.racing import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("counted")]

USER_TOKENS = ("AccessToken", "IdToken", "RefreshToken")


def today() -> date:
    return now().date()


def counted_today() -> Day:
    [day] = read_days(today(), count=1)
    return day


def test_tokens_are_counted_by_kind_and_users_once(tenant: Tenant) -> None:
    for _ in range(100):
        count_tokens(USER_TOKENS, user_id="alice", moment=now())
    count_tokens(["AccessToken"], user_id="bob", moment=now())
    count_tokens(["AccessToken"], user_id=None, moment=now())
    assert counting._active == {("default", today()): {"alice", "bob"}}
    assert not DailyFigure.objects.exists()
    write_counted()
    write_counted()
    count_tokens(["AccessToken"], user_id="alice", moment=now())
    assert not counting._active, "she was written today"
    write_counted()
    assert DailyActiveUser.objects.count() == 2
    counted = counted_today()
    assert (counted.user_tokens, counted.machine_tokens, counted.id_tokens, counted.refresh_tokens) == (
        102,
        1,
        100,
        100,
    )
    assert counted.active_users == 2


def test_the_day_is_that_of_the_event(tenant: Tenant) -> None:
    midnight = datetime.combine(today(), datetime.min.time(), UTC)
    for moment in (midnight - timedelta(seconds=1), midnight):
        count_tokens(["AccessToken"], user_id="alice", moment=moment)
    write_counted()
    assert [day.user_tokens for day in read_days(today(), count=2)] == [1, 1]
    activity = read_activity(today())
    assert [count for _day, count in activity.curve[-2:]] == [1, 1]
    assert activity.week.count == 1


def test_figures_are_their_tenants(tenants: dict[str, Tenant]) -> None:
    for tenant_id in ("acme", "default", "acme"):
        with enter_tenant(tenant_id):
            count_tokens(["AccessToken"], user_id="same id", moment=now())
    write_counted()
    with all_tenants_scope():
        rows = DailyFigure.all_tenants.filter(name="tokens.user").values_list("tenant_id", "value")
        assert dict(rows) == {"acme": 2, "default": 1}
        assert DailyActiveUser.all_tenants.count() == 2


def test_what_the_database_did_not_take_waits_on(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: Any) -> None:
        raise OperationalError("the server is gone")

    count_tokens(USER_TOKENS, user_id="alice", moment=now())
    with monkeypatch.context() as patched:
        patched.setattr(counting, "write_figures", refuse)
        with pytest.raises(OperationalError):
            write_counted()
    count_tokens(USER_TOKENS, user_id="alice", moment=now())
    write_counted()
    assert (counted_today().user_tokens, counted_today().active_users) == (2, 1)


def test_one_tenants_trouble_is_not_anothers(tenants: dict[str, Tenant], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse_acme(*given: Any) -> None:
        if current_tenant_id() == "acme":
            raise DataError("a value is too long")
        write_figures(*given)

    monkeypatch.setattr(counting, "write_figures", refuse_acme)
    for tenant_id in ("acme", "default"):
        with enter_tenant(tenant_id):
            count_tokens(["AccessToken"], user_id="alice", moment=now())
    write_counted()
    assert not counting._counts
    with enter_tenant("default"):
        assert counted_today().user_tokens == 1


def test_nothing_is_counted_where_figures_are_off(tenant: Tenant, settings: Any) -> None:
    settings.FIGURES_DELAY = 0
    count_tokens(USER_TOKENS, user_id="alice", moment=now())
    write_counted()
    assert not DailyFigure.objects.exists()


def test_memory_is_bounded(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is forgotten is written again, which changes nothing."""
    monkeypatch.setattr(counting, "_MOST_REMEMBERED", 2)
    for user in ("alice", "bob", "carol", "alice"):
        count_tokens((), user_id=user, moment=now())
        write_counted()
        assert len(counting._remembered) <= 2
    assert counted_today().active_users == 3


def test_yesterdays_users_are_forgotten(tenant: Tenant) -> None:
    count_tokens((), user_id="alice", moment=now() - timedelta(days=1))
    counting._today = date(2000, 1, 1)
    write_counted()
    assert not counting._remembered


def test_sign_ins_are_counted_when_they_are_committed(tenant: Tenant, django_capture_on_commit_callbacks: Any) -> None:
    proofs = [{"type": "Password", "verified": True}, {"type": "Totp", "verified": True}]
    unfinished = {"type": "Social", "verified": False}
    refusal = AppError("session.invalid_credentials")
    with django_capture_on_commit_callbacks(execute=True):
        record("Interaction.SignIn.Submit", interaction={"verificationRecords": [*proofs, unfinished]})
        record("Interaction.SignIn.Submit", error=AppError("user.missing_profile"))
        record("Interaction.Register.Submit", interaction={"verificationRecords": proofs[:1]})
        record("Interaction.SignIn.Verification.Password.Submit", error=refusal)
        record("Interaction.SignIn.Verification.Password.Submit")
        record("Interaction.ForgotPassword.Verification.EmailVerificationCode.Submit", error=refusal)
        record("User.Created")
        assert not counting._counts
        count_activity("alice", moment=now())
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(AppError), transaction.atomic():
        record("Interaction.SignIn.Submit")
        raise refusal
    write_counted()
    counted = counted_today()
    assert (counted.sign_ins, counted.refused_proofs, counted.registrations) == (1, 1, 1)
    assert counted.proofs == {"Password": 1, "Totp": 1}


@pytest.mark.django_db(transaction=True)
def test_a_deleted_tenants_figures_are_dropped(tenants: dict[str, Tenant]) -> None:
    for tenant_id in ("acme", "default"):
        with enter_tenant(tenant_id):
            count_tokens(["AccessToken"], user_id="alice", moment=now())
    delete_tenant(tenants["acme"], actor=SYSTEM)
    write_counted()
    with enter_tenant("default"):
        assert (counted_today().user_tokens, counted_today().active_users) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_processes_write_at_once(tenant: Tenant) -> None:
    yesterday = today() - timedelta(days=1)
    calls = [
        lambda day=day: write_figures({(today(), "signIns"): 1}, {day: {"alice", "bob"}})
        for day in (today(), yesterday, today(), yesterday)
    ]
    assert race(calls) == [None] * 4
    assert counted_today().sign_ins == 4
    assert [count for _day, count in read_activity(today()).curve[-2:]] == [2, 2]
    assert read_activity(today()).month.count == 2


@pytest.mark.django_db(transaction=True)
def test_a_process_that_ends_writes_what_it_has(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = BackgroundWriter("figures", counting.write_counted, delay=lambda: 60, retry_after=1)
    monkeypatch.setattr(counting, "_writer", writer)
    count_tokens(["AccessToken"], user_id="alice", moment=now())
    writer.finish()
    assert counted_today().user_tokens == 1
