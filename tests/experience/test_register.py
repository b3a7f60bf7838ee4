"""Signing up, in the call orders of the hosted pages."""

from collections.abc import Callable
from typing import Any

import pytest

from common.actors import SYSTEM
from events.history import Event, Subject
from experience.models import Interaction
from identity.models import User
from identity.services.users import create_user
from organizations.selectors import is_member
from organizations.services.jit import add_email_domain
from organizations.services.organizations import create_organization
from tests.experience.conftest import PASSWORD, Browser, code_of, method

Outbox = list[dict[str, Any]]
Change = Callable[..., None]


def stage(browser: Browser, **body: str) -> Any:
    return browser.post("/profile", body)


def test_username_and_password(browser: Browser, application: Any) -> None:
    browser.start("Register")
    assert stage(browser, type="username", value="carol") == (204, None)
    assert stage(browser, type="password", value=PASSWORD) == (204, None)
    assert browser.identify() == (201, None)
    assert "code=" in browser.finish(browser.submit())

    carol = User.objects.get()
    assert (carol.username, carol.application_id, carol.has_password) == ("carol", application.id, True)
    assert carol.last_sign_in_at is not None


def test_verified_email(browser: Browser, every_method: None, outbox: Outbox) -> None:
    browser.start("Register")
    verification_id = browser.prove("email", "Carol@Example.com", "Register", outbox)
    assert browser.identify(verification_id) == (201, None)
    assert browser.submit()[0] == 200
    assert User.objects.get().primary_email == "Carol@Example.com"
    assert outbox[0]["template_type"] == "Register"


def test_verified_phone(browser: Browser, connectors: None, settings_of: Change, outbox: Outbox) -> None:
    settings_of(
        signUp={"identifiers": ["phone"], "password": False, "verify": True},
        signIn={"methods": [method("phone", code=True)]},
    )
    browser.start("Register")
    assert browser.identify(browser.prove("phone", "12025550199", "Register", outbox)) == (201, None)
    assert User.objects.get().primary_phone == "12025550199"


def test_what_is_missing_is_told_and_what_was_proved_is_kept(
    browser: Browser, connectors: None, settings_of: Change, outbox: Outbox
) -> None:
    settings_of(
        signUp={
            "identifiers": ["email"],
            "password": True,
            "verify": True,
            "secondaryIdentifiers": [{"identifier": "username"}],
        }
    )
    browser.start("Register")
    status, body = browser.identify(browser.prove("email", "carol@example.com", "Register", outbox))
    assert (status, body["code"]) == (422, "user.missing_profile")
    assert body["data"] == {"missingProfile": ["username", "password"]}
    stage(browser, type="username", value="carol")
    stage(browser, type="password", value=PASSWORD)
    assert browser.identify() == (201, None)
    assert User.objects.get().primary_email == "carol@example.com"


@pytest.mark.parametrize(
    ("identifiers", "secondary", "missing"),
    [
        (["username"], [], ["username", "password"]),
        (["email", "phone"], [], ["emailOrPhone", "password"]),
        (["phone"], [], ["phone", "password"]),
        (["username"], ["emailOrPhone"], ["username", "emailOrPhone", "password"]),
        (["username"], ["phone", "email"], ["username", "email", "phone", "password"]),
        ([], [], ["password"]),
    ],
)
def test_order_of_the_missing_profile(
    browser: Browser,
    connectors: None,
    settings_of: Change,
    identifiers: list[str],
    secondary: list[str],
    missing: list[str],
) -> None:
    settings_of(
        signUp={
            "identifiers": identifiers,
            "password": True,
            "verify": True,
            "secondaryIdentifiers": [{"identifier": name, "verify": True} for name in secondary],
        },
        signIn={"methods": [method(name, password=True) for name in ("username", "email", "phone")]},
    )
    browser.start("Register")
    assert browser.identify()[1]["data"] == {"missingProfile": missing}


