"""`/api/dashboard`."""

from datetime import date, timedelta

import pytest
from django.test import Client

from common.actors import SYSTEM
from common.clock import now
from events.figures.statements import write_figures
from identity.models import User
from identity.services.users import delete_user


def date_of(ago: int) -> date:
    return now().date() - timedelta(days=ago)


def day(ago: int) -> str:
    return date_of(ago).isoformat()


def test_all_users(api: Client, alice: User, bob: User) -> None:
    assert api.get("/api/dashboard/users/total").json() == {"totalUserCount": 2}


def test_new_users(api: Client, alice: User, bob: User, carol: User) -> None:
    """Alice yesterday, bob a week ago; who is deleted is no new user."""
    for user, ago in ((alice, 1), (bob, 7)):
        User.objects.filter(id=user.id).update(created_at=now() - timedelta(days=ago))
    new = api.get("/api/dashboard/users/new").json()
    assert new == {"today": {"count": 1, "delta": 0}, "last7Days": {"count": 2, "delta": 1}}
    delete_user(carol, actor=SYSTEM)
    assert api.get("/api/dashboard/users/new").json()["today"] == {"count": 0, "delta": -1}


def test_active_users(api: Client, alice: User) -> None:
    write_figures({}, {date_of(0): {"alice", "bob"}, date_of(1): {"alice", "carol", "dora"}})
    active = api.get("/api/dashboard/users/active").json()
    assert list(active) == ["dauCurve", "dau", "wau", "mau"]
    assert active["dauCurve"][0] == {"date": day(29), "count": 0}
    assert active["dauCurve"][-2:] == [{"date": day(1), "count": 3}, {"date": day(0), "count": 2}]
    assert active["dau"] == {"count": 2, "delta": -1}
    assert active["wau"] == active["mau"] == {"count": 4, "delta": 4}
    past = api.get(f"/api/dashboard/users/active?date={day(1)}").json()
    assert past["dauCurve"][-1] == {"date": day(1), "count": 3}
    assert past["mau"] == {"count": 3, "delta": 3}
    assert api.get("/api/dashboard/users/active?date=2999-01-01").json()["mau"] == {"count": 0, "delta": 0}


@pytest.mark.parametrize(
    "written", ["today", "2026-13-01", "2026-1-1", "20260101", "0001-01-01", "9999-12-31", "٢٠٢٦-٠١-٠١"]
)
@pytest.mark.parametrize("path", ["users/active", "figures"])
def test_what_is_no_date_is_refused(api: Client, path: str, written: str) -> None:
    refused = api.get(f"/api/dashboard/{path}", {"date": written})
    assert (refused.status_code, refused.json()["code"]) == (400, "guard.invalid_input")


def test_everything_that_is_counted(api: Client, alice: User) -> None:
    counts = {"tokens.user": 3, "tokens.machine": 2, "signIns": 2, "refusedProofs": 1, "proofs.Password": 2}
    write_figures({(date_of(0), name): number for name, number in counts.items()}, {date_of(0): {"alice"}})
    body = api.get("/api/dashboard/figures?days=2").json()
    assert body["timeZone"] == "UTC"
    yesterday, today = body["days"]
    assert (yesterday["date"], yesterday["signIns"], yesterday["newUsers"]) == (day(1), 0, 0)
    assert today == {
        "date": day(0),
        "activeUsers": 1,
        "newUsers": 1,
        "registrations": 0,
        "signIns": 2,
        "refusedProofs": 1,
        "proofs": {"Password": 2},
        "tokens": {"user": 3, "machine": 2, "id": 0, "refresh": 0},
    }
    assert len(api.get("/api/dashboard/figures").json()["days"]) == 30
    for days in ("0", "91", "x"):
        assert api.get(f"/api/dashboard/figures?days={days}").json()["code"] == "guard.invalid_input"
