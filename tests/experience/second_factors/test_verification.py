"""Signing in with a second factor: each kind, what it proves, and what is refused."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from events.models import AuditLog
from identity.factors.webauthn.service import find_passkey
from identity.models import Factor, SentinelActivity, User
from tests.authenticator import Authenticator
from tests.experience.conftest import Browser, code_of
from tests.experience.second_factors.conftest import (
    NOON,
    ORIGIN,
    Settings,
    code_at,
    proved,
    sign_in_with_password,
    submission,
    verify,
)
from tests.racing import race

pytestmark = pytest.mark.usefixtures("every_factor", "noon")


def test_the_password_alone_does_not_sign_in(browser: Browser, alice: User, totp_secret: str) -> None:
    sign_in_with_password(browser, alice)
    status, answer = browser.submit()
    assert (status, answer["code"]) == (403, "session.mfa.require_mfa_verification")
    assert answer["data"] == {
        "availableFactors": ["Totp", "PhoneVerificationCode", "EmailVerificationCode"],
        "maskedIdentifiers": {"PhoneVerificationCode": "****0101", "EmailVerificationCode": "alic****@example.com"},
    }
    assert submission() == {}


def test_an_authenticator_app(browser: Browser, alice: User, totp_secret: str, backup_codes: list[str]) -> None:
    sign_in_with_password(browser, alice)
    verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
    assert browser.finish(browser.submit()).startswith("https://app.example.com/callback?code=")


def test_what_the_session_is_told(browser: Browser, alice: User, totp_secret: str, backup_codes: list[str]) -> None:
    sign_in_with_password(browser, alice)
    verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
    assert browser.submit()[0] == 200
    assert proved(submission()) == ["Password", "Totp"]


def test_a_code_is_good_once(
    browser: Browser, other_browser: Browser, alice: User, totp_secret: str, noon: Any
) -> None:
    """Whoever looks over a shoulder has thirty seconds: a code that was used, and any older one, is refused."""
    sign_in_with_password(browser, alice)
    verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
    sign_in_with_password(other_browser, alice)
    for moment in (NOON, NOON - timedelta(seconds=30)):
        answer = other_browser.post("/verification/totp/verify", {"code": code_at(totp_secret, moment)})
        assert code_of(answer) == (400, "session.mfa.invalid_totp_code")
    noon.shift(30)
    verify(other_browser, "/totp/verify", {"code": code_at(totp_secret, NOON + timedelta(seconds=30))})


def test_a_backup_code_is_good_once(browser: Browser, alice: User, totp_secret: str, backup_codes: list[str]) -> None:
    sign_in_with_password(browser, alice)
    verify(browser, "/backup-code/verify", {"code": f" {backup_codes[3].upper()} "})
    used = browser.post("/verification/backup-code/verify", {"code": backup_codes[3]})
    assert code_of(used) == (400, "session.mfa.invalid_backup_code")
    assert browser.submit()[0] == 200
    assert proved(submission()) == ["Password", "BackupCode"]


@pytest.mark.parametrize(("channel", "factor"), [("email", "MfaEmail"), ("phone", "MfaPhone")])
def test_codes_sent_to_the_user(
    browser: Browser,
    alice: User,
    totp_secret: str,
    backup_codes: list[str],
    outbox: list[dict[str, Any]],
    channel: str,
    factor: str,
) -> None:
    sign_in_with_password(browser, alice)
    verification_id = verify(browser, "/mfa-verification-code", {"identifierType": channel})
    message = outbox[-1]
    assert (message["template_type"], message["channel"]) == ("MfaVerification", channel)
    body = {"verificationId": verification_id, "code": message["payload"]["code"], "identifierType": channel}
    assert verify(browser, "/mfa-verification-code/verify", body) == verification_id
    assert code_of(browser.post("/verification/mfa-verification-code/verify", body)) == (
        400,
        "verification_code.not_found",
    )
    assert browser.submit()[0] == 200
    assert proved(submission()) == ["Password", f"{factor}VerificationCode"]


def test_no_code_without_an_address_or_a_use_for_it(
    browser: Browser, alice: User, totp_secret: str, settings_of: Settings, outbox: list[dict[str, Any]]
) -> None:
    """A message costs its sender: none goes out that could not be used."""
    browser.start()
    assert code_of(browser.post("/verification/mfa-verification-code", {"identifierType": "email"})) == (
        400,
        "session.identifier_not_found",
    )
    sign_in_with_password(browser, alice)
    User.objects.update(primary_phone=None)
    refused = (400, "session.mfa.mfa_factor_not_enabled")
    assert code_of(browser.post("/verification/mfa-verification-code", {"identifierType": "phone"})) == refused
    settings_of(mfa={"factors": ["Totp"], "policy": "Mandatory"})
    assert code_of(browser.post("/verification/mfa-verification-code", {"identifierType": "email"})) == refused
    assert outbox == []


def test_a_passkey(browser: Browser, alice: User, authenticator: Authenticator, backup_codes: list[str]) -> None:
    sign_in_with_password(browser, alice)
    status, answer = browser.post("/verification/web-authn/authentication", {})
    assert status == 200
    options = answer["authenticationOptions"]
    assert (options["rpId"], options["userVerification"]) == ("localhost", "required")
    body = {"verificationId": answer["verificationId"], "payload": authenticator.get(options)}
    assert verify(browser, "/web-authn/authentication/verify", body) == answer["verificationId"]
    # The challenge is spent.
    again = browser.post("/verification/web-authn/authentication/verify", body)
    assert code_of(again) == (400, "session.mfa.pending_info_not_found")
    assert browser.submit()[0] == 200
    assert proved(submission()) == ["Password", "WebAuthn"]


def test_a_passkey_of_another_system_learns_where_it_belongs(
    browser: Browser, alice: User, authenticator: Authenticator
) -> None:
    """Its first use as a second factor fills in the host name, and then it can be signed in with."""
    factor = Factor.objects.get(type="WebAuthn")
    details = {name: value for name, value in factor.details.items() if name != "rpId"}
    Factor.objects.filter(id=factor.id).update(details=details, lookup_hash=None)
    sign_in_with_password(browser, alice)
    answer = browser.post("/verification/web-authn/authentication", {})[1]
    payload = authenticator.get(answer["authenticationOptions"])
    verify(
        browser, "/web-authn/authentication/verify", {"verificationId": answer["verificationId"], "payload": payload}
    )
    found = find_passkey(factor.details["credentialId"], "localhost")
    assert found is not None
    assert (found.id, found.details["rpId"]) == (factor.id, "localhost")


def test_a_passkey_of_somebody_else(browser: Browser, alice: User, bob: User, authenticator: Authenticator) -> None:
    sign_in_with_password(browser, alice)
    status, answer = browser.post("/verification/web-authn/authentication", {})
    assert status == 200
    stranger = Authenticator(ORIGIN)
    stranger.user_handle = authenticator.user_handle
    wrong = {"verificationId": answer["verificationId"], "payload": stranger.get(answer["authenticationOptions"])}
    failed = browser.post("/verification/web-authn/authentication/verify", wrong)
    assert code_of(failed) == (400, "session.mfa.webauthn_verification_failed")
    assert code_of(browser.submit()) == (403, "session.mfa.require_mfa_verification")


def test_nobody_without_a_passkey_is_asked_for_one(browser: Browser, alice: User, totp_secret: str) -> None:
    sign_in_with_password(browser, alice)
    answer = browser.post("/verification/web-authn/authentication", {})
    assert code_of(answer) == (400, "session.mfa.webauthn_verification_not_found")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/totp/secret", {}),
        ("/totp/verify", {"code": "123456"}),
        ("/totp/verify", {"code": "123456", "verificationId": "none"}),
        ("/web-authn/registration", {}),
        ("/web-authn/registration/verify", {"verificationId": "none", "payload": {}}),
        ("/web-authn/authentication", {}),
        ("/web-authn/authentication/verify", {"verificationId": "none", "payload": {}}),
        ("/backup-code/generate", {}),
        ("/backup-code/verify", {"code": "0123456789"}),
        ("/mfa-verification-code", {"identifierType": "email"}),
        ("/mfa-verification-code/verify", {"identifierType": "email", "verificationId": "none", "code": "123456"}),
    ],
)
def test_second_factors_say_nothing_about_who_somebody_is(browser: Browser, path: str, body: Any) -> None:
    """Before the first factor there is no user whose second could be tried."""
    browser.start()
    status = 400 if path == "/mfa-verification-code" else 404
    assert code_of(browser.post(f"/verification{path}", body)) == (status, "session.identifier_not_found")


def test_a_second_factor_does_not_identify(browser: Browser, alice: User, totp_secret: str) -> None:
    sign_in_with_password(browser, alice)
    verification_id = verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
    assert code_of(browser.identify(verification_id)) == (422, "user.sign_in_method_not_enabled")


def test_a_disabled_factor_proves_nothing(
    browser: Browser, alice: User, totp_secret: str, backup_codes: list[str], settings_of: Settings
) -> None:
    """What the tenant has switched off after it was set up is neither offered nor taken."""
    settings_of(mfa={"factors": ["EmailVerificationCode"], "policy": "Mandatory"})
    sign_in_with_password(browser, alice)
    verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
    status, answer = browser.submit()
    assert (status, answer["code"]) == (403, "session.mfa.require_mfa_verification")
    assert answer["data"]["availableFactors"] == ["EmailVerificationCode"]


class TestGuessing:
    def refused(self, browser: Browser) -> tuple[int, str]:
        return code_of(browser.post("/verification/totp/verify", {"code": "000000"}))

    def test_each_factor_has_its_own_count(
        self,
        browser: Browser,
        alice: User,
        totp_secret: str,
        backup_codes: list[str],
        settings_of: Settings,
        outbox: list[dict[str, Any]],
    ) -> None:
        """Guesses at the app do not lock the backup codes, which are for the day that the app is lost."""
        settings_of(sentinelPolicy={"maxAttempts": 3, "lockoutDuration": 60})
        sign_in_with_password(browser, alice)
        blocked = (400, "session.verification_blocked_too_many_attempts")
        assert [self.refused(browser) for _ in range(3)] == [
            (400, "session.mfa.invalid_totp_code"),
            (400, "session.mfa.invalid_totp_code"),
            blocked,
        ]
        # Even the right one.
        assert code_of(browser.post("/verification/totp/verify", {"code": code_at(totp_secret)})) == blocked
        verify(browser, "/backup-code/verify", {"code": backup_codes[0]})
        verification_id = verify(browser, "/mfa-verification-code", {"identifierType": "email"})
        body = {"verificationId": verification_id, "identifierType": "email"}
        assert code_of(browser.post("/verification/mfa-verification-code/verify", {**body, "code": "00000x"})) == (
            400,
            "verification_code.code_mismatch",
        )
        actions = set(SentinelActivity.objects.values_list("action", flat=True))
        assert actions == {"Password", "MfaTotp", "MfaBackupCode", "MfaVerificationCode"}

    def test_the_count_goes_with_the_user_and_not_with_the_journey(
        self, browser: Browser, other_browser: Browser, alice: User, totp_secret: str, settings_of: Settings
    ) -> None:
        settings_of(sentinelPolicy={"maxAttempts": 2, "lockoutDuration": 60})
        sign_in_with_password(browser, alice)
        sign_in_with_password(other_browser, alice)
        assert self.refused(browser) == (400, "session.mfa.invalid_totp_code")
        assert self.refused(other_browser) == (400, "session.verification_blocked_too_many_attempts")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("factor", ["totp", "backup-code"])
def test_fifty_submissions_of_one_code(
    application: Application, alice: User, totp_secret: str, backup_codes: list[str], factor: str
) -> None:
    """A code that is stolen while it is typed must not sign a thief in next to its owner."""
    code = code_at(totp_secret) if factor == "totp" else backup_codes[0]
    browsers = [Browser(Client(HTTP_HOST="localhost:8000")) for _ in range(50)]
    for browser in browsers:
        browser.open(application)
        sign_in_with_password(browser, alice)
    path = f"/verification/{factor}/verify"
    answers = race([partial(browser.post, path, {"code": code}) for browser in browsers], tenant_id=None)
    assert sorted(status for status, _ in answers) == [200, *[400] * 49]


def test_the_log_names_the_factor_and_not_the_code(browser: Browser, alice: User, totp_secret: str) -> None:
    sign_in_with_password(browser, alice)
    browser.post("/verification/totp/verify", {"code": "000000"})
    verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
    entries = AuditLog.objects.filter(key="Interaction.SignIn.Verification.Totp.Submit").values_list(
        "payload", flat=True
    )
    assert sorted(entry["result"] for entry in entries) == ["Error", "Success"]
    assert code_at(totp_secret) not in str(list(entries))


def test_who_does_not_want_two_steps_is_not_asked(browser: Browser, alice: User, totp_secret: str) -> None:
    alice.account_settings = {"mfa": {"enabled": True, "skipMfaOnSignIn": True, "skipped": True}}
    alice.save()
    sign_in_with_password(browser, alice)
    assert browser.submit()[0] == 200
    # A passkey that is added after the password alone must not make two factors of it.
    assert submission()["secondFactorWaived"] is True


def test_a_forgotten_password_leaves_the_second_factor(
    browser: Browser,
    other_browser: Browser,
    alice: User,
    totp_secret: str,
    backup_codes: list[str],
    settings_of: Settings,
    outbox: list[dict[str, Any]],
) -> None:
    """Whoever reads somebody's mail could else reset the password and be in."""
    settings_of(
        mfa={"factors": ["Totp", "BackupCode"], "policy": "Mandatory"}, forgotPasswordMethods=["EmailVerificationCode"]
    )
    browser.start("ForgotPassword")
    browser.identify(browser.prove("email", "alice@example.com", "ForgotPassword", outbox))
    for path in ("", "/mfa-enabled", "/mfa-skipped", "/passkey-skipped", "/trusted-device"):
        body = {"type": "Totp", "verificationId": "x"} if not path else None
        assert code_of(browser.post(f"/profile/mfa{path}", body)) == (
            400,
            "session.not_supported_for_forgot_password",
        )
    assert browser.put("/profile/password", {"password": "copper lantern 78"}) == (204, None)
    assert browser.submit() == (204, None)
    sign_in_with_password(other_browser, alice, "copper lantern 78")
    assert code_of(other_browser.submit()) == (403, "session.mfa.require_mfa_verification")


def test_nothing_is_added_to_a_profile_by_the_password_alone(browser: Browser, alice: User, totp_secret: str) -> None:
    """Who has stolen a password must not add an address, or a factor, of their own."""
    User.objects.update(username_key="alice", primary_email=None, email_key=None)
    sign_in_with_password(browser, alice)
    required = (403, "session.mfa.require_mfa_verification")
    assert code_of(browser.post("/profile", {"type": "username", "value": "mallory"})) == required
    assert code_of(browser.post("/verification/totp/secret")) == required
    assert code_of(browser.post("/profile/mfa", {"type": "Totp", "verificationId": "x"})) == required
    assert code_of(browser.post("/profile/mfa/mfa-skipped")) == required
