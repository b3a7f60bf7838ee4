"""Where a journey needs its captcha, what stands in for it, and when it is asked for again."""

from typing import Any

import pytest

from common.actors import SYSTEM
from events.models import AuditLog
from experience.models import SpentCaptcha
from experience.services.captcha_provider import delete_captcha_provider
from experience.tasks import clean_up_places_of_tenant
from identity.models import User
from identity.services.one_time_tokens import create_one_time_token
from tests.experience.captcha.conftest import begin, fresh_token
from tests.experience.conftest import Browser, code_of
from tests.experience.providers.conftest import Traveler

REQUIRED = (422, "session.captcha_required")
FAILED = (422, "session.captcha_failed")
ALICE = {"identifier": {"type": "email", "value": "alice@example.com"}, "interactionEvent": "SignIn"}

pytestmark = pytest.mark.usefixtures("proof_of_work_on")


def state(browser: Browser) -> Any:
    return browser.get("/interaction")[1]["captcha"]


def test_a_sign_in_ends_with_a_captcha_alone(browser: Browser, alice: User) -> None:
    """The password itself may be tried without, as the contract has it; the lockout counts those."""
    browser.start()
    browser.identify(browser.give_password("username", "alice"))
    assert code_of(browser.submit()) == REQUIRED
    assert begin(browser, "SignIn", fresh_token(browser)) == (204, None)
    assert state(browser) == {"verified": True, "skipped": False}
    browser.identify(browser.give_password("username", "alice"))
    answer = browser.submit()
    assert answer[0] == 200
    # What is finished answers again, and starting over needs another captcha.
    assert browser.submit() == answer


def test_starting_over_takes_it_back(browser: Browser, alice: User) -> None:
    begin(browser, "SignIn", fresh_token(browser))
    browser.start()
    assert state(browser) == {"verified": False, "skipped": False}
    browser.identify(browser.give_password("username", "alice"))
    assert code_of(browser.submit()) == REQUIRED


def test_no_code_is_sent_without_one(
    browser: Browser, alice: User, every_method: None, outbox: list[dict[str, Any]]
) -> None:
    for event in ("SignIn", "Register", "ForgotPassword"):
        browser.start(event)
        assert (
            code_of(browser.post("/verification/verification-code", {**ALICE, "interactionEvent": event})) == REQUIRED
        )
    assert outbox == []
    begin(browser, "SignIn", fresh_token(browser))
    browser.identify(browser.prove("email", "alice@example.com", "SignIn", outbox))
    assert browser.submit()[0] == 200


def test_no_account_is_made_without_one(browser: Browser) -> None:
    for token, status in ((None, 422), (fresh_token(browser), 201)):
        begin(browser, "Register", token)
        browser.post("/profile", {"type": "username", "value": "dora"})
        browser.post("/profile", {"type": "password", "value": "copper lantern 77"})
        answer = browser.identify()
        assert answer[0] == status
        if status == 422:
            assert code_of(answer) == REQUIRED
            assert not User.objects.exists()
    assert browser.submit()[0] == 200


def test_one_captcha_makes_one_account(browser: Browser) -> None:
    """A journey that had made an account became a sign-in and a registration again, kept its captcha, and made another
    one, as often as it liked: who solved a single captcha registered accounts by the thousand."""
    begin(browser, "Register", fresh_token(browser))
    answers = []
    for name in ("dora", "mallory"):
        browser.post("/profile", {"type": "username", "value": name})
        browser.post("/profile", {"type": "password", "value": "copper lantern 77"})
        answers.append(browser.identify())
        for event in ("SignIn", "Register"):
            assert browser.put("/interaction-event", {"interactionEvent": event}) == (204, None)
    assert answers[0] == (201, None)
    assert code_of(answers[1]) == REQUIRED
    assert list(User.objects.values_list("username", flat=True)) == ["dora"]


def test_another_event_keeps_it(browser: Browser) -> None:
    begin(browser, "SignIn", fresh_token(browser))
    browser.put("/interaction-event", {"interactionEvent": "Register"})
    assert state(browser) == {"verified": True, "skipped": False}


def test_a_forgotten_password_needs_one(
    browser: Browser, alice: User, every_method: None, outbox: list[dict[str, Any]]
) -> None:
    begin(browser, "ForgotPassword", fresh_token(browser))
    browser.identify(browser.prove("email", "alice@example.com", "ForgotPassword", outbox))
    assert browser.put("/profile/password", {"password": "copper lantern 77"})[0] == 204
    assert browser.submit() == (204, None)


def test_who_comes_from_a_provider_skips_it(browser: Browser, social: Traveler, settings_of: Any) -> None:
    settings_of(signUp={"identifiers": [], "password": False, "verify": False})
    browser.start("Register")
    social.start()
    assert state(browser) == {"verified": False, "skipped": False}
    assert browser.identify(social.prove("dana"))[0] == 201
    assert state(browser) == {"verified": False, "skipped": True}
    assert browser.submit()[0] == 200


def test_who_brings_a_one_time_token_skips_it(browser: Browser, alice: User) -> None:
    browser.start()
    token = create_one_time_token(email="alice@example.com", actor=SYSTEM).value
    body = {"identifier": {"type": "email", "value": "alice@example.com"}, "token": "x" * 32}
    assert browser.post("/verification/one-time-token/verify", body)[0] == 404
    assert state(browser)["skipped"] is False
    verification_id = browser.post("/verification/one-time-token/verify", {**body, "token": token})[1]["verificationId"]
    assert browser.identify(verification_id) == (204, None)
    assert browser.submit()[0] == 200


def test_a_token_counts_once(browser: Browser, other_browser: Browser) -> None:
    token = fresh_token(browser)
    assert begin(browser, "SignIn", token)[0] == 204
    for again in (browser, other_browser):
        answer = begin(again, "SignIn", token)
        assert code_of(answer) == FAILED
    # A refused token begins nothing: the journey that was there goes on.
    assert state(browser) == {"verified": True, "skipped": False}
    entries = AuditLog.objects.filter(key="Interaction.Create.Captcha").order_by("created_at")
    assert [(entry.payload["result"], entry.payload.get("reason")) for entry in entries] == [
        ("Success", None),
        ("Error", "spent"),
        ("Error", "spent"),
    ]


def test_spent_tokens_are_kept_while_they_could_come_again(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(browser, "SignIn", fresh_token(browser))
    clean_up_places_of_tenant("default")
    spent = SpentCaptcha.objects.get()
    monkeypatch.setattr("experience.services.captcha_provider.now", lambda: spent.expires_at.replace(year=2099))
    clean_up_places_of_tenant("default")
    assert not SpentCaptcha.objects.exists()


def test_without_a_policy_nothing_is_asked(browser: Browser, alice: User, settings_of: Any) -> None:
    """A token is verified all the same: its client believes that it matters."""
    settings_of(captchaPolicy={"enabled": False})
    assert code_of(begin(browser, "SignIn", "x")) == FAILED
    browser.start()
    browser.identify(browser.give_password("username", "alice"))
    assert browser.submit()[0] == 200


def test_removing_the_provider_lets_everybody_in_again(browser: Browser, alice: User) -> None:
    browser.start()
    browser.identify(browser.give_password("username", "alice"))
    delete_captcha_provider(actor=SYSTEM)
    assert code_of(begin(browser, "SignIn", "x")) == FAILED
    assert browser.client.get("/api/.well-known/captcha-challenge").status_code == 404
    assert browser.submit()[0] == 200
