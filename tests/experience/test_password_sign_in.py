"""Signing in with an identifier and a password."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from common.actors import SYSTEM
from events.models import AuditLog
from experience.models import Interaction
from experience.password_expiration import PasswordExpiration
from experience.services.steps import PASSWORD_EXPIRES
from identity.models import User
from identity.services.users import set_password, set_password_expired, set_user_suspended
from oidc.models import AuthorizationRequest
from tenants import rate_limits
from tests.experience.conftest import PASSWORD, REDIRECT_URI, Browser, code_of
from tests.experience.pages.conftest import Visitor, visitor  # noqa: F401  # fixtures


def attempt(browser: Browser, value: str = "alice", password: str = PASSWORD, kind: str = "username") -> Any:
    return browser.post("/verification/password", {"identifier": {"type": kind, "value": value}, "password": password})


def test_leads_from_password_to_authorization_code(browser: Browser, alice: User) -> None:
    browser.start()
    assert browser.identify(browser.give_password("username", "alice")) == (204, None)

    location = browser.finish(browser.submit())

    assert location.startswith("https://app.example.com/callback?code=")
    alice.refresh_from_db()
    assert alice.last_sign_in_at is not None


def test_password_set_on_one_keyboard_is_typed_on_another(browser: Browser, alice: User) -> None:
    set_password(alice, password="gr\u00fc\u00dfe an z\u00fcrich", actor=SYSTEM)
    browser.start()
    typed = "gru\u0308\u00dfe\u00a0an zu\u0308rich"
    assert browser.identify(browser.give_password("username", "alice", typed)) == (204, None)


def test_longest_password(browser: Browser, alice: User) -> None:
    set_password(alice, password="\u00e9" * 1024, actor=SYSTEM)
    browser.start()
    assert attempt(browser, password="e\u0301" * 1024)[0] == 200
    assert code_of(attempt(browser, password="\u00e9" * 1025)) == (422, "session.invalid_credentials")


def test_submission_tells_how_the_user_signed_in(browser: Browser, alice: User) -> None:
    browser.start()
    verification_id = browser.give_password("username", "alice")
    browser.identify(verification_id)
    browser.submit()

    submission = AuthorizationRequest.objects.get().submission
    assert submission["login"] == {"accountId": alice.id}
    assert submission["interactionEvent"] == "SignIn"
    assert submission["verificationRecords"] == [
        {
            "id": verification_id,
            "type": "Password",
            "identifier": {"type": "username", "value": "alice"},
            "verified": True,
        }
    ]


@pytest.mark.parametrize(
    ("kind", "value"), [("email", "ALICE@example.com"), ("phone", "12025550101"), ("username", "alice")]
)
def test_every_identifier_signs_in(browser: Browser, alice: User, every_method: None, kind: str, value: str) -> None:
    browser.start()
    assert browser.identify(browser.give_password(kind, value)) == (204, None)
    assert browser.submit()[0] == 200


def test_wrong_password_and_unknown_user_answer_alike(browser: Browser, alice: User, bob: User) -> None:
    browser.start()
    answers = [
        attempt(browser, password="wrong"),
        attempt(browser, value="nobody"),
        attempt(browser, kind="email", value="bob@example.com"),
    ]
    assert [code_of(answer) for answer in answers] == [(422, "session.invalid_credentials")] * 3
    assert answers[0] == answers[1] == answers[2]


def test_suspended_user_is_told_only_after_the_right_password(browser: Browser, alice: User) -> None:
    set_user_suspended(alice, suspended=True, actor=SYSTEM)
    browser.start()
    assert code_of(attempt(browser, password="wrong")) == (422, "session.invalid_credentials")
    assert code_of(attempt(browser)) == (401, "user.suspended")


def test_user_suspended_on_the_way_cannot_finish(browser: Browser, alice: User) -> None:
    browser.start()
    browser.identify(browser.give_password("username", "alice"))
    set_user_suspended(alice, suspended=True, actor=SYSTEM)
    assert code_of(browser.submit()) == (401, "user.suspended")
    assert AuthorizationRequest.objects.get().user_id is None


def test_method_that_is_not_enabled_does_not_identify(browser: Browser, alice: User) -> None:
    browser.start()
    verification_id = browser.give_password("email", "alice@example.com")
    assert code_of(browser.identify(verification_id)) == (422, "user.sign_in_method_not_enabled")


def test_mode_register_refuses_to_identify(browser: Browser, alice: User, settings_of: Callable[..., None]) -> None:
    settings_of(signInMode="Register")
    browser.start()
    assert code_of(browser.identify(browser.give_password("username", "alice"))) == (403, "auth.forbidden")


def test_lockout_stops_even_the_right_password(browser: Browser, alice: User, settings_of: Callable[..., None]) -> None:
    settings_of(sentinelPolicy={"maxAttempts": 3, "lockoutDuration": 10})
    browser.start()
    blocked = (400, "session.verification_blocked_too_many_attempts")
    assert code_of(attempt(browser, password="1")) == (422, "session.invalid_credentials")
    # Another spelling is another try at the same account, not a fresh counter.
    assert code_of(attempt(browser, password="2", value="ALICE")) == (422, "session.invalid_credentials")
    assert code_of(attempt(browser, password="3")) == blocked
    assert code_of(attempt(browser)) == blocked
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        assert attempt(browser)[0] == 200


def test_an_account_has_one_lock_whichever_identifier_is_typed(
    browser: Browser, alice: User, every_method: None, settings_of: Callable[..., None]
) -> None:
    """A locked email address was no hindrance: the same account's username had another hundred guesses."""
    settings_of(sentinelPolicy={"maxAttempts": 3, "lockoutDuration": 10})
    browser.start()
    for _ in range(3):
        browser.post("/verification/password", _password("email", "alice@example.com", "no"))
    blocked = (400, "session.verification_blocked_too_many_attempts")
    for kind, value in [("username", "alice"), ("phone", "12025550101"), ("email", "alice@example.com")]:
        assert code_of(browser.post("/verification/password", _password(kind, value, PASSWORD))) == blocked


