"""How strong a sign-in was (`amr`, `acr`) follows from what was proved on the way, and from nothing else."""

from typing import Any

import pytest

from identity.models import User
from oidc.claims.proofs import methods_of
from tests.experience.conftest import Browser, code_of
from tests.experience.second_factors.conftest import (
    Settings,
    code_at,
    sign_in_with_password,
    submission,
    verify,
)
from tests.experience.second_factors.test_setup import register, set_up_backup_codes, set_up_totp

pytestmark = pytest.mark.usefixtures("every_factor", "noon")


def amr_of(browser: Browser) -> str:
    """End the journey and return the methods that its tokens will name."""
    status, answer = browser.submit()
    assert status == 200, answer
    return methods_of(submission())


def test_a_password_and_an_app(browser: Browser, alice: User, totp_secret: str, backup_codes: list[str]) -> None:
    sign_in_with_password(browser, alice)
    verify(browser, "/totp/verify", {"code": code_at(totp_secret)})
    assert amr_of(browser) == "pwd otp mfa"


def test_a_password_and_a_backup_code(browser: Browser, alice: User, totp_secret: str, backup_codes: list[str]) -> None:
    sign_in_with_password(browser, alice)
    verify(browser, "/backup-code/verify", {"code": backup_codes[0]})
    assert amr_of(browser) == "pwd otp mfa"


def test_an_account_that_is_made_with_a_password_and_an_app(browser: Browser, tenant: Any) -> None:
    register(browser)
    set_up_totp(browser)
    set_up_backup_codes(browser)
    assert amr_of(browser) == "pwd otp mfa"


def test_an_account_that_is_made_with_a_password(browser: Browser, settings_of: Settings) -> None:
    settings_of(mfa={"factors": [], "policy": "NoPrompt"})
    register(browser)
    assert amr_of(browser) == "pwd"


def test_an_app_that_is_set_up_at_sign_in(browser: Browser, alice: User, settings_of: Settings) -> None:
    """Whoever can set one up could sign in again and use it, so it counts at once."""
    settings_of(mfa={"factors": ["Totp"], "policy": "Mandatory"})
    sign_in_with_password(browser, alice)
    set_up_totp(browser)
    assert amr_of(browser) == "pwd otp mfa"


def test_an_app_that_was_tried_and_left(browser: Browser, alice: User, settings_of: Settings) -> None:
    """A secret that no account got is no factor of anybody."""
    settings_of(mfa={"factors": ["Totp"], "policy": "NoPrompt"})
    sign_in_with_password(browser, alice)
    _, answer = browser.post("/verification/totp/secret", {})
    body = {"code": code_at(answer["secret"]), "verificationId": answer["verificationId"]}
    verify(browser, "/totp/verify", body)
    assert amr_of(browser) == "pwd"
    assert [record["type"] for record in submission()["verificationRecords"]] == ["Password"]


def test_backup_codes_that_were_only_made(browser: Browser, alice: User, settings_of: Settings) -> None:
    settings_of(mfa={"factors": ["Totp", "BackupCode"], "policy": "NoPrompt"})
    sign_in_with_password(browser, alice)
    browser.post("/verification/backup-code/generate", {})
    assert amr_of(browser) == "pwd"


def test_a_passkey_that_is_added_by_who_was_not_asked_for_the_app(
    browser: Browser, alice: User, totp_secret: str, settings_of: Settings
) -> None:
    """Who has stolen a password would else be as sure of the account as its owner, by a passkey of their own."""
    settings_of(mfa={"factors": ["Totp", "WebAuthn"], "policy": "PromptAtSignInAndSignUp"})
    alice.account_settings = {"mfa": {"enabled": False, "skipped": True}}
    alice.save()
    sign_in_with_password(browser, alice)
    refused = browser.post("/verification/web-authn/registration", {})
    assert code_of(refused) == (403, "session.mfa.require_mfa_verification")
    assert amr_of(browser) == "pwd"


def test_an_address_that_is_added_on_the_way(
    browser: Browser, alice: User, settings_of: Settings, outbox: list[dict[str, Any]]
) -> None:
    """It is its new owner's, who need not be the account's."""
    settings_of(mfa={"factors": [], "policy": "NoPrompt"})
    User.objects.update(primary_email=None, email_key=None)
    sign_in_with_password(browser, alice)
    added = browser.prove("email", "new@example.com", "SignIn", outbox)
    assert browser.post("/profile", {"type": "email", "verificationId": added}) == (204, None)
    assert amr_of(browser) == "pwd"
