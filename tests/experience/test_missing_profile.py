"""Existing users who lack what signing up asks for by now."""

from collections.abc import Callable
from typing import Any

import pytest

from common.actors import SYSTEM
from identity.models import User
from identity.services.passwords import verify_user_password
from identity.services.users import update_user
from tests.experience.conftest import NEW_PASSWORD, Browser, code_of, method

Outbox = list[dict[str, Any]]


@pytest.fixture
def signed_in(
    browser: Browser, bob: User, connectors: None, settings_of: Callable[..., None], outbox: Outbox
) -> Browser:
    """Bob is identified by his address and lacks a username, a phone number and a password."""
    settings_of(
        signUp={
            "identifiers": ["email"],
            "password": True,
            "verify": True,
            "secondaryIdentifiers": [{"identifier": "username"}, {"identifier": "phone", "verify": True}],
        },
        signIn={"methods": [method("email", password=True, code=True)]},
    )
    browser.start()
    assert browser.identify(browser.prove("email", "bob@example.com", "SignIn", outbox)) == (204, None)
    return browser


def missing(browser: Browser) -> list[str]:
    status, body = browser.submit()
    assert (status, body["code"]) == (422, "user.missing_profile")
    return list(body["data"]["missingProfile"])


def test_is_asked_for_part_by_part(signed_in: Browser, bob: User, outbox: Outbox) -> None:
    assert missing(signed_in) == ["username", "phone", "password"]
    assert signed_in.post("/profile", {"type": "username", "value": "bob"}) == (204, None)
    assert missing(signed_in) == ["phone", "password"]
    verification_id = signed_in.prove("phone", "12025550102", "SignIn", outbox)
    assert signed_in.post("/profile", {"type": "phone", "verificationId": verification_id}) == (204, None)
    assert missing(signed_in) == ["password"]
    assert signed_in.post("/profile", {"type": "password", "value": NEW_PASSWORD}) == (204, None)

    bob.refresh_from_db()
    assert (bob.username, bob.primary_phone, bob.has_password) == (None, None, False)
    assert "code=" in signed_in.finish(signed_in.submit())
    bob.refresh_from_db()
    assert (bob.username, bob.primary_phone) == ("bob", "12025550102")
    assert verify_user_password(bob, NEW_PASSWORD)


def test_what_the_account_has_is_not_replaced(
    browser: Browser, alice: User, every_method: None, outbox: Outbox
) -> None:
    browser.start()
    browser.identify(browser.give_password("username", "alice"))
    email = browser.prove("email", "new@example.com", "SignIn", outbox)
    phone = browser.prove("phone", "12025550177", "SignIn", outbox)
    answers = [
        browser.post("/profile", {"type": "username", "value": "alice2"}),
        browser.post("/profile", {"type": "password", "value": NEW_PASSWORD}),
        browser.post("/profile", {"type": "email", "verificationId": email}),
        browser.post("/profile", {"type": "phone", "verificationId": phone}),
    ]
    assert [code_of(answer) for answer in answers] == [
        (422, f"user.{kind}_exists_in_profile") for kind in ("username", "password", "email", "phone")
    ]


def test_identification_comes_first(browser: Browser) -> None:
    browser.start()
    answer = browser.post("/profile", {"type": "username", "value": "bob"})
    assert code_of(answer) == (404, "session.identifier_not_found")


def test_other_persons_number_is_not_taken(signed_in: Browser, alice: User, outbox: Outbox) -> None:
    verification_id = signed_in.prove("phone", "12025550101", "SignIn", outbox)
    answer = signed_in.post("/profile", {"type": "phone", "verificationId": verification_id})
    assert code_of(answer) == (422, "user.phone_already_in_use")


def test_proof_of_another_kind_is_not_taken(signed_in: Browser, outbox: Outbox) -> None:
    verification_id = signed_in.prove("email", "bob2@example.com", "SignIn", outbox)
    answer = signed_in.post("/profile", {"type": "phone", "verificationId": verification_id})
    assert code_of(answer) == (404, "session.verification_session_not_found")


def test_account_that_changed_meanwhile_is_not_overwritten(signed_in: Browser, bob: User, outbox: Outbox) -> None:
    signed_in.post("/profile", {"type": "username", "value": "bob"})
    verification_id = signed_in.prove("phone", "12025550102", "SignIn", outbox)
    signed_in.post("/profile", {"type": "phone", "verificationId": verification_id})
    signed_in.post("/profile", {"type": "password", "value": NEW_PASSWORD})
    update_user(bob, username="robert", actor=SYSTEM)
    assert code_of(signed_in.submit()) == (422, "user.username_exists_in_profile")
    bob.refresh_from_db()
    assert (bob.username, bob.primary_phone) == ("robert", None)