def test_what_leads_to_no_account_is_locked_alike(
    browser: Browser, every_method: None, settings_of: Callable[..., None]
) -> None:
    settings_of(sentinelPolicy={"maxAttempts": 2, "lockoutDuration": 10})
    browser.start()
    answers = [browser.post("/verification/password", _password("email", "x@example.com", "no")) for _ in range(3)]
    blocked = (400, "session.verification_blocked_too_many_attempts")
    assert [code_of(answer) for answer in answers] == [(422, "session.invalid_credentials"), blocked, blocked]


def test_guesses_over_many_accounts_are_counted_by_network(browser: Browser, alice: User, settings: Any) -> None:
    """1,255 guesses, each at another account, came from one address, and none was refused."""
    settings.GUESS_LIMIT_PER_ADDRESS = "3/hour"
    rate_limits.forget()
    browser.start()
    answers = [browser.post("/verification/password", _password("username", f"u{n}", "no")) for n in range(5)]
    assert [answer[0] for answer in answers] == [422, 422, 422, 429, 429]
    assert code_of(browser.post("/verification/password", _password("username", "alice", PASSWORD))) == (
        429,
        "request.rate_limited",
    )


def _password(kind: str, value: str, password: str) -> dict[str, Any]:
    return {"identifier": {"type": kind, "value": value}, "password": password}


def test_failed_attempt_is_audited_without_the_password(browser: Browser, alice: User) -> None:
    browser.start()
    attempt(browser, password="not this one")
    entry = AuditLog.objects.get(key="Interaction.SignIn.Verification.Password.Submit")
    assert entry.payload["result"] == "Error"
    assert entry.payload["error"]["code"] == "session.invalid_credentials"
    assert "not this one" not in str(entry.payload)
    assert Interaction.objects.get().records == []


def test_every_step_is_audited(browser: Browser, alice: User, application: Any) -> None:
    browser.start()
    browser.identify(browser.give_password("username", "alice"))
    browser.submit()
    entries = AuditLog.objects.filter(key__startswith="Interaction.SignIn.").order_by("created_at")
    assert sorted(entry.key for entry in entries) == [
        "Interaction.SignIn.Create",
        "Interaction.SignIn.Identifier.Submit",
        "Interaction.SignIn.Submit",
        "Interaction.SignIn.Verification.Password.Submit",
    ]
    assert {entry.application_id for entry in entries} == {application.id}
    assert AuditLog.objects.get(key="Interaction.SignIn.Submit").user_id == alice.id