def test_taken_identifiers(browser: Browser, alice: User, every_method: None, outbox: Outbox) -> None:
    browser.start("Register")
    assert code_of(stage(browser, type="username", value="alice")) == (422, "user.username_already_in_use")
    verification_id = browser.prove("email", "alice@example.com", "Register", outbox)
    assert code_of(browser.identify(verification_id)) == (422, "user.email_already_in_use")
    # The page offers to sign in with what was proved already.
    assert browser.put("/interaction-event", {"interactionEvent": "SignIn"}) == (204, None)
    assert browser.identify(verification_id) == (204, None)
    assert browser.submit()[0] == 200


def test_username_taken_between_staging_and_identification(browser: Browser) -> None:
    browser.start("Register")
    stage(browser, type="username", value="carol")
    stage(browser, type="password", value=PASSWORD)
    create_user(username="carol", actor=SYSTEM)
    assert code_of(browser.identify()) == (422, "user.username_already_in_use")
    assert User.objects.count() == 1


def test_names_compare_as_the_tenant_says(browser: Browser, alice: User, settings_of: Change) -> None:
    browser.start("Register")
    assert stage(browser, type="username", value="ALICE") == (204, None)
    settings_of(usernamePolicy={**INSENSITIVE})
    assert code_of(stage(browser, type="username", value="ALICE")) == (422, "user.username_already_in_use")


INSENSITIVE = {
    "caseSensitive": False,
    "minLength": 3,
    "maxLength": 8,
    "allowedChars": {"lowercase": True, "uppercase": True, "numbers": False, "underscore": True},
}


@pytest.mark.parametrize(
    ("value", "violation"),
    [
        ("1carol", "starts_with_number"),
        ("ca", "too_short"),
        ("carolcarol", "too_long"),
        ("carol1", "numbers_not_allowed"),
    ],
)
def test_username_policy(browser: Browser, settings_of: Change, value: str, violation: str) -> None:
    settings_of(usernamePolicy=INSENSITIVE)
    browser.start("Register")
    assert code_of(stage(browser, type="username", value=value)) == (422, f"user.username_{violation}")


def test_password_policy_sees_the_staged_profile(browser: Browser, settings_of: Change) -> None:
    settings_of(passwordPolicy={"length": {"min": 6}, "rejects": {"userInfo": True}})
    browser.start("Register")
    stage(browser, type="username", value="carolina")
    status, body = stage(browser, type="password", value="Carolina")
    assert (status, body["code"]) == (422, "password.rejected")
    assert {"code": "password_rejected.restricted.user_info"} in body["data"]


def test_own_address_is_no_password(browser: Browser, every_method: None, outbox: list[dict[str, Any]]) -> None:
    """The address that was just proved used to be taken as the password."""
    browser.start("Register")
    stage(browser, type="email", verificationId=browser.prove("email", "rabbit.hole@example.com", "Register", outbox))
    status, body = stage(browser, type="password", value="rabbit.hole@example.com")
    assert (status, body["code"]) == (422, "password.rejected")
    assert {"code": "password_rejected.restricted.user_info"} in body["data"]


def test_common_password_is_refused_off_line(browser: Browser, settings_of: Change) -> None:
    browser.start("Register")
    settings_of(passwordPolicy={"rejects": {"repetitionAndSequence": False}})
    status, body = stage(browser, type="password", value="password1")
    assert (status, body["data"]) == (422, [{"code": "password_rejected.pwned"}])
    settings_of(passwordPolicy={"rejects": {"repetitionAndSequence": False, "pwned": False}})
    assert stage(browser, type="password", value="password1")[0] == 204


def test_password_is_never_kept_in_clear(browser: Browser) -> None:
    browser.start("Register")
    stage(browser, type="password", value=PASSWORD)
    assert PASSWORD not in str(Interaction.objects.values())
    assert browser.get("/interaction")[1]["profile"] == {}


def test_mode_sign_in_takes_no_new_users(browser: Browser, settings_of: Change) -> None:
    settings_of(signInMode="SignIn")
    browser.start("Register")
    stage(browser, type="username", value="carol")
    stage(browser, type="password", value=PASSWORD)
    assert code_of(browser.identify()) == (403, "auth.forbidden")
    assert not User.objects.exists()


