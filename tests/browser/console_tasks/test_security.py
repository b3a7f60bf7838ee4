"""The Security page in the console: each tab is saved, and a lockout is ended."""

from playwright.sync_api import expect

from common.errors import AppError
from identity.services.sentinel import SentinelAction, SentinelPolicy, guard
from tenants.context import enter_tenant
from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver


def test_passwords_are_to_be_longer(console: ConsoleDriver, read: Read) -> None:
    console.open("security/")
    console.fill("Shortest password", "12")
    console.switch("Refuse repetitions and sequences", on=False)
    console.fill("Refused words", "gatehouse\nacme")
    console.save()
    policy = read("sign-in-exp")["passwordPolicy"]
    assert (policy["length"]["min"], policy["rejects"]["repetitionAndSequence"]) == (12, False)
    assert policy["rejects"]["words"] == ["gatehouse", "acme"]


def test_addresses_are_refused(console: ConsoleDriver, read: Read) -> None:
    console.open("security/")
    console.follow("Blocklist")
    console.switch("Refuse sub-addresses")
    console.switch("Refuse disposable addresses")
    console.fill("Refused addresses", "spam.example")
    console.submit()
    expect(console.field("Refused addresses")).to_have_attribute("aria-invalid", "true")
    console.fill("Refused addresses", "@spam.example")
    console.save()
    policy = read("sign-in-exp")["emailBlocklistPolicy"]
    assert (policy["blockSubaddressing"], policy["customBlocklist"]) == (True, ["@spam.example"])
    assert policy["blockDisposableAddresses"] is True


def test_sign_ins_are_restricted(console: ConsoleDriver, read: Read) -> None:
    console.open("security/restrictions/")
    console.sees("so every country is unknown")
    console.fill("Allowed addresses", "@acme.example\n*@*.acme.example")
    console.fill("Refused networks", "192.0.2.0/24")
    console.fill("Refused countries", "kp\nXX")
    console.submit()
    console.sees("XX: This is not the two-letter code of a country.")
    console.fill("Refused countries", "kp")
    console.switch("Allow users without an email address")
    console.save()
    assert read("sign-in-exp")["signInRestrictionPolicy"] == {
        "emailAllowlist": ["@acme.example", "*@*.acme.example"],
        "emailBlocklist": [],
        "allowUsersWithoutEmail": True,
        "ipAllowlist": [],
        "ipBlocklist": ["192.0.2.0/24"],
        "countryAllowlist": [],
        "countryBlocklist": ["KP"],
        "allowUnknownCountry": False,
    }


def test_guessing_is_limited(console: ConsoleDriver, read: Read) -> None:
    console.open("security/general/")
    console.fill("Failed attempts", "5")
    console.fill("Code lifetime", "120")
    console.save()
    settings = read("sign-in-exp")
    assert settings["sentinelPolicy"]["maxAttempts"] == 5
    assert settings["verificationCodePolicy"]["expirationDuration"] == 120


def test_lockout_is_ended(console: ConsoleDriver, read: Read) -> None:
    def is_locked_out() -> bool:
        try:
            with enter_tenant("default"), guard(SentinelAction.PASSWORD, "alice", policy, kind="username"):
                pass
        except AppError:
            return True
        return False

    policy = SentinelPolicy(max_attempts=1, lockout_minutes=60)
    try:
        with enter_tenant("default"), guard(SentinelAction.PASSWORD, "alice", policy, kind="username"):
            raise AppError("session.invalid_credentials")
    except AppError:
        pass
    assert is_locked_out()
    console.open("security/general/")
    console.fill("Locked identifiers", "alice")
    console.submit("Unlock")
    console.sees("Unlocked.")
    assert not is_locked_out()