@pytest.fixture
def expiring(every_method: None, settings_of: Callable[..., None]) -> None:
    settings_of(passwordExpiration={"enabled": True, "validPeriodDays": 30})


def test_expired_password_must_be_renewed(browser: Browser, alice: User, expiring: None) -> None:
    browser.start()
    assert attempt(browser)[0] == 200
    User.objects.filter(id=alice.id).update(password_updated_at=datetime.now(UTC) - timedelta(days=30))
    assert code_of(attempt(browser)) == (422, "password.expired")
    assert code_of(attempt(browser, password="wrong")) == (422, "session.invalid_credentials")


def test_password_marked_as_expired(browser: Browser, alice: User, expiring: None) -> None:
    set_password_expired(alice, is_expired=True, actor=SYSTEM)
    browser.start()
    assert code_of(attempt(browser)) == (422, "password.expired")


def test_users_without_a_date_count_from_the_day_of_the_setting(browser: Browser, alice: User, expiring: None) -> None:
    User.objects.filter(id=alice.id).update(
        password_updated_at=None, created_at=datetime.now(UTC) - timedelta(days=400)
    )
    browser.start()
    assert attempt(browser)[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"identifier": {"type": "username", "value": "alice"}},
        {"identifier": {"type": "username", "value": "alice"}, "password": ""},
        {"identifier": {"type": "social", "value": "alice"}, "password": "x"},
        {"identifier": {"type": ["username"], "value": "alice"}, "password": "x"},
        {"identifier": {"type": "username", "value": 1}, "password": "x"},
        {"identifier": {"type": "username", "value": "a\x00"}, "password": "x"},
        {"identifier": "alice", "password": "x"},
        [],
    ],
)
def test_malformed_bodies_are_refused(browser: Browser, body: Any) -> None:
    browser.start()
    assert code_of(browser.post("/verification/password", body)) == (400, "guard.invalid_input")


def test_who_signs_in_by_password_is_told_that_it_expires(
    visitor: Visitor,  # noqa: F811  # the fixture
    alice: User,
    settings_of: Callable[..., None],
    connectors: None,
) -> None:
    """A page between the sign-in and the application, in the last days alone, that leads on."""
    settings_of(
        forgotPasswordMethods=["EmailVerificationCode"],
        passwordExpiration={"enabled": True, "validPeriodDays": 30, "reminderDays": 5},
    )

    def signed_in(*, age: float) -> str:
        User.objects.filter(id=alice.id).update(password_updated_at=datetime.now(UTC) - timedelta(days=age))
        return visitor.open().send(identifier="alice", password=PASSWORD).html

    assert "expires soon" not in signed_in(age=24.9)
    shown = signed_in(age=25.1)
    assert "Your password expires soon" in shown
    forward = re.search(r'<a class="button" href="http://localhost:8000([^"]+)">Continue</a>', shown)
    assert forward
    answer = visitor.client.get(forward[1])
    assert answer["Location"].startswith(REDIRECT_URI)
    settings_of(passwordExpiration={"reminderDays": 0})
    assert "expires soon" not in signed_in(age=29.9)


@pytest.mark.parametrize(
    ("policy", "days_before"),
    [
        ({"enabled": True, "validPeriodDays": 90}, 7.0),
        ({"enabled": True, "validPeriodDays": 90, "reminderDays": 30}, 30.0),
        # Nobody is told in the first half of a password's life.
        ({"enabled": True, "validPeriodDays": 1}, 0.5),
        ({"enabled": True, "validPeriodDays": 90, "reminderDays": 365}, 45.0),
        ({"enabled": True, "validPeriodDays": 90, "reminderDays": 0}, 0.0),
    ],
)
def test_days_before_the_end(policy: dict[str, Any], days_before: float) -> None:
    assert PasswordExpiration.from_settings(policy).reminder == timedelta(days=days_before)


def test_sign_in_without_the_password_says_nothing(
    browser: Browser, alice: User, expiring: None, outbox: list[dict[str, Any]]
) -> None:
    User.objects.filter(id=alice.id).update(password_updated_at=datetime.now(UTC) - timedelta(days=29))
    browser.start()
    browser.identify(browser.prove("email", "alice@example.com", "SignIn", outbox))
    assert browser.submit()[0] == 200
    assert PASSWORD_EXPIRES not in Interaction.objects.get().context
