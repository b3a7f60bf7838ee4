"""Signing in and up by a one-time token, over the Experience API."""

from collections.abc import Callable
from typing import Any

import pytest

from common.actors import SYSTEM
from events.models import AuditLog
from experience.models import Interaction
from identity.models import OneTimeToken, User
from identity.services.one_time_tokens import create_one_time_token
from organizations.models import JitRole, MemberRole, Organization, OrganizationMember, OrganizationRole
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant
from tests.experience.conftest import PASSWORD, Answer, Browser, code_of, method

Change = Callable[..., None]

OPEN_SIGN_UP = {"identifiers": [], "password": False, "verify": False}
ALICE = "alice@example.com"
DORA = "dora@example.com"


def make(email: str, **context: Any) -> str:
    return create_one_time_token(email=email, context=context, actor=SYSTEM).value


def give(browser: Browser, email: str, token: str) -> Answer:
    body = {"identifier": {"type": "email", "value": email}, "token": token}
    return browser.post("/verification/one-time-token/verify", body)


def prove(browser: Browser, email: str, **context: Any) -> str:
    status, answer = give(browser, email, make(email, **context))
    assert status == 200, answer
    return str(answer["verificationId"])


def organizations_of(user: User) -> set[str]:
    return set(OrganizationMember.objects.filter(user=user).values_list("organization_id", flat=True))


@pytest.fixture
def closed(settings_of: Change) -> None:
    """Nobody may sign up by themselves, and signing up would ask for nothing."""
    settings_of(signInMode="SignIn", signUp=OPEN_SIGN_UP)


def test_signs_in(browser: Browser, alice: User) -> None:
    browser.start()
    assert browser.identify(prove(browser, ALICE)) == (204, None)
    assert "code=" in browser.finish(browser.submit())
    assert OneTimeToken.objects.get().status == "consumed"


def test_signs_in_whatever_the_methods_and_the_mode_are(browser: Browser, alice: User, settings_of: Change) -> None:
    settings_of(signInMode="Register", signIn={"methods": []})
    browser.start()
    assert browser.identify(prove(browser, ALICE)) == (204, None)


def test_nobodys_address_registers(browser: Browser, closed: None) -> None:
    browser.start()
    verification_id = prove(browser, DORA)
    status, body = browser.identify(verification_id)
    assert (status, body["code"]) == (404, "user.user_not_exist")
    assert body["data"] == {"identifier": {"type": "email", "value": DORA}}
    assert browser.put("/interaction-event", {"interactionEvent": "Register"}) == (204, None)
    assert browser.identify(verification_id) == (201, None)
    assert "code=" in browser.finish(browser.submit())
    assert User.objects.get().primary_email == DORA


def test_without_a_token_the_mode_holds(browser: Browser, closed: None) -> None:
    browser.start()
    assert code_of(browser.put("/interaction-event", {"interactionEvent": "Register"})) == (403, "auth.forbidden")
    browser.start("Register")
    browser.post("/profile", {"type": "username", "value": "dora"})
    assert code_of(browser.identify()) == (403, "auth.forbidden")


def test_the_exception_is_for_the_tokens_own_address(browser: Browser, closed: None) -> None:
    browser.start("Register")
    prove(browser, DORA)
    browser.post("/profile", {"type": "username", "value": "mallory"})
    assert code_of(browser.identify()) == (403, "auth.forbidden")
    assert not User.objects.exists()


def test_what_signing_up_asks_for_is_still_asked(browser: Browser, settings_of: Change) -> None:
    settings_of(signInMode="SignIn", signUp={"identifiers": ["username"], "password": True, "verify": False})
    browser.start("Register")
    status, body = browser.identify(prove(browser, DORA))
    assert (status, body["code"]) == (422, "user.missing_profile")
    browser.post("/profile", {"type": "username", "value": "dora"})
    browser.post("/profile", {"type": "password", "value": PASSWORD})
    assert browser.identify() == (201, None)
    assert User.objects.get().primary_email == DORA


