"""Sign-ins that the tenant's restrictions refuse: at identification, at submission, in every journey, in the log."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from events.models import AuditLog
from identity.models import User
from identity.services.users import create_user, update_user
from tests.experience.conftest import NEW_PASSWORD, PASSWORD, Browser, code_of
from tests.experience.pages.conftest import Visitor, visitor  # noqa: F401  # fixtures

RESTRICTED = (403, "session.sign_in_restricted")
Settings = Callable[..., None]


def test_address_that_is_not_allowed(browser: Browser, alice: User, settings_of: Settings) -> None:
    settings_of(signInRestrictionPolicy={"emailAllowlist": ["@acme.example"]})
    browser.start()
    answer = browser.identify(browser.give_password("username", "alice"))
    assert code_of(answer) == RESTRICTED
    assert answer[1]["data"] == {"reason": "email"}
    assert code_of(browser.submit()) == (404, "session.identifier_not_found")


def test_refusal_is_in_the_log_with_whom_and_why(browser: Browser, alice: User, settings_of: Settings) -> None:
    settings_of(signInRestrictionPolicy={"ipAllowlist": ["203.0.113.0/24"]})
    browser.start()
    browser.identify(browser.give_password("username", "alice"))
    entry = AuditLog.objects.get(key="Interaction.SignIn.Identifier.Submit")
    assert (entry.user_id, entry.payload["result"]) == (alice.id, "Error")
    assert (entry.payload["restriction"], entry.payload["error"]["code"]) == ("ipAddress", RESTRICTED[1])


def test_network_that_is_allowed(browser: Browser, alice: User, settings_of: Settings) -> None:
    settings_of(signInRestrictionPolicy={"ipAllowlist": ["127.0.0.0/8"], "emailAllowlist": ["@example.com"]})
    browser.start()
    assert browser.identify(browser.give_password("username", "alice")) == (204, None)
    assert "code=" in browser.finish(browser.submit())


def test_journey_that_moves_is_refused_at_its_end(browser: Browser, alice: User, settings_of: Settings) -> None:
    """Identified in the office, submitted from elsewhere."""
    settings_of(signInRestrictionPolicy={"ipAllowlist": ["127.0.0.1"]})
    browser.start()
    assert browser.identify(browser.give_password("username", "alice")) == (204, None)
    browser.client.defaults["REMOTE_ADDR"] = "198.51.100.7"
    assert code_of(browser.submit()) == RESTRICTED
    browser.client.defaults["REMOTE_ADDR"] = "127.0.0.1"
    assert browser.submit()[0] == 200


def test_policy_that_comes_meanwhile_counts(browser: Browser, alice: User, settings_of: Settings) -> None:
    browser.start()
    assert browser.identify(browser.give_password("username", "alice")) == (204, None)
    settings_of(signInRestrictionPolicy={"emailBlocklist": ["@example.com"]})
    assert code_of(browser.submit()) == RESTRICTED


def test_country_of_the_edge(browser: Browser, alice: User, settings_of: Settings, settings: Any) -> None:
    settings.TRUST_EDGE_HEADERS = True
    settings_of(signInRestrictionPolicy={"countryAllowlist": ["DE"]})
    header = settings.EDGE_HEADERS["country"]
    browser.start()
    proof = browser.give_password("username", "alice")
    # Unknown is not among the countries that are allowed.
    assert code_of(browser.identify(proof)) == RESTRICTED
    browser.headers = {header: "FR"}
    assert browser.identify(proof)[1]["data"] == {"reason": "country"}
    browser.headers = {header: "DE"}
    assert browser.identify(proof) == (204, None)


def test_country_that_a_caller_makes_up(browser: Browser, alice: User, settings_of: Settings, settings: Any) -> None:
    """Without an edge that drops it, the header is anybody's."""
    settings.TRUST_EDGE_HEADERS = True
    settings_of(signInRestrictionPolicy={"countryAllowlist": ["DE"]})
    settings.TRUST_EDGE_HEADERS = False
    browser.start()
    browser.headers = {settings.EDGE_HEADERS["country"]: "DE"}
    assert code_of(browser.identify(browser.give_password("username", "alice"))) == RESTRICTED


