"""The tenant's policies as somebody at the sign-in pages meets them."""

from collections.abc import Callable
from typing import Any

import pytest

from common.actors import SYSTEM
from identity.models import User
from identity.services.users import set_password_expired
from tests.experience.conftest import NEW_PASSWORD, PASSWORD, Browser, code_of
from tests.experience.pages.conftest import Visitor

Settings = Callable[..., None]

STRICT = {
    "length": {"min": 12, "max": 20},
    "characterTypes": {"min": 3},
    "rejects": {"pwned": True, "repetitionAndSequence": True, "userInfo": True, "words": ["gatehouse"]},
}


def test_pages_follow_the_mode(visitor: Visitor, settings_of: Settings) -> None:
    settings_of(signInMode="SignIn")
    visitor.open()
    assert "Create account" not in visitor.html
    visitor.open(first_screen="register")
    assert visitor.path == "/sign-in"
    settings_of(signInMode="Register")
    visitor.open()
    assert visitor.path == "/register"


@pytest.mark.parametrize(
    ("password", "reasons"),
    [
        ("Violet-3", ["too_short"]),
        ("Violet-Teapot-Lantern", ["too_long"]),
        ("violetteapot", ["character_types"]),
        ("Violet-Teapöt", ["unsupported_characters"]),
        ("Violet 雪 Teapot", ["unsupported_characters"]),
        ("aaaaaaaaaaaA1", ["restricted.repetition"]),
        ("abcdefgh1234A", ["restricted.sequence"]),
        ("gatehouseGateHouse1", ["restricted.words"]),
        ("Zoe_carpenter1", ["restricted.user_info"]),
        # Three characters besides are enough.
        ("GateHouse-x7!", []),
        ("Violet-Teapot-3", []),
    ],
)
def test_every_reason_to_refuse_a_password_is_told(
    browser: Browser, settings_of: Settings, password: str, reasons: list[str]
) -> None:
    """The username is not an account's yet: it is staged in this very journey."""
    settings_of(passwordPolicy=STRICT)
    browser.start("Register")
    assert browser.post("/profile", {"type": "username", "value": "zoe_carpenter"})[0] == 204
    status, answer = browser.post("/profile", {"type": "password", "value": password})
    if not reasons:
        assert status == 204, answer
        return
    assert (status, answer["code"]) == (422, "password.rejected")
    told = {issue["code"].removeprefix("password_rejected.") for issue in answer["data"]}
    assert set(reasons) <= told


def test_leaked_password_is_refused(browser: Browser, settings_of: Settings) -> None:
    for is_refused in (True, False):
        settings_of(passwordPolicy={"rejects": {"pwned": is_refused, "repetitionAndSequence": False}})
        browser.start("Register")
        browser.post("/profile", {"type": "username", "value": "zoe"})
        status, answer = browser.post("/profile", {"type": "password", "value": "iloveyou1"})
        assert status == (422 if is_refused else 204)
        assert not is_refused or answer["data"] == [{"code": "password_rejected.pwned"}]


def test_expired_password_leads_to_a_new_one(
    visitor: Visitor, alice: User, every_method: None, settings_of: Settings, outbox: list[dict[str, Any]]
) -> None:
    """From the refusal by a code to a new password, and in with it."""
    settings_of(passwordExpiration={"enabled": True, "validPeriodDays": 30})
    set_password_expired(alice, is_expired=True, actor=SYSTEM)
    visitor.open().send(identifier="alice@example.com").send(password=PASSWORD)
    assert visitor.path == "/forgot-password"
    assert "Your password has expired" in visitor.html
    visitor.send(identifier="alice@example.com").send(code=outbox[-1]["payload"]["code"])
    assert visitor.path == "/forgot-password/reset"
    visitor.send(password=NEW_PASSWORD)
    assert visitor.path == "/sign-in"
    visitor.send(identifier="alice@example.com").send(password=NEW_PASSWORD)
    assert visitor.arrive()["code"]


def test_disposable_address_is_refused(
    visitor: Visitor, browser: Browser, every_method: None, settings_of: Settings, outbox: list[dict[str, Any]]
) -> None:
    """At the page, for a code, and for an account that would begin with it."""
    settings_of(emailBlocklistPolicy={"blockDisposableAddresses": True})
    refused = (422, "session.email_blocklist.email_not_allowed")
    address = "zoe@inbox.mailinator.com"
    visitor.open(first_screen="register").send(identifier=address)
    assert visitor.error_codes == ["identifier: session.email_blocklist.email_not_allowed"]
    browser.start("Register")
    body = {"identifier": {"type": "email", "value": address}, "interactionEvent": "Register"}
    assert code_of(browser.post("/verification/verification-code", body)) == refused
    assert outbox == []
    proof = browser.prove("email", address, "SignIn", outbox)
    assert code_of(browser.identify(proof)) == refused
    settings_of(emailBlocklistPolicy={})
    assert browser.identify(proof)[0] == 201


def test_disposable_address_is_not_added_to_an_account(
    browser: Browser, alice: User, every_method: None, settings_of: Settings, outbox: list[dict[str, Any]]
) -> None:
    settings_of(emailBlocklistPolicy={"blockDisposableAddresses": True})
    User.objects.filter(id=alice.id).update(primary_email=None, email_key=None)
    browser.start()
    assert browser.identify(browser.give_password("username", "alice"))[0] == 204
    proof = browser.prove("email", "alice@mailinator.com", "SignIn", outbox)
    answer = browser.post("/profile", {"type": "email", "verificationId": proof})
    assert code_of(answer) == (422, "session.email_blocklist.email_not_allowed")
