"""Second factors and passkeys in the console: chosen by mouse and by keyboard, and foreseen before they are saved."""

from playwright.sync_api import expect

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver


def test_factors_and_a_policy_are_chosen(console: ConsoleDriver, read: Read) -> None:
    """The preview follows every choice; what is saved is what it said."""
    console.open("mfa/")
    preview = console.page.get_by_role("complementary", name="What users will see")
    console.switch("Passkeys")
    console.switch("Authenticator app")
    console.switch("Backup codes")
    expect(preview).to_contain_text("may skip it: Passkeys, Authenticator app.")
    console.pick("Required of everybody")
    expect(preview).to_contain_text("to finish signing up: Passkeys, Authenticator app.")
    console.pick("Members must set one up")
    console.save()
    settings = read("sign-in-exp")
    assert settings["mfa"] == {
        "factors": ["WebAuthn", "Totp", "BackupCode"],
        "policy": "Mandatory",
        "organizationRequiredMfaPolicy": "Mandatory",
    }


def test_adaptive_mfa_comes_with_its_policy(console: ConsoleDriver, read: Read) -> None:
    console.open("mfa/")
    console.pick("Set it up at the next sign-in")
    console.submit()
    console.sees("Adaptive two-step verification needs at least one second factor.")
    console.switch("Authenticator app")
    console.save()
    settings = read("sign-in-exp")
    assert (settings["mfa"]["policy"], settings["adaptiveMfa"]) == ("PromptOnlyAtSignInMandatory", {"enabled": True})


def test_passkeys_become_a_way_to_sign_in(console: ConsoleDriver, read: Read) -> None:
    console.open("mfa/")
    console.switch("Sign in with a passkey")
    console.switch("Passkey button")
    console.switch("Passkey autofill")
    console.save()
    assert read("sign-in-exp")["passkeySignIn"] == {
        "enabled": True,
        "showPasskeyButton": True,
        "allowAutofill": True,
    }


def test_devices_are_trusted(console: ConsoleDriver, read: Read) -> None:
    console.open("mfa/")
    console.switch("Trusted devices")
    console.fill("Days of trust", "7")
    console.save()
    assert read("sign-in-exp")["trustedDevice"] == {"enabled": True, "durationDays": 7}


def test_users_need_not_be_told_of_changes(console: ConsoleDriver, read: Read) -> None:
    console.open("mfa/")
    console.switch("Email about changes", on=False)
    console.save()
    assert read("configs/security-notifications") == {"enabled": False}


def test_factor_that_cannot_be_is_refused_at_its_switch(console: ConsoleDriver, read: Read) -> None:
    console.open("mfa/")
    console.switch("Backup codes")
    console.submit()
    console.sees("Backup codes need another second factor that they can stand in for.")
    assert read("sign-in-exp")["mfa"]["factors"] == []
