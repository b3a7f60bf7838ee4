"""`/mfa-verification`: the second factor of a sign-in, on pages without JavaScript."""

import re
from collections.abc import Callable
from json import dumps
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Application
from identity.models import TrustedDevice, User
from tests.authenticator import Authenticator
from tests.experience.conftest import PASSWORD
from tests.experience.pages.conftest import Visitor, asked, challenge_id
from tests.experience.pages.test_one_commit import entries, sent
from tests.experience.second_factors.conftest import code_at

ONLY_TOTP = {"mfa": {"factors": ["Totp"], "policy": "PromptAtSignInAndSignUp"}}


def enter(visitor: Visitor) -> Visitor:
    """Give the password, which is not enough."""
    return visitor.open().send(identifier="alice", password=PASSWORD)


def to(visitor: Visitor, path: str) -> Visitor:
    """Open another page of the same request."""
    return visitor.go(f"{path}?{visitor.response.request['QUERY_STRING']}")


@pytest.mark.usefixtures("noon", "most_factors")
class TestAuthenticatorApp:
    def test_its_code_leads_to_the_application(self, visitor: Visitor, totp_secret: str) -> None:
        enter(visitor)
        assert visitor.path == "/mfa-verification/Totp"
        assert 'autocomplete="one-time-code"' in visitor.html
        assert 'inputmode="numeric"' in visitor.html
        code = code_at(totp_secret)
        assert visitor.send(code=f"{code[:3]} {code[3:]}").arrive()["code"]

    def test_a_code_is_good_once(
        self,
        visitor: Visitor,
        application: Application,
        totp_secret: str,
    ) -> None:
        code = code_at(totp_secret)
        assert enter(visitor).send(code=code).arrive()["code"]
        again = enter(Visitor(application)).send(code=code)
        assert again.error_codes == ["code: session.mfa.invalid_totp_code"]
        assert f'value="{code}"' not in again.html

    def test_digits_of_another_script_are_digits(self, visitor: Visitor, totp_secret: str) -> None:
        persian = code_at(totp_secret).translate({ord(str(digit)): chr(0x06F0 + digit) for digit in range(10)})
        assert enter(visitor).send(code=persian).arrive()["code"]

    def test_an_account_that_is_locked_is_told_at_the_field(
        self,
        visitor: Visitor,
        settings_of: Callable[..., None],
        totp_secret: str,
    ) -> None:
        settings_of(sentinelPolicy={"maxAttempts": 2, "lockoutDuration": 10})
        enter(visitor).send(code="000000").send(code="000000")
        assert visitor.send(code=code_at(totp_secret)).error_codes == [
            "code: session.verification_blocked_too_many_attempts"
        ]

    def test_an_empty_code_is_asked_for_again(self, visitor: Visitor, totp_secret: str) -> None:
        assert enter(visitor).send(code=" ").error_codes == ["code: required"]


def test_the_password_alone_opens_no_page_of_a_factor(visitor: Visitor, alice: User, most_factors: None) -> None:
    visitor.open()
    for path in ("/mfa-verification", "/mfa-verification/Totp", "/mfa-binding", "/create-passkey", "/mfa-onboarding"):
        assert to(visitor, path).path == "/sign-in"


