"""Signing in by a code sent to an email address or a phone number."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from applications.models import Application
from common.actors import SYSTEM
from connectors.messages import fill
from connectors.models import Connector
from events.history import Event
from identity.models import User, VerificationCode
from organizations.services.organizations import create_organization
from tenants import rate_limits
from tests.experience.conftest import Browser, code_of, method

Outbox = list[dict[str, Any]]
Change = Callable[..., None]


def limits_reached(recorded: list[Event]) -> list[str]:
    return [event.details["limit"] for event in recorded if event.name == "Message.RateLimited"]


def ask(browser: Browser, value: str, event: str = "SignIn", kind: str = "email") -> Any:
    body = {"identifier": {"type": kind, "value": value}, "interactionEvent": event}
    return browser.post("/verification/verification-code", body)


@pytest.mark.parametrize("value", [f"bob@{'a' * 64}.example", "bob@mail..example", "bob@-example.com", "bob@example"])
def test_a_domain_that_dns_cannot_hold_gets_no_code(
    browser: Browser, every_method: None, outbox: Outbox, value: str
) -> None:
    """A label of 64 characters was taken, and the task that was to send the code died of it."""
    browser.start("Register")
    assert ask(browser, value, "Register")[0] in (400, 422)
    assert outbox == []
    assert not VerificationCode.objects.exists()


@pytest.mark.parametrize(("kind", "value"), [("email", "Alice@Example.com"), ("phone", "12025550101")])
def test_leads_from_code_to_authorization_code(
    browser: Browser, alice: User, every_method: None, outbox: Outbox, kind: str, value: str
) -> None:
    browser.start()
    assert browser.identify(browser.prove(kind, value, "SignIn", outbox)) == (204, None)
    assert "code=" in browser.finish(browser.submit())
    assert outbox[0]["template_type"] == "SignIn"
    assert outbox[0]["channel"] == kind


def test_no_placeholder_reaches_a_person(
    browser: Browser, application: Application, every_method: None, outbox: Outbox
) -> None:
    """A template may name application, organization, user and inviter; `{{organization.name}}` once stood in mails."""
    wayne = create_organization(name="Wayne", actor=SYSTEM)
    browser.open(application, organization_id=wayne.id)
    browser.start()
    browser.ask_code("email", "alice@example.com", "SignIn")
    template = "{{application.name}}, {{organization.name}}, {{user.name}}, {{inviter.name}}."
    assert fill(template, outbox[-1]["payload"]) == f"{application.name}, Wayne, , ."


def test_unverified_code_identifies_nobody(browser: Browser, alice: User, every_method: None, outbox: Outbox) -> None:
    browser.start()
    verification_id = browser.ask_code("email", "alice@example.com", "SignIn")
    assert code_of(browser.identify(verification_id)) == (400, "session.verification_failed")


def test_unknown_address_is_offered_to_register(browser: Browser, every_method: None, outbox: Outbox) -> None:
    browser.start()
    verification_id = browser.prove("email", "carol@example.com", "SignIn", outbox)
    status, body = browser.identify(verification_id)
    assert (status, body["code"]) == (404, "user.user_not_exist")
    assert body["data"] == {"identifier": {"type": "email", "value": "carol@example.com"}}
    browser.put("/interaction-event", {"interactionEvent": "Register"})
    assert browser.identify(verification_id) == (201, None)


def test_code_is_used_up(browser: Browser, alice: User, every_method: None, outbox: Outbox) -> None:
    browser.start()
    verification_id = browser.prove("email", "alice@example.com", "SignIn", outbox)
    again = browser.give_code("email", "alice@example.com", verification_id, outbox[0]["payload"]["code"])
    assert code_of(again) == (400, "verification_code.not_found")


def test_new_code_takes_the_place_of_the_old(browser: Browser, alice: User, every_method: None, outbox: Outbox) -> None:
    browser.start()
    first = browser.ask_code("email", "alice@example.com", "SignIn")
    second = browser.ask_code("email", "alice@example.com", "SignIn")
    assert first != second
    stale = browser.give_code("email", "alice@example.com", first, outbox[0]["payload"]["code"])
    assert code_of(stale) == (404, "session.verification_session_not_found")
    assert browser.give_code("email", "alice@example.com", second, outbox[1]["payload"]["code"])[0] == 200


def test_wrong_codes(browser: Browser, alice: User, every_method: None, settings_of: Change, outbox: Outbox) -> None:
    settings_of(verificationCodePolicy={"maxRetryAttempts": 2, "expirationDuration": 60})
    browser.start()
    verification_id = browser.ask_code("email", "alice@example.com", "SignIn")
    code = outbox[0]["payload"]["code"]
    wrong = "000000" if code != "000000" else "111111"

    def answer(value: str = "alice@example.com", given: str = wrong) -> tuple[int, str]:
        return code_of(browser.give_code("email", value, verification_id, given))

    assert answer(value="bob@example.com", given=code) == (400, "verification_code.email_mismatch")
    assert answer() == (400, "verification_code.code_mismatch")
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61), tick=False):
        assert answer(given=code) == (400, "verification_code.expired")
    assert answer() == (400, "verification_code.code_mismatch")
    assert answer(given=code) == (400, "verification_code.exceed_max_try")


def test_codes_and_passwords_share_a_lockout(
    browser: Browser, alice: User, every_method: None, settings_of: Change, outbox: Outbox
) -> None:
    settings_of(sentinelPolicy={"maxAttempts": 2, "lockoutDuration": 10})
    browser.start()
    wrong = {"identifier": {"type": "email", "value": "alice@example.com"}, "password": "wrong"}
    browser.post("/verification/password", wrong)
    browser.post("/verification/password", wrong)
    verification_id = browser.ask_code("email", "alice@example.com", "SignIn")
    answer = browser.give_code("email", "alice@example.com", verification_id, outbox[0]["payload"]["code"])
    assert code_of(answer) == (400, "session.verification_blocked_too_many_attempts")
    assert code_of(browser.identify(verification_id)) == (400, "session.verification_failed")


def test_tenant_without_connector(browser: Browser, every_method: None) -> None:
    Connector.objects.all().delete()
    browser.start()
    assert code_of(ask(browser, "carol@example.com")) == (501, "connector.not_found")


def test_channel_that_the_settings_do_not_use(
    browser: Browser, connectors: None, settings_of: Change, outbox: Outbox
) -> None:
    """A tenant without phone sign-in is made to send no text messages: one journey had it send to 1,000 numbers."""
    settings_of(
        signUp={"identifiers": ["email"], "password": False, "verify": True},
        signIn={"methods": [method("email", code=True)]},
        forgotPasswordMethods=["EmailVerificationCode"],
    )
    browser.start()
    refused = (422, "user.sign_in_method_not_enabled")
    assert code_of(ask(browser, "12025550101", "SignIn", "phone")) == refused
    assert code_of(ask(browser, "12025550101", "Register", "phone")) == refused
    assert ask(browser, "alice@example.com")[0] == 200
    browser.start("ForgotPassword")
    forgot = code_of(ask(browser, "12025550101", "ForgotPassword", "phone"))
    assert forgot == (422, "session.not_supported_for_forgot_password")
    assert [message["channel"] for message in outbox] == ["email"]


@pytest.mark.parametrize("name", ["INTERACTION", "ADDRESS", "TENANT"])
def test_messages_are_limited_by_who_asks_for_them(
    browser: Browser, every_method: None, outbox: Outbox, settings: Any, name: str
) -> None:
    """However many recipients a caller names, the journey, the network and the tenant have limits of their own."""
    setattr(settings, f"MESSAGE_LIMIT_PER_{name}", "3/hour")
    rate_limits.forget()
    browser.start()
    statuses = [ask(browser, f"person{number}@example.com")[0] for number in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert len(outbox) == 3


def test_numbers_of_one_country_are_limited(
    browser: Browser, every_method: None, outbox: Outbox, settings: Any
) -> None:
    """Numbers that pay their owner for each message are of few countries; users of others are not kept out."""
    settings.MESSAGE_LIMIT_PER_COUNTRY = "2/hour"
    rate_limits.forget()
    browser.start()
    answers = [ask(browser, f"1202555010{number}", "SignIn", "phone")[0] for number in range(4)]
    assert answers == [200, 200, 429, 429]
    assert ask(browser, "447400123456", "SignIn", "phone")[0] == 200


def test_daily_ceiling_is_told(browser: Browser, every_method: None, settings: Any, recorded: list[Event]) -> None:
    settings.MESSAGE_CEILING_PER_TENANT = "1/day"
    rate_limits.forget()
    browser.start()
    assert [ask(browser, f"person{number}@example.com")[0] for number in range(2)] == [200, 429]
    assert limits_reached(recorded) == ["MESSAGE_CEILING_PER_TENANT"]


def test_eleventh_message_within_ten_minutes(browser: Browser, every_method: None, outbox: Outbox) -> None:
    browser.start()
    assert {ask(browser, "carol@example.com")[0] for _ in range(10)} == {200}
    assert code_of(ask(browser, "Carol@Example.com")) == (429, "request.message_rate_limited")
    assert len(outbox) == 10


def test_closed_tenant_writes_to_its_users_alone(
    browser: Browser, alice: User, every_method: None, settings_of: Change, outbox: Outbox
) -> None:
    settings_of(signInMode="SignIn")
    browser.start()
    known, unknown = ask(browser, "alice@example.com"), ask(browser, "carol@example.com")
    assert (known[0], unknown[0]) == (200, 200)
    assert set(known[1]) == set(unknown[1]) == {"verificationId"}
    assert [message["recipient"] for message in outbox] == ["alice@example.com"]


def test_suppressed_code_is_tried_and_counted_like_any(
    browser: Browser, every_method: None, settings_of: Change, outbox: Outbox
) -> None:
    settings_of(signInMode="SignIn")
    browser.start()
    verification_id = browser.ask_code("email", "carol@example.com", "SignIn")
    assert VerificationCode.objects.filter(verification_id=verification_id).exists()
    answer = browser.give_code("email", "carol@example.com", verification_id, "12345")
    assert code_of(answer) == (400, "verification_code.code_mismatch")


def test_body_and_not_the_session_chooses_the_message(
    browser: Browser, alice: User, every_method: None, outbox: Outbox
) -> None:
    browser.start("Register")
    ask(browser, "alice@example.com", event="SignIn")
    assert outbox[0]["template_type"] == "SignIn"


def test_identified_user_adds_a_second_factor(
    browser: Browser, alice: User, every_method: None, outbox: Outbox
) -> None:
    browser.start()
    browser.identify(browser.give_password("username", "alice"))
    ask(browser, "12025550177", kind="phone")
    ask(browser, "new@example.com")
    assert [message["template_type"] for message in outbox] == ["BindMfa", "SignIn"]


def test_message_speaks_the_language_asked_for(
    client: Any, application: Any, alice: User, every_method: None, outbox: Outbox
) -> None:
    browser = Browser(client)
    browser.open(application, ui_locales="xx fr-CA")
    browser.start()
    ask(browser, "alice@example.com")
    browser.open(application)
    browser.start()
    browser.headers = {"Accept-Language": "de-AT,de;q=0.9"}
    ask(browser, "alice@example.com")
    assert [message["locale"] for message in outbox] == ["fr", "de"]
    assert outbox[0]["payload"]["application"] == {"id": application.id, "name": "Shop", "branding": {}}


@pytest.mark.parametrize(
    "identifier",
    [
        {"type": "username", "value": "alice"},
        {"type": "email", "value": "alice"},
        {"type": "email", "value": "a" * 250 + "@example.com"},
        {"type": "phone", "value": "+1 202 555 0101"},
        {"type": "email"},
        None,
    ],
)
def test_malformed_recipients_are_refused(browser: Browser, every_method: None, identifier: Any) -> None:
    browser.start()
    body = {"identifier": identifier, "interactionEvent": "SignIn"}
    assert code_of(browser.post("/verification/verification-code", body)) == (400, "guard.invalid_input")


def test_recipients_that_could_be_two_are_refused(browser: Browser, every_method: None, outbox: Outbox) -> None:
    browser.start()
    assert code_of(ask(browser, "alice@example.com,mallory@evil.example")) == (422, "user.invalid_email")
    assert code_of(ask(browser, "1", kind="phone")) == (422, "user.invalid_phone")
    assert outbox == []
