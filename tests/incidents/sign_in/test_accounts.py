"""Accounts that came into being, or were entered, by a side door."""

from collections.abc import Callable
from typing import Any

import pytest

from identity.identifier_keys import recipient_key
from identity.models import User
from identity.services.send_limits import MAX_SENDS, SendAction, counted_send
from tests.experience.conftest import Browser, code_of

Outbox = list[dict[str, Any]]


def test_registration_of_an_account_without_any_identifier(
    browser: Browser,
    settings_of: Callable[..., None],
) -> None:
    """Where signing up asks for nothing, as with social sign-in alone, a bare request made an account and a session."""
    settings_of(signUp={"identifiers": [], "password": False, "verify": False})
    browser.start("Register")
    status, answer = browser.identify()
    assert (status, answer["code"]) == (404, "session.identifier_not_found")
    assert code_of(browser.submit()) == (404, "session.identifier_not_found")
    assert not User.objects.exists()


def test_registration_with_a_password_alone(
    browser: Browser,
    settings_of: Callable[..., None],
) -> None:
    settings_of(signUp={"identifiers": [], "password": True, "verify": False})
    browser.start("Register")
    browser.post("/profile", {"type": "password", "value": "walnut tractor 51"})
    assert code_of(browser.identify()) == (404, "session.identifier_not_found")
    assert not User.objects.exists()


def test_registration_by_way_of_a_forgotten_password(
    browser: Browser,
    every_method: None,
    outbox: Outbox,
) -> None:
    """A proof made in one journey must not found an account in a journey of another kind."""
    browser.start("ForgotPassword")
    verification_id = browser.ask_code("email", "mallory@example.com", "Register")
    assert code_of(browser.identify(verification_id))[0] == 400
    assert code_of(browser.put("/interaction-event", {"interactionEvent": "Register"})) == (
        400,
        "session.not_supported_for_forgot_password",
    )
    assert not User.objects.exists()


def test_registration_where_the_tenant_takes_nobody(
    browser: Browser,
    every_method: None,
    settings_of: Callable[..., None],
    outbox: Outbox,
) -> None:
    settings_of(signInMode="SignIn")
    browser.start("Register")
    browser.ask_code("email", "mallory@example.com", "Register")
    assert outbox == []
    browser.post("/profile", {"type": "username", "value": "mallory"})
    assert code_of(browser.identify()) == (403, "auth.forbidden")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "spelling",
    [
        "Victim@example.com",
        " victim@EXAMPLE.COM",
        "victim@\uff45xample.com",
        "victim@example\u3002com",
        "victim@\U0001d41example.com",
    ],
)
@pytest.mark.django_db
def test_a_flood_of_mail_by_spelling_one_mailbox_differently(tenant: Any, spelling: str) -> None:
    """Mail servers make one domain of many spellings, so the limit has to as well."""
    assert recipient_key("email", spelling) == recipient_key("email", "victim@example.com")
    for _ in range(MAX_SENDS):
        with counted_send(SendAction.VERIFICATION_CODE, channel="email", recipient="victim@example.com"):
            pass
    with (
        pytest.raises(Exception, match="request.message_rate_limited"),
        counted_send(SendAction.VERIFICATION_CODE, channel="email", recipient=spelling),
    ):
        pass