@pytest.mark.usefixtures("noon", "every_factor", "backup_codes")
class TestOtherWays:
    def test_the_list_has_every_factor_with_masked_addresses(
        self,
        visitor: Visitor,
        totp_secret: str,
        backup_codes: list[str],
    ) -> None:
        to(enter(visitor), "/mfa-verification")
        assert [way.label for way in visitor.context["ways"]] == [
            "Authenticator app",
            "Text message",
            "Email",
            "Backup code",
        ]
        assert "alice@example.com" not in visitor.html
        assert "****@example.com" in visitor.html

    def test_a_factor_that_the_user_lacks_leads_to_the_list(
        self,
        visitor: Visitor,
        totp_secret: str,
    ) -> None:
        enter(visitor)
        assert to(visitor, "/mfa-verification/WebAuthn").path == "/mfa-verification"
        assert to(visitor, "/mfa-verification/Retina").response.status_code == 404

    def test_a_single_way_has_no_link_to_others(
        self,
        visitor: Visitor,
        settings_of: Callable[..., None],
        totp_secret: str,
    ) -> None:
        settings_of(**ONLY_TOTP)
        assert "/mfa-verification?" not in enter(visitor).html

    def test_a_backup_code_is_good_once(
        self,
        visitor: Visitor,
        application: Application,
        totp_secret: str,
        backup_codes: list[str],
    ) -> None:
        to(enter(visitor), "/mfa-verification/BackupCode")
        assert visitor.send(code=backup_codes[0].upper()).arrive()["code"]
        other = to(enter(Visitor(application)), "/mfa-verification/BackupCode").send(code=backup_codes[0])
        assert other.error_codes == ["code: session.mfa.invalid_backup_code"]
        assert other.send(code=backup_codes[1]).arrive()["code"]


@pytest.mark.usefixtures("noon", "most_factors")
class TestSentCodes:
    def test_a_code_is_sent_by_choosing_it_and_not_by_opening_its_page(
        self,
        visitor: Visitor,
        totp_secret: str,
        outbox: list[dict[str, Any]],
    ) -> None:
        to(enter(visitor), "/mfa-verification/EmailVerificationCode")
        assert outbox == []
        assert "****@example.com" in visitor.html
        visitor.send()
        assert outbox[-1]["recipient"] == "alice@example.com"
        assert visitor.send(code=outbox[-1]["payload"]["code"]).arrive()["code"]

    def test_the_list_sends_it_at_once_and_not_twice(
        self,
        visitor: Visitor,
        totp_secret: str,
        outbox: list[dict[str, Any]],
    ) -> None:
        for _ in range(2):
            to(enter(visitor) if not outbox else visitor, "/mfa-verification").send(way="PhoneVerificationCode")
            assert visitor.path == "/mfa-verification/PhoneVerificationCode"
        assert [message["recipient"] for message in outbox] == ["12025550101"]
        assert visitor.send(code="no").error_codes == ["code: verification_code.code_mismatch"]

    def test_a_user_with_nothing_else_has_it_sent_by_the_sign_in(
        self,
        visitor: Visitor,
        alice: User,
        settings_of: Callable[..., None],
        outbox: list[dict[str, Any]],
    ) -> None:
        settings_of(mfa={"factors": ["EmailVerificationCode"], "policy": "Mandatory"})
        enter(visitor)
        assert visitor.path == "/mfa-verification/EmailVerificationCode"
        assert visitor.context["actions"][0].wait == 60
        visitor.send(action="resend")
        assert visitor.context["notice"]
        first, second = (message["payload"]["code"] for message in outbox)
        if first != second:
            assert visitor.send(code=first).error_codes == ["code: verification_code.code_mismatch"]
        assert visitor.send(code=second).arrive()["code"]

    def test_a_code_that_cannot_be_sent_is_told_to_who_asks_there(
        self,
        visitor: Visitor,
        totp_secret: str,
        outbox: list[dict[str, Any]],
    ) -> None:
        to(enter(visitor), "/mfa-verification/EmailVerificationCode").send()
        for _ in range(9):
            visitor.send(action="resend")
        assert len(outbox) == 10
        assert visitor.send(action="resend").error_codes == ["request.message_rate_limited"]


