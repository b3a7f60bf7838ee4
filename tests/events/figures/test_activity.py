"""Who was active in a window is counted once, in whatever order days are written."""

from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.clock import now
from events.figures.activity import Comparison, read_activity
from events.figures.models import DailyActiveUser, DailyFigure
from events.figures.retention import delete_old_figures
from events.figures.statements import write_figures
from events.tasks import clean_up_figures
from tenants.context import enter_tenant
from tenants.models import Tenant


def ago(days: int) -> date:
    return now().date() - timedelta(days=days)


def put(days: dict[date, set[str]]) -> None:
    """As if each day had been written when it was: what is old is not taken any more."""
    DailyActiveUser.objects.bulk_create(
        DailyActiveUser(user_id=user, date=day) for day, users in days.items() for user in users
    )


def expected(active: dict[date, set[str]], day: date, length: int) -> int:
    return len(set().union(*(active.get(day - timedelta(days=back), set()) for back in range(length))))


@pytest.mark.parametrize("seed", range(3))
def test_windows_are_exact(tenant: Tenant, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against sets; days are written out of order and in pieces, as by processes that do not wait for each other."""
    random = Random(seed)
    monkeypatch.setattr("events.figures.statements.ACTIVITY_DAYS", 200)
    people = [f"user{number}" for number in range(12)]
    active = {ago(back): {user for user in people if random.random() < 0.15} for back in range(100)}
    pieces = [(day, users, part) for day, users in active.items() for part in (0, 1)]
    random.shuffle(pieces)
    for day, users, part in pieces:
        half = sorted(users)[part::2]
        # Said twice, by two processes.
        write_figures({}, {day: {*half, *sorted(users)[:1]}})
    for back in (0, 1, 5, 38):
        activity = read_activity(ago(back))
        assert activity.curve == [(day, len(active[day])) for day, _count in activity.curve]
        assert (activity.curve[0][0], activity.curve[-1][0]) == (ago(back + 29), ago(back))
        for found, length in ((activity.day, 1), (activity.week, 7), (activity.month, 30)):
            current = expected(active, ago(back), length)
            assert found == Comparison(current, current - expected(active, ago(back + length), length))


def test_several_days_in_one_writing(tenant: Tenant) -> None:
    """A process writes a little before and a little after midnight at once."""
    write_figures({}, {ago(0): {"alice", "bob"}, ago(1): {"alice"}})
    activity = read_activity(ago(0))
    assert (activity.day, activity.week.count) == (Comparison(2, 1), 2)


def test_activity_is_the_tenants_own(tenant: Tenant) -> None:
    with enter_tenant("acme"):
        write_figures({}, {ago(0): {"mallory"}})
    assert read_activity(ago(0)).month == Comparison(0, 0)


def test_one_statement_reads_it(tenant: Tenant) -> None:
    write_figures({}, {ago(0): {"alice"}})
    with CaptureQueriesContext(connection) as captured:
        read_activity(ago(0))
    assert len(captured) == 1


def test_what_comes_too_late_is_left_out(tenant: Tenant) -> None:
    """Its neighbours may be gone: it could not be told from the second writing of the same."""
    write_figures({}, {ago(6): {"alice"}})
    assert not DailyActiveUser.objects.exists()


def test_old_rows_go_and_figures_stay(tenant: Tenant) -> None:
    put({ago(40): {"alice", "bob"}, ago(36): {"alice"}, ago(35): {"alice"}, ago(0): {"bob"}})
    DailyFigure.objects.create(date=ago(40), name="active.30", value=2)
    DailyFigure.objects.create(date=ago(731), name="signIns", value=5)
    clean_up_figures()
    assert sorted(DailyActiveUser.objects.values_list("date", flat=True)) == [ago(35), ago(0)]
    assert list(DailyFigure.objects.values_list("name", flat=True)) == ["active.30"]
    delete_old_figures()
