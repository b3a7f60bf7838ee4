"""Choosing a new password after proving that the address is one's own."""

from collections.abc import Callable
from typing import Any

import pytest

from common.actors import SYSTEM
from events.history import Event
from identity.models import User
from identity.services.passwords import verify_user_password
from identity.services.users import set_password_expired
from oidc.models import AuthorizationRequest
from tests.experience.conftest import NEW_PASSWORD, PASSWORD, Browser, code_of

Outbox = list[dict[str, Any]]


@pytest.fixture
def proven(browser: Browser, alice: User, every_method: None, outbox: Outbox) -> Browser:
    """Alice has proved her address and is identified."""
    browser.start("ForgotPassword")
    assert browser.identify(browser.prove("email", "alice@example.com", "ForgotPassword", outbox)) == (204, None)
    return browser


def choose(browser: Browser, password: str = NEW_PASSWORD) -> Any:
    return browser.put("/profile/password", {"password": password})


def test_replaces_the_password(proven: Browser, alice: User, outbox: Outbox) -> None:
    assert code_of(proven.submit()) == (422, "user.new_password_required_in_profile")
    assert choose(proven) == (204, None)
    assert proven.submit() == (204, None)

    alice.refresh_from_db()
    assert verify_user_password(alice, NEW_PASSWORD)
    assert not verify_user_password(alice, PASSWORD)
    assert outbox[0]["template_type"] == "ForgotPassword"
    # It signs nobody in: the page begins a sign-in with the new password.
    assert AuthorizationRequest.objects.get().user_id is None
    assert code_of(proven.submit()) == (404, "session.interaction_not_found")
    proven.start()
    proven.identify(proven.give_password("username", "alice", NEW_PASSWORD))
    assert proven.submit()[0] == 200


def test_ends_an_expiry(proven: Browser, alice: User) -> None:
    set_password_expired(alice, is_expired=True, actor=SYSTEM)
    choose(proven)
    proven.submit()
    alice.refresh_from_db()
    assert alice.is_password_expired is False


def test_is_recorded(proven: Browser, alice: User, recorded: list[Event]) -> None:
    choose(proven)
    proven.submit()
    heard = [event.subject for event in recorded if event.name == "PostResetPassword"]
    assert [subject and subject.id for subject in heard] == [alice.id]


def test_current_password_is_not_new(proven: Browser) -> None:
    assert code_of(choose(proven, PASSWORD)) == (422, "user.same_password")


def test_new_password_obeys_the_policy(proven: Browser) -> None:
    status, body = choose(proven, "short")
    assert (status, body["code"]) == (422, "password.rejected")
    assert body["data"] == [{"code": "password_rejected.too_short", "interpolation": {"min": 8}}]


def test_user_without_a_password_gets_one(browser: Browser, bob: User, every_method: None, outbox: Outbox) -> None:
    browser.start("ForgotPassword")
    browser.identify(browser.prove("email", "bob@example.com", "ForgotPassword", outbox))
    choose(browser)
    assert browser.submit() == (204, None)
    bob.refresh_from_db()
    assert verify_user_password(bob, NEW_PASSWORD)


def test_an_unknown_user_learns_nothing(browser: Browser, alice: User, every_method: None, outbox: Outbox) -> None:
    browser.start("ForgotPassword")
    browser.ask_code("email", "alice@example.com", "ForgotPassword")
    verification_id = browser.ask_code("email", "carol@example.com", "ForgotPassword")
    assert [message["recipient"] for message in outbox] == ["alice@example.com"]
    answer = browser.give_code("email", "carol@example.com", verification_id, "12345")
    assert code_of(answer) == (400, "verification_code.code_mismatch")


def test_method_that_is_not_listed(
    browser: Browser, alice: User, every_method: None, settings_of: Callable[..., None], outbox: Outbox
) -> None:
    browser.start("ForgotPassword")
    verification_id = browser.prove("email", "alice@example.com", "ForgotPassword", outbox)
    settings_of(forgotPasswordMethods=["PhoneVerificationCode"])
    assert code_of(browser.identify(verification_id)) == (422, "session.not_supported_for_forgot_password")
    settings_of(forgotPasswordMethods=None)
    assert browser.identify(verification_id) == (204, None)


def test_password_is_no_proof_here(browser: Browser, alice: User, every_method: None) -> None:
    browser.start("ForgotPassword")
    verification_id = browser.give_password("username", "alice")
    assert code_of(browser.identify(verification_id)) == (422, "session.not_supported_for_forgot_password")


def test_nothing_else_changes_in_this_journey(proven: Browser) -> None:
    not_supported = (400, "session.not_supported_for_forgot_password")
    assert code_of(proven.post("/profile", {"type": "username", "value": "alice2"})) == not_supported
    assert code_of(proven.post("/profile", {"type": "password", "value": NEW_PASSWORD})) == not_supported
    for event in ("SignIn", "Register"):
        assert code_of(proven.put("/interaction-event", {"interactionEvent": event})) == not_supported


def test_nobody_enters_it_half_way(browser: Browser, alice: User, every_method: None) -> None:
    browser.start()
    browser.identify(browser.give_password("username", "alice"))
    answer = browser.put("/interaction-event", {"interactionEvent": "ForgotPassword"})
    assert code_of(answer) == (400, "session.not_supported_for_forgot_password")
    assert code_of(choose(browser)) == (400, "session.invalid_interaction_type")


def test_identification_comes_first(browser: Browser, every_method: None) -> None:
    browser.start("ForgotPassword")
    assert code_of(choose(browser)) == (404, "session.identifier_not_found")
    assert code_of(browser.submit()) == (404, "session.identifier_not_found")