def test_whoever_is_invited_gets_the_code_that_signing_up_asks_for(
    browser: Browser, settings_of: Change, outbox: list[dict[str, Any]]
) -> None:
    """The number was nobody's, and the tenant takes no new users: the page said that a code was sent, and none was."""
    settings_of(signInMode="SignIn", signUp={"identifiers": ["phone"], "password": False, "verify": True})
    browser.start("Register")
    status, body = browser.identify(prove(browser, DORA))
    assert (status, body["data"]["missingProfile"]) == (422, ["phone"])
    number = browser.prove("phone", "4915112345678", "Register", outbox)
    browser.post("/profile", {"type": "phone", "verificationId": number})
    assert browser.identify() == (201, None)
    assert User.objects.get().primary_phone == "4915112345678"


def test_whoever_is_not_invited_gets_none(browser: Browser, settings_of: Change, outbox: list[dict[str, Any]]) -> None:
    settings_of(signInMode="SignIn")
    browser.start("Register")
    identifier = {"type": "phone", "value": "4915112345678"}
    browser.post("/verification/verification-code", {"identifier": identifier, "interactionEvent": "Register"})
    assert outbox == []


def test_a_taken_address_does_not_register(browser: Browser, alice: User) -> None:
    browser.start("Register")
    assert code_of(browser.identify(prove(browser, ALICE))) == (422, "user.email_already_in_use")


def test_a_blocked_address_does_not_register(browser: Browser, settings_of: Change) -> None:
    settings_of(emailBlocklistPolicy={"customBlocklist": ["@example.com"]})
    browser.start("Register")
    refusal = code_of(browser.identify(prove(browser, DORA)))
    assert refusal == (422, "session.email_blocklist.email_not_allowed")


def test_replaces_a_forgotten_password(browser: Browser, alice: User, settings_of: Change) -> None:
    settings_of(forgotPasswordMethods=[])
    browser.start("ForgotPassword")
    assert browser.identify(prove(browser, ALICE)) == (204, None)
    assert code_of(browser.submit()) == (422, "user.new_password_required_in_profile")


def test_one_event_alone(browser: Browser, alice: User) -> None:
    token = make(ALICE, interactionEvent="Register")
    browser.start("SignIn")
    assert code_of(give(browser, ALICE, token)) == (400, "one_time_token.interaction_event_mismatch")
    assert OneTimeToken.objects.get().status == "active"


def test_one_event_alone_survives_a_change_of_event(browser: Browser, settings_of: Change) -> None:
    settings_of(signUp=OPEN_SIGN_UP)
    browser.start("SignIn")
    verification_id = prove(browser, DORA, interactionEvent="SignIn")
    browser.put("/interaction-event", {"interactionEvent": "Register"})
    assert code_of(browser.identify(verification_id)) == (400, "one_time_token.interaction_event_mismatch")
    browser.start("Register")
    verification_id = prove(browser, DORA, interactionEvent="Register")
    browser.put("/interaction-event", {"interactionEvent": "SignIn"})
    assert code_of(browser.identify(verification_id)) == (400, "one_time_token.interaction_event_mismatch")


@pytest.mark.parametrize(
    ("email", "token", "refusal"),
    [
        (ALICE, "wrong", (404, "one_time_token.token_not_found")),
        (DORA, None, (400, "one_time_token.email_mismatch")),
    ],
)
def test_wrong_ones(browser: Browser, alice: User, email: str, token: str | None, refusal: tuple[int, str]) -> None:
    right = make(ALICE)
    browser.start()
    assert code_of(give(browser, email, token or right)) == refusal
    assert give(browser, ALICE, right)[0] == 200
    assert code_of(give(browser, ALICE, right)) == (400, "one_time_token.token_consumed")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"identifier": {"type": "email", "value": ALICE}},
        {"identifier": {"type": "email", "value": ALICE}, "token": ""},
        {"identifier": {"type": "email", "value": "alice"}, "token": "x"},
        {"identifier": {"type": "phone", "value": "12025550101"}, "token": "x"},
        {"identifier": {"type": "username", "value": "alice"}, "token": "x"},
    ],
)
def test_bad_bodies(browser: Browser, body: Any) -> None:
    browser.start()
    assert code_of(browser.post("/verification/one-time-token/verify", body)) == (400, "guard.invalid_input")