@pytest.mark.usefixtures("most_factors")
class TestPasskey:
    def test_its_answer_leads_to_the_application(
        self,
        visitor: Visitor,
        authenticator: Authenticator,
    ) -> None:
        enter(visitor)
        assert visitor.path == "/mfa-verification/WebAuthn"
        options = asked(visitor)
        assert options["userVerification"] == "required"
        assert len(options["allowCredentials"]) == 1
        assert "<noscript>" in visitor.html
        answer = dumps(authenticator.get(options))
        assert visitor.send(verification_id=challenge_id(visitor), credential=answer).arrive()["code"]

    @pytest.mark.parametrize("answer", ["", "[]", "{", '{"id": 1}', "[" * 50_000, "x" * 70_000])
    def test_what_is_no_answer_is_told_and_another_challenge_given(
        self,
        visitor: Visitor,
        authenticator: Authenticator,
        answer: str,
    ) -> None:
        first = asked(enter(visitor))
        visitor.send(verification_id=challenge_id(visitor), credential=answer)
        assert visitor.context["form"].errors
        second = asked(visitor)
        assert second["challenge"] != first["challenge"]
        good = dumps(authenticator.get(second))
        assert visitor.send(verification_id=challenge_id(visitor), credential=good).arrive()["code"]

    def test_an_old_challenge_is_not_answered(
        self,
        visitor: Visitor,
        authenticator: Authenticator,
    ) -> None:
        options, old = asked(enter(visitor)), challenge_id(visitor)
        visitor.send(verification_id=old, credential=dumps(authenticator.get(options, challenge="AAAA")))
        assert "session.mfa.webauthn_verification_failed" in visitor.error_codes


@pytest.mark.usefixtures("noon", "most_factors")
class TestTrustedDevices:
    def test_a_trusted_browser_is_not_asked_again(
        self,
        visitor: Visitor,
        settings_of: Callable[..., None],
        totp_secret: str,
    ) -> None:
        settings_of(trustedDevice={"enabled": True, "durationDays": 14})
        enter(visitor)
        assert "Trust this device for 14 days" in visitor.html
        assert visitor.send(code=code_at(totp_secret), trust="on").arrive()["code"]
        assert TrustedDevice.objects.count() == 1
        assert enter(visitor).arrive()["code"]

    def test_who_leaves_the_box_empty_is_asked_again(
        self,
        visitor: Visitor,
        settings_of: Callable[..., None],
        totp_secret: str,
    ) -> None:
        settings_of(trustedDevice={"enabled": True, "durationDays": 14})
        assert enter(visitor).send(code=code_at(totp_secret)).arrive()["code"]
        assert not TrustedDevice.objects.exists()
        assert enter(visitor).path == "/mfa-verification/Totp"

    def test_the_box_is_not_there_where_it_has_no_effect(
        self,
        visitor: Visitor,
        settings_of: Callable[..., None],
        totp_secret: str,
        backup_codes: list[str],
        every_factor: None,
    ) -> None:
        assert "trust" not in enter(visitor).context["form"].fields
        settings_of(trustedDevice={"enabled": True, "durationDays": 1})
        assert "Trust this device for 1 day<" in enter(visitor).html
        to(visitor, "/mfa-verification/BackupCode")
        assert "trust" not in visitor.context["form"].fields


@pytest.mark.django_db(transaction=True)
def test_the_form_of_a_code_commits_once_besides_what_is_counted_and_spent(
    application: Application,
    settings_of: Callable[..., None],
    noon: Any,
    totp_secret: str,
) -> None:
    """The attempt's count and the spent step commit alone, before: a refusal that follows must not take them back.

    The step is spent by one statement, which is its own transaction.
    """
    settings_of(**ONLY_TOTP)
    visitor = enter(Visitor(application))
    with CaptureQueriesContext(connection) as captured:
        form = sent(lambda: visitor.send(code=code_at(totp_secret)))
    assert (form["UPDATE identity_factor r"], form["COMMIT"]) == (1, 2)
    assert form["UPDATE experience_interaction r"] == 1
    assert visitor.arrive()["code"]
    told = [key.removeprefix("Interaction.SignIn.") for key, result in entries() if result == "Success"]
    assert sorted(told) == [
        "Create",
        "Identifier.Submit",
        "Submit",
        "Verification.Password.Submit",
        "Verification.Totp.Submit",
    ]
    assert len(captured) <= 40


def test_every_sentence_of_a_page_says_where_the_code_goes(
    visitor: Visitor,
    most_factors: None,
    totp_secret: str,
) -> None:
    """No masked address is cut by the direction of a language that is written from the right."""
    visitor.open(ui_locales="ar").send(identifier="alice", password=PASSWORD)
    to(visitor, "/mfa-verification")
    assert re.search("\u2066[^\u2069]+\u2069", visitor.html)
