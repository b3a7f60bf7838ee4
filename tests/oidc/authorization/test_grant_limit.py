"""`maxAllowedGrants`: how many sign-ins of a user an application keeps."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from applications.models import Application
from common.clock import now
from events.history import Event
from events.models import AuditLog
from identity.models import User
from oidc.models import Grant, RefreshToken, Session, SessionAuthorization
from oidc.sessions.grants import enforce_grant_limit
from tests.oidc.authorization.browsing import SPA_REDIRECT, VERIFIER, Browser, answer_of
from tests.oidc.authorization.fixtures import MakeApplication
from tests.racing import race_outcomes

pytestmark = pytest.mark.django_db


@pytest.fixture
def limited(make_application: MakeApplication) -> Application:
    """An application that keeps two sign-ins of each user."""
    return make_application(maxAllowedGrants=2)


def limits_exceeded(recorded: list[Event]) -> list[dict[str, Any]]:
    return [dict(event.details) for event in recorded if event.name == "Grant.LimitExceeded"]


def sign_in(application: Application, user: User, *, minutes: int = 0) -> str:
    """A sign-in in a browser of its own, some minutes from now; returns the code."""
    with time_machine.travel(now() + timedelta(minutes=minutes)):
        return answer_of(Browser().signed_in(application.id, user))["code"]


def redeem(application: Application, code: str) -> Any:
    body = {
        "grant_type": "authorization_code",
        "client_id": application.id,
        "code": code,
        "redirect_uri": SPA_REDIRECT,
        "code_verifier": VERIFIER,
    }
    return Browser().client.post("/oidc/token", body, content_type="application/json")


def live(user: User) -> list[str]:
    return list(Grant.objects.filter(user=user, revoked_at=None).order_by("created_at").values_list("id", flat=True))


def test_the_oldest_go(limited: Application, spa: Application, alice: User, bob: User, recorded: list[Event]) -> None:
    first = redeem(limited, sign_in(limited, alice)).json()
    sign_in(limited, alice, minutes=1)
    sign_in(limited, bob, minutes=1)
    sign_in(spa, alice, minutes=1)
    oldest = Grant.objects.filter(user=alice, application=limited).order_by("created_at").first()
    assert oldest is not None
    assert RefreshToken.objects.filter(grant=oldest).exists()
    assert limits_exceeded(recorded) == []
    code = sign_in(limited, alice, minutes=2)
    oldest.refresh_from_db()
    assert oldest.revoked_at is not None
    assert not RefreshToken.objects.filter(grant=oldest).exists()
    assert not SessionAuthorization.objects.filter(grant=oldest).exists()
    assert Session.objects.filter(user=alice).count() == 4, "the browsers stay signed in"
    refused = Browser().client.get("/oidc/me", headers={"authorization": f"Bearer {first['access_token']}"})
    assert refused.status_code == 401
    assert Grant.objects.filter(user=alice, application=limited, revoked_at=None).count() == 2
    assert len(live(bob)) == 1
    assert Grant.objects.get(user=alice, application=spa).revoked_at is None
    with time_machine.travel(now() + timedelta(minutes=2)):
        assert redeem(limited, code).status_code == 200
    entry = AuditLog.objects.get(key="RevokeGrants")
    assert (entry.user_id, entry.application_id) == (alice.id, limited.id)
    assert (entry.payload["revokeGrantIds"], entry.payload["reason"]) == ([oldest.id], "grant_limit_exceeded")
    assert limits_exceeded(recorded) == [
        {"revokedGrantIds": [oldest.id], "maxAllowedGrants": 2, "preRevocationActiveGrantCount": 3}
    ]


def test_going_on_in_a_session_counts_once(limited: Application, alice: User, browser: Browser) -> None:
    browser.signed_in(limited.id, alice)
    for _ in range(3):
        assert "code" in answer_of(browser.authorize(limited.id))
    assert len(live(alice)) == 1


def test_without_a_limit_all_stay(spa: Application, alice: User, recorded: list[Event]) -> None:
    for minutes in range(4):
        sign_in(spa, alice, minutes=minutes)
    assert (len(live(alice)), limits_exceeded(recorded)) == (4, [])


def test_a_limit_that_is_lowered_spares_the_grant_in_use(
    make_application: MakeApplication, alice: User, browser: Browser, recorded: list[Event]
) -> None:
    """Who comes back in the oldest browser is not sent round in circles."""
    application = make_application()
    browser.signed_in(application.id, alice)
    oldest = Grant.objects.get()
    for minutes in (1, 2):
        sign_in(application, alice, minutes=minutes)
    application.custom_client_metadata = {"maxAllowedGrants": 1}
    application.save()
    code = answer_of(browser.authorize(application.id))["code"]
    assert live(alice) == [oldest.id]
    assert redeem(application, code).status_code == 200
    assert len(limits_exceeded(recorded)[0]["revokedGrantIds"]) == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_as_many_as_allowed(limited: Application, alice: User) -> None:
    def authorize() -> None:
        grant = Grant.objects.create(user=alice, application=limited, expires_at=now() + timedelta(days=1))
        enforce_grant_limit(grant, limit=2)

    assert race_outcomes([authorize] * 6) == ["ok"] * 6
    assert len(live(alice)) == 2
    revoked = [id for entry in AuditLog.objects.filter(key="RevokeGrants") for id in entry.payload["revokeGrantIds"]]
    assert len(revoked) == len(set(revoked)) == 4
