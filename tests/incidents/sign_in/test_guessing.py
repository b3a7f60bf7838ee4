"""Ways around the lockout: one account by many spellings, journeys, browsers and applications."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from identity.models import User
from tests.experience.conftest import PASSWORD, Browser, code_of

BLOCKED = "session.verification_blocked_too_many_attempts"

SPELLINGS: dict[str, list[str]] = {
    "username": ["alice", "ALICE", "Alice", "aLiCe"],
    "email": ["alice@example.com", "ALICE@example.com", "alice@EXAMPLE.com", " alice@example.com "],
    "phone": ["12025550101", "+12025550101", "+1 (202) 555-0101", "1-202-555-0101"],
}


@pytest.mark.parametrize("kind", list(SPELLINGS))
def test_spelling_a_name_differently_gives_no_new_tries(
    application: Application,
    alice: User,
    every_method: None,
    settings_of: Callable[..., None],
    kind: str,
) -> None:
    """Each try in a browser and a journey of its own."""
    settings_of(
        sentinelPolicy={"maxAttempts": 4, "lockoutDuration": 10},
        usernamePolicy={
            "caseSensitive": False,
            "minLength": 1,
            "maxLength": 128,
            "allowedChars": {"lowercase": True, "uppercase": True, "numbers": True, "underscore": True},
        },
    )
    codes = []
    for number, spelling in enumerate([*SPELLINGS[kind], SPELLINGS[kind][0]]):
        browser = Browser(Client(HTTP_HOST="localhost:8000"))
        browser.open(application)
        browser.start()
        password = PASSWORD if number == len(SPELLINGS[kind]) else "a wrong guess"
        body = {"identifier": {"type": kind, "value": spelling}, "password": password}
        codes.append(code_of(browser.post("/verification/password", body))[1])
    assert codes[:3] == ["session.invalid_credentials"] * 3
    assert codes[3:] == [BLOCKED, BLOCKED], "the right password is no help while locked out"


def test_codes_and_passwords_share_one_counter(
    browser: Browser,
    alice: User,
    every_method: None,
    outbox: list[dict[str, Any]],
    settings_of: Callable[..., None],
) -> None:
    settings_of(sentinelPolicy={"maxAttempts": 3, "lockoutDuration": 10})
    address = "alice@example.com"
    browser.start()
    body = {"identifier": {"type": "email", "value": address}, "password": "a wrong guess"}
    browser.post("/verification/password", body)
    first = browser.ask_code("email", address, "SignIn")
    assert code_of(browser.give_code("email", address, first, "000000x"))[1] == "verification_code.code_mismatch"
    browser.start("ForgotPassword")
    second = browser.ask_code("email", address, "ForgotPassword")
    assert code_of(browser.give_code("email", address, second, "000000x"))[1] == BLOCKED
    right = outbox[-1]["payload"]["code"]
    assert code_of(browser.give_code("email", address, second, right))[1] == BLOCKED


def test_a_code_that_was_right_during_a_lockout_is_used_up(
    browser: Browser,
    alice: User,
    every_method: None,
    outbox: list[dict[str, Any]],
    settings_of: Callable[..., None],
) -> None:
    settings_of(sentinelPolicy={"maxAttempts": 1, "lockoutDuration": 10})
    browser.start()
    verification_id = browser.ask_code("email", "alice@example.com", "SignIn")
    browser.give_code("email", "alice@example.com", verification_id, "000000x")
    browser.give_code("email", "alice@example.com", verification_id, outbox[-1]["payload"]["code"])
    assert browser.identify(verification_id)[0] == 400


@pytest.mark.parametrize(("known", "unknown"), [("alice@example.com", "nobody@example.com")])
def test_nothing_tells_who_has_an_account(
    browser: Browser,
    alice: User,
    every_method: None,
    outbox: list[dict[str, Any]],
    settings_of: Callable[..., None],
    known: str,
    unknown: str,
) -> None:
    """Password, code and reset answer alike to an unknown address and to a user's, until the address is proved."""
    settings_of(signInMode="SignIn")

    def answers(address: str) -> list[Any]:
        seen: list[Any] = []
        for event in ("SignIn", "ForgotPassword", "Register"):
            browser.start(event)
            body = {"identifier": {"type": "email", "value": address}, "password": "a wrong guess"}
            seen.append(browser.post("/verification/password", body))
            verification_id = browser.ask_code("email", address, event)
            seen.append(browser.give_code("email", address, verification_id, "00000x"))
            seen.append(browser.identify(verification_id))
            seen.append(browser.post("/profile", {"type": "email", "verificationId": verification_id}))
        return seen

    assert answers(known) == answers(unknown)