def test_without_a_journey(browser: Browser, alice: User) -> None:
    assert code_of(give(browser, ALICE, make(ALICE))) == (404, "session.interaction_not_found")
    assert OneTimeToken.objects.get().status == "active"


# --- organizations ----------------------------------------------------------------------------------------------------


def test_a_new_user_joins_the_tokens_organizations(browser: Browser, closed: None) -> None:
    organization = create_organization(name="Initech", actor=SYSTEM)
    role = OrganizationRole.objects.create(name="Tester")
    JitRole.objects.create(organization=organization, role=role)
    browser.start("Register")
    browser.identify(prove(browser, DORA, jitOrganizationIds=[organization.id, "gone"]))
    dora = User.objects.get()
    assert organizations_of(dora) == {organization.id}
    assert MemberRole.objects.get(member__user=dora).role_id == role.id
    assert "code=" in browser.finish(browser.submit())


def test_another_address_does_not_join_them(
    browser: Browser, connectors: None, settings_of: Change, outbox: list[dict[str, Any]]
) -> None:
    """They were chosen for the token's address, not for whoever else the browser can prove to be."""
    settings_of(
        signInMode="Register",
        signUp={"identifiers": ["username"], "password": False, "verify": False},
        signIn={"methods": [method("email", code=True)]},
    )
    organization = create_organization(name="Initech", actor=SYSTEM)
    browser.start("Register")
    assert browser.identify(prove(browser, DORA, jitOrganizationIds=[organization.id]))[0] == 422
    assert browser.identify(browser.prove("email", "mallory@example.com", "Register", outbox))[0] == 422
    browser.post("/profile", {"type": "username", "value": "mallory"})
    assert browser.identify() == (201, None)
    mallory = User.objects.get()
    assert (mallory.primary_email, organizations_of(mallory)) == ("mallory@example.com", set())


def test_an_existing_user_joins_them_at_the_end(browser: Browser, alice: User) -> None:
    organization = create_organization(name="Initech", actor=SYSTEM)
    browser.start()
    browser.identify(prove(browser, ALICE, jitOrganizationIds=[organization.id]))
    assert organizations_of(alice) == set()
    assert browser.get("/interaction")[1]["profile"] == {"jitOrganizationIds": [organization.id]}
    browser.submit()
    assert organizations_of(alice) == {organization.id}


def test_another_tenants_organization_is_not_joined(browser: Browser, alice: User, tenants: Any) -> None:
    with enter_tenant("acme"):
        theirs = create_organization(name="Acme", actor=SYSTEM)
    browser.start()
    browser.identify(prove(browser, ALICE, jitOrganizationIds=[theirs.id]))
    browser.submit()
    with enter_tenant("acme"):
        assert Organization.objects.get(id=theirs.id).members.count() == 0


# --- what is told -----------------------------------------------------------------------------------------------------


def test_the_state_shows_the_proof_and_its_context(browser: Browser, alice: User) -> None:
    browser.start()
    verification_id = prove(browser, ALICE, interactionEvent="SignIn")
    assert browser.get("/interaction")[1]["verificationRecords"] == [
        {
            "id": verification_id,
            "type": "OneTimeToken",
            "identifier": {"type": "email", "value": ALICE},
            "verified": True,
            "oneTimeTokenContext": {"interactionEvent": "SignIn"},
        }
    ]


def test_uses_and_failures_are_logged_without_the_token(browser: Browser, alice: User) -> None:
    token = make(ALICE)
    browser.start()
    give(browser, ALICE, "wrong")
    give(browser, ALICE, token)
    entries = AuditLog.objects.filter(key="Interaction.SignIn.Verification.OneTimeToken.Submit").order_by("created_at")
    assert [entry.payload["result"] for entry in entries] == ["Error", "Success"]
    assert token not in str([*entries.values(), *Interaction.objects.values()])
