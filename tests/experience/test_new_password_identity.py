"""Registering with a username and a password in one call, as older pages do."""

from typing import Any

import pytest

from common.actors import SYSTEM
from experience.models import Interaction
from identity.models import User
from identity.services.users import create_user, update_user
from tests.experience.conftest import PASSWORD, Browser, code_of, method
from tests.experience.second_factors.conftest import proved, submission

Outbox = list[dict[str, Any]]


def choose(browser: Browser, username: str = "carol", password: str = PASSWORD, kind: str = "username") -> Any:
    body = {"identifier": {"type": kind, "value": username}, "password": password}
    return browser.post("/verification/new-password-identity", body)


def chosen(browser: Browser, username: str = "carol") -> str:
    status, body = choose(browser, username)
    assert status == 200, body
    assert list(body) == ["verificationId"]
    return str(body["verificationId"])


def test_it_registers(browser: Browser, other_browser: Browser, settings_of: Any) -> None:
    settings_of(signIn={"methods": [method("username", password=True)]})
    browser.start("Register")
    assert browser.identify(chosen(browser)) == (201, None)
    assert "code=" in browser.finish(browser.submit())
    carol = User.objects.get()
    assert (carol.username, carol.has_password) == ("carol", True)
    other_browser.start()
    assert other_browser.identify(other_browser.give_password("username", "carol")) == (204, None)


def test_what_is_missing_is_asked_for_and_the_choice_kept(
    browser: Browser, connectors: None, settings_of: Any, outbox: Outbox
) -> None:
    settings_of(
        signUp={"identifiers": ["email"], "password": True, "verify": True},
        signIn={"methods": [method("email", password=True)]},
    )
    browser.start("Register")
    status, body = browser.identify(chosen(browser))
    assert (status, body["data"]) == (422, {"missingProfile": ["email"]})
    email = {"type": "email", "verificationId": browser.prove("email", "carol@example.com", "Register", outbox)}
    assert browser.post("/profile", email) == (204, None)
    assert browser.identify() == (201, None)
    carol = User.objects.get()
    assert (carol.username, carol.primary_email, carol.has_password) == ("carol", "carol@example.com", True)


@pytest.mark.parametrize(
    ("username", "password", "error"),
    [
        ("alice", PASSWORD, (422, "user.username_already_in_use")),
        ("carol", "123456", (422, "password.rejected")),
        ("carol", "carol", (422, "password.rejected")),
        ("no spaces", PASSWORD, (422, "user.username_invalid_charset_hard")),
        ("", PASSWORD, (400, "guard.invalid_input")),
        ("carol", "", (400, "guard.invalid_input")),
    ],
)
def test_what_cannot_be_chosen(
    browser: Browser, alice: User, username: str, password: str, error: tuple[int, str]
) -> None:
    browser.start("Register")
    assert code_of(choose(browser, username, password)) == error
    assert Interaction.objects.get().records == []


def test_an_address_is_proved_by_a_code(browser: Browser) -> None:
    browser.start("Register")
    assert code_of(choose(browser, "carol@example.com", kind="email")) == (400, "guard.invalid_input")


def test_the_username_may_be_taken_meanwhile(browser: Browser) -> None:
    browser.start("Register")
    verification_id = chosen(browser)
    create_user(username="carol", actor=SYSTEM)
    assert code_of(browser.identify(verification_id)) == (422, "user.username_already_in_use")
    assert User.objects.count() == 1


def test_nobody_signs_in_with_a_password_that_they_chose_themselves(browser: Browser, settings_of: Any) -> None:
    """The username is free when the password is chosen, and somebody's when the journey identifies its user."""
    settings_of(signIn={"methods": [method("username", password=True)]})
    browser.start()
    verification_id = chosen(browser)
    create_user(username="carol", password="marble falcon 81", actor=SYSTEM)
    assert code_of(browser.identify(verification_id)) == (422, "user.sign_in_method_not_enabled")


def test_it_is_no_proof_of_who_has_the_username_later(
    browser: Browser, bob: User, every_method: None, outbox: Outbox
) -> None:
    """Bob's mailbox alone is known; a password chosen for the username that he gets would be told as his (`amr`)."""
    browser.start()
    chosen(browser, "bob9")
    assert browser.identify(browser.prove("email", "bob@example.com", "SignIn", outbox)) == (204, None)
    update_user(bob, username="bob9", actor=SYSTEM)
    assert browser.submit()[0] == 200
    assert proved(submission()) == ["EmailVerificationCode"]


def test_the_password_is_told_to_nobody(browser: Browser) -> None:
    browser.start("Register")
    verification_id = chosen(browser)
    status, state = browser.get("/interaction")
    identifier = {"type": "username", "value": "carol"}
    record = {"id": verification_id, "type": "NewPasswordIdentity", "verified": True, "identifier": identifier}
    assert status == 200
    assert state["verificationRecords"] == [record]


def test_what_the_journey_knows_is_no_password(browser: Browser, every_method: None, outbox: Outbox) -> None:
    """The address that was proved before counts as for a password that is added to the profile."""
    browser.start("Register")
    email = {"type": "email", "verificationId": browser.prove("email", "walnuttree@example.com", "Register", outbox)}
    assert browser.post("/profile", email) == (204, None)
    assert code_of(choose(browser, "carol", "walnuttree")) == (422, "password.rejected")
    assert choose(browser, "carol", PASSWORD)[0] == 200


def test_an_account_that_was_just_made_takes_nothing_over(browser: Browser) -> None:
    """What is taken over stays with the journey, and its end would write it over what the account has."""
    browser.start("Register")
    assert browser.identify(chosen(browser)) == (201, None)
    assert code_of(browser.identify(chosen(browser, "dave"))) == (409, "session.identity_conflict")
    assert browser.submit()[0] == 200
    assert User.objects.get().username == "carol"