def test_password_does_not_begin_an_account(browser: Browser, alice: User) -> None:
    browser.start("Register")
    verification_id = browser.give_password("username", "alice")
    assert code_of(browser.identify(verification_id)) == (400, "session.verification_failed")


def test_code_that_was_not_entered_does_not_begin_an_account(
    browser: Browser, every_method: None, outbox: Outbox
) -> None:
    browser.start("Register")
    verification_id = browser.ask_code("email", "carol@example.com", "Register")
    assert code_of(browser.identify(verification_id)) == (400, "session.verification_failed")
    assert code_of(stage(browser, type="email", verificationId=verification_id)) == (
        400,
        "session.verification_failed",
    )


def test_second_identification_makes_no_second_account(browser: Browser) -> None:
    browser.start("Register")
    stage(browser, type="username", value="carol")
    stage(browser, type="password", value=PASSWORD)
    assert browser.identify() == (201, None)
    assert code_of(browser.identify())[0] == 409
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("policy", "address", "status", "code"),
    [
        ({"customBlocklist": ["@evil.example"]}, "carol@evil.example", 422, "email_not_allowed"),
        ({"customAllowlist": ["@good.example"]}, "carol@other.example", 422, "email_not_allowed"),
        ({"blockSubaddressing": True}, "carol+1@example.com", 422, "email_subaddressing_not_allowed"),
    ],
)
def test_blocked_addresses_get_no_code(
    browser: Browser,
    every_method: None,
    settings_of: Change,
    outbox: Outbox,
    policy: dict[str, Any],
    address: str,
    status: int,
    code: str,
) -> None:
    settings_of(emailBlocklistPolicy=policy)
    browser.start("Register")
    body = {"identifier": {"type": "email", "value": address}, "interactionEvent": "Register"}
    answer = browser.post("/verification/verification-code", body)
    assert code_of(answer) == (status, f"session.email_blocklist.{code}")
    # Asking for a sign-in code first is no way around it.
    verification_id = browser.prove("email", address, "SignIn", outbox)
    assert code_of(browser.identify(verification_id))[1] == f"session.email_blocklist.{code}"
    staged = stage(browser, type="email", verificationId=verification_id)
    assert code_of(staged)[1] == f"session.email_blocklist.{code}"


def test_registration_is_recorded(browser: Browser, every_method: None, outbox: Outbox, recorded: list[Event]) -> None:
    browser.start("Register")
    browser.identify(browser.prove("email", "carol@example.com", "Register", outbox))
    browser.submit()
    user = User.objects.get()
    heard = [
        (event.subject, event.details["interaction"]["interactionEvent"])
        for event in recorded
        if event.name == "PostRegister"
    ]
    assert heard == [(Subject("User", user.id), "Register")]


@pytest.mark.parametrize("body", [{}, {"type": "social"}, {"type": "username"}, {"type": []}])
def test_malformed_profiles_are_refused(browser: Browser, body: Any) -> None:
    browser.start("Register")
    assert code_of(browser.post("/profile", body)) == (400, "guard.invalid_input")


def test_sign_in_method_of_the_new_account_works_next_time(
    browser: Browser, other_browser: Browser, settings_of: Change
) -> None:
    settings_of(signIn={"methods": [method("username", password=True)]})
    browser.start("Register")
    stage(browser, type="username", value="carol")
    stage(browser, type="password", value=PASSWORD)
    browser.identify()
    browser.submit()
    other_browser.start()
    assert other_browser.identify(other_browser.give_password("username", "carol")) == (204, None)


def test_verified_address_joins_the_organizations_of_its_domain(
    browser: Browser, every_method: None, outbox: Outbox
) -> None:
    organization = create_organization(name="Acme", actor=SYSTEM)
    add_email_domain(organization, email_domain="acme.example", actor=SYSTEM)
    browser.start("Register")
    browser.identify(browser.prove("email", "carol@ACME.example", "Register", outbox))
    assert is_member(User.objects.get().id, organization.id)