def test_user_without_an_address(browser: Browser, settings_of: Settings) -> None:
    create_user(username="carol", password=PASSWORD, actor=SYSTEM)
    settings_of(signInRestrictionPolicy={"emailAllowlist": ["@acme.example"]})
    browser.start()
    # Who has none may still have to add one in this journey.
    assert browser.identify(browser.give_password("username", "carol")) == (204, None)
    assert code_of(browser.submit()) == RESTRICTED
    settings_of(signInRestrictionPolicy={"emailAllowlist": ["@acme.example"], "allowUsersWithoutEmail": True})
    assert browser.submit()[0] == 200


def test_nobody_signs_up_who_could_not_sign_in(
    browser: Browser, every_method: None, outbox: list[dict[str, Any]], settings_of: Settings
) -> None:
    settings_of(signInRestrictionPolicy={"emailAllowlist": ["@acme.example"]})
    browser.start("Register")
    body = {"identifier": {"type": "email", "value": "mallory@evil.example"}, "interactionEvent": "Register"}
    assert code_of(browser.post("/verification/verification-code", body)) == RESTRICTED
    assert outbox == []
    # A code that was sent for another reason does not help.
    proof = browser.ask_code("email", "mallory@evil.example", "SignIn")
    browser.give_code("email", "mallory@evil.example", proof, outbox[-1]["payload"]["code"])
    assert code_of(browser.identify(proof)) == RESTRICTED
    assert not User.objects.exists()
    proof = browser.prove("email", "alice@acme.example", "Register", outbox)
    assert browser.identify(proof)[0] == 201
    assert browser.submit()[0] == 200


def test_sign_up_without_an_address(browser: Browser, settings_of: Settings) -> None:
    settings_of(signInRestrictionPolicy={"emailAllowlist": ["@acme.example"]})
    browser.start("Register")
    browser.post("/profile", {"type": "username", "value": "mallory"})
    browser.post("/profile", {"type": "password", "value": NEW_PASSWORD})
    assert code_of(browser.identify()) == RESTRICTED
    assert not User.objects.exists()


def test_forgotten_password_of_somebody_who_may_not_sign_in(
    browser: Browser, alice: User, every_method: None, outbox: list[dict[str, Any]], settings_of: Settings
) -> None:
    settings_of(signInRestrictionPolicy={"emailBlocklist": ["alice@example.com"]})
    browser.start("ForgotPassword")
    proof = browser.prove("email", "alice@example.com", "ForgotPassword", outbox)
    assert code_of(browser.identify(proof)) == RESTRICTED


def test_other_address_meanwhile(browser: Browser, alice: User, settings_of: Settings) -> None:
    """The account's address at the end decides."""
    settings_of(signInRestrictionPolicy={"emailAllowlist": ["@example.com"]})
    browser.start()
    assert browser.identify(browser.give_password("username", "alice")) == (204, None)
    update_user(alice, primary_email="alice@evil.example", actor=SYSTEM)
    assert code_of(browser.submit()) == RESTRICTED


def test_policy_is_nobodys_business(client: Client, settings_of: Settings) -> None:
    settings_of(signInRestrictionPolicy={"ipAllowlist": ["192.0.2.1"]})
    assert "signInRestrictionPolicy" not in client.get("/api/.well-known/sign-in-exp").json()


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        ({"emailBlocklist": ["@example.com"]}, "Your email address is not among those"),
        ({"ipBlocklist": ["127.0.0.1"]}, "Sign-ins from this network are not allowed"),
        ({"countryAllowlist": ["DE"]}, "Sign-ins from this country or region are not allowed"),
    ],
)
def test_page_says_what_to_do(
    visitor: Visitor,  # noqa: F811  # the fixture
    alice: User,
    settings_of: Settings,
    settings: Any,
    policy: dict[str, Any],
    sentence: str,
) -> None:
    settings.TRUST_EDGE_HEADERS = True
    settings_of(signInRestrictionPolicy=policy)
    visitor.open().send(identifier="alice", password=PASSWORD)
    assert visitor.path == "/sign-in-restricted"
    assert sentence in visitor.html
    assert 'href="/sign-in?' in visitor.html


def test_made_up_reason_is_a_reason(visitor: Visitor) -> None:  # noqa: F811  # the fixture
    visitor.go("/sign-in-restricted?reason=%3Cscript%3E")
    assert visitor.response.status_code == 200
    assert "script%3E" not in visitor.html
