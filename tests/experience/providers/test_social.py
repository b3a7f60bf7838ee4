"""Signing in with an account of a social provider, through the Experience API."""

from typing import Any

import pytest

from applications.models import Application
from common.actors import SYSTEM
from connectors.models import Connector
from connectors.provider_sign_in import ProviderUser, TokenSet
from identity.models import FederatedTokenSet, User
from identity.services.social_identities import link_social_identity, unlink_social_identity
from identity.services.token_vault import find_social_tokens, read_token_set
from identity.services.users import create_user, set_user_suspended
from organizations.models import OrganizationMember
from organizations.services.jit import add_email_domain
from organizations.services.organizations import create_organization
from tests.experience.conftest import Browser, code_of
from tests.experience.providers.conftest import Traveler
from tests.experience.providers.fakes import CALLBACK, Orbit, social_connector
from tests.people import PASSWORD

DANA = ProviderUser("dana", email="dana@example.com")


@pytest.fixture
def without_identifiers(settings_of: Any) -> None:
    """Signing up asks for nothing but a proof."""
    settings_of(signUp={"identifiers": [], "password": False, "verify": False})


def test_a_linked_account_signs_its_user_in(browser: Browser, social: Traveler, bob: User) -> None:
    link_social_identity(bob, target="orbit", account=DANA, actor=SYSTEM)
    browser.start()
    assert browser.identify(social.prove("dana")) == (204, None)
    assert browser.finish(browser.submit()).startswith("https://app.example.com/callback?code=")
    assert User.objects.get().last_sign_in_at is not None


@pytest.mark.usefixtures("without_identifiers")
def test_a_new_user_gets_what_the_provider_vouches_for(browser: Browser, social: Traveler) -> None:
    organization = create_organization(name="Example", actor=SYSTEM)
    add_email_domain(organization, email_domain="example.com", actor=SYSTEM)
    browser.start("Register")
    assert browser.identify(social.prove("dana"))[0] == 201
    browser.finish(browser.submit())
    user = User.objects.get()
    assert (user.primary_email, user.name, user.avatar) == ("dana@example.com", "Dana", "https://o.example/d")
    assert user.identities["orbit"]["userId"] == "dana"
    assert OrganizationMember.objects.get().user_id == user.id


@pytest.mark.usefixtures("without_identifiers")
def test_an_address_that_is_in_use_is_left_out(browser: Browser, social: Traveler, orbit: Orbit, bob: User) -> None:
    orbit.accounts["eve"] = ProviderUser("eve", email="Bob@example.com", name="Eve")
    browser.start("Register")
    assert browser.identify(social.prove("eve"))[0] == 201
    eve = User.objects.exclude(id=bob.id).get()
    assert (eve.primary_email, eve.name) == (None, "Eve")


def test_an_unknown_account_names_whose_it_could_be(
    browser: Browser, social: Traveler, orbit: Orbit, bob: User
) -> None:
    orbit.accounts["bob"] = ProviderUser("b-1", email="bob@example.com")
    browser.start()
    answer = browser.identify(social.prove("bob"))
    assert code_of(answer) == (404, "user.identity_not_exist")
    assert answer[1]["data"] == {"relatedUser": {"type": "email", "value": "bob@example.com"}}
    answer = browser.identify(social.prove("dana"))
    assert code_of(answer) == (404, "user.identity_not_exist")
    assert not (answer[1].get("data") or {}).get("relatedUser")


def test_linking_enters_the_account_of_the_address(browser: Browser, social: Traveler, orbit: Orbit, bob: User) -> None:
    orbit.accounts["bob"] = ProviderUser("b-1", email="bob@example.com", name="Robert")
    browser.start()
    body = {"verificationId": social.prove("bob"), "linkSocialIdentity": True}
    assert browser.post("/identification", body) == (204, None)
    browser.finish(browser.submit())
    linked = User.objects.get()
    assert linked.identities["orbit"]["userId"] == "b-1"
    # Only a connector that syncs profiles changes them.
    assert linked.name is None


def test_an_account_that_says_nothing_verified_links_to_nobody(
    browser: Browser, social: Traveler, orbit: Orbit, bob: User
) -> None:
    """Whoever registers somebody else's address at a provider that does not verify it must not get their account."""
    orbit.accounts["eve"] = ProviderUser("eve", raw_data={"email": "bob@example.com", "email_verified": False})
    browser.start()
    body = {"verificationId": social.prove("eve"), "linkSocialIdentity": True}
    assert code_of(browser.post("/identification", body)) == (404, "user.identity_not_exist")
    assert User.objects.get().identities == {}


def test_an_account_that_has_another_of_the_provider_is_not_linked(
    browser: Browser, social: Traveler, orbit: Orbit, bob: User
) -> None:
    link_social_identity(bob, target="orbit", account=ProviderUser("before"), actor=SYSTEM)
    orbit.accounts["bob"] = ProviderUser("b-1", email="bob@example.com")
    browser.start()
    body = {"verificationId": social.prove("bob"), "linkSocialIdentity": True}
    assert code_of(browser.post("/identification", body)) == (422, "user.social_account_exists_in_profile")


def test_profiles_are_synced_if_the_connector_does(
    browser: Browser, social: Traveler, connector: Connector, bob: User
) -> None:
    link_social_identity(bob, target="orbit", account=DANA, actor=SYSTEM)
    connector.sync_profile = True
    connector.save()
    browser.start()
    browser.identify(social.prove("dana"))
    browser.finish(browser.submit())
    assert (User.objects.get().name, User.objects.get().avatar) == ("Dana", "https://o.example/d")


def test_tokens_are_kept_if_the_connector_stores_them(
    browser: Browser, social: Traveler, orbit: Orbit, connector: Connector, bob: User, application: Application
) -> None:
    link_social_identity(bob, target="orbit", account=DANA, actor=SYSTEM)
    orbit.tokens = TokenSet("an access token", refresh_token="a refresh token")
    browser.start()
    browser.identify(social.prove("dana"))
    browser.finish(browser.submit())
    assert not FederatedTokenSet.objects.exists()
    connector.enable_token_storage = True
    connector.save()
    browser.open(application)
    browser.start()
    browser.identify(social.prove("dana"))
    assert "token" not in str(browser.get("/interaction"))
    browser.finish(browser.submit())
    held = find_social_tokens(bob, "orbit")
    assert held is not None
    assert read_token_set(held, connector=orbit, config={}) == orbit.tokens


def test_what_sign_up_asks_for_is_asked_for_unless_it_is_not(
    browser: Browser, social: Traveler, settings_of: Any
) -> None:
    browser.start("Register")
    answer = browser.identify(social.prove("dana"))
    assert code_of(answer) == (422, "user.missing_profile")
    # Whoever signs in with a provider needs no password.
    assert answer[1]["data"] == {"missingProfile": ["username"]}
    browser.post("/profile", {"type": "username", "value": "dana"})
    assert browser.identify()[0] == 201
    assert (User.objects.get().username, User.objects.get().identities.keys()) == ("dana", {"orbit"})
    settings_of(socialSignIn={"skipRequiredIdentifiers": True})
    browser.start("Register")
    browser_again = browser.identify(social.prove("dana"))
    assert code_of(browser_again) == (422, "user.identity_already_in_use")


def test_nothing_is_asked_if_the_tenant_skips_identifiers(browser: Browser, social: Traveler, settings_of: Any) -> None:
    settings_of(socialSignIn={"skipRequiredIdentifiers": True})
    browser.start("Register")
    assert browser.identify(social.prove("dana"))[0] == 201
    browser.finish(browser.submit())
    assert User.objects.get().username is None


def test_the_second_factor_is_asked_for_all_the_same(
    browser: Browser, social: Traveler, bob: User, settings_of: Any, connectors: None
) -> None:
    link_social_identity(bob, target="orbit", account=DANA, actor=SYSTEM)
    settings_of(mfa={"factors": ["EmailVerificationCode"], "policy": "Mandatory"})
    browser.start()
    browser.identify(social.prove("dana"))
    assert code_of(browser.submit()) == (403, "session.mfa.require_mfa_verification")


def test_a_suspended_user_stays_out(browser: Browser, social: Traveler, bob: User) -> None:
    link_social_identity(bob, target="orbit", account=DANA, actor=SYSTEM)
    set_user_suspended(bob, suspended=True, actor=SYSTEM)
    browser.start()
    assert code_of(browser.identify(social.prove("dana"))) == (401, "user.suspended")


def test_an_account_unlinked_meanwhile_signs_nobody_in(browser: Browser, social: Traveler, bob: User) -> None:
    link_social_identity(bob, target="orbit", account=DANA, actor=SYSTEM)
    browser.start()
    browser.identify(social.prove("dana"))
    unlink_social_identity(bob, target="orbit", actor=SYSTEM)
    assert code_of(browser.submit()) == (404, "session.identifier_not_found")


def test_a_user_adds_an_account_on_the_way(browser: Browser, social: Traveler, bob: User) -> None:
    user = create_user(username="carol", password=PASSWORD, actor=SYSTEM)
    browser.start()
    browser.identify(browser.give_password("username", "carol"))
    proved = social.prove("dana")
    assert browser.post("/profile", {"type": "social", "verificationId": proved}) == (204, None)
    browser.finish(browser.submit())
    assert User.objects.get(id=user.id).identities["orbit"]["userId"] == "dana"
    assert User.objects.get(id=bob.id).identities == {}


def test_what_comes_back_serves_once(browser: Browser, social: Traveler, orbit: Orbit) -> None:
    browser.start()
    verification_id = social.start()
    assert code_of(social.come_back(verification_id, "nobody")) == (401, "connector.social_auth_code_invalid")
    missing = (400, "session.connector_validation_session_not_found")
    assert code_of(social.come_back(verification_id, "dana")) == missing
    assert orbit.calls == 1


def test_what_does_not_belong_together_is_refused(
    browser: Browser, social: Traveler, connector: Connector, orbit: Orbit
) -> None:
    """A callback of another sign-in, connector or browser gives an attacker's account to a user, or the other way."""
    other = social_connector("google")
    browser.start()
    verification_id = social.start("mine")
    elsewhere = Traveler(browser, "social", other.id)
    gone = (404, "session.verification_session_not_found")
    assert code_of(elsewhere.come_back(verification_id, "dana")) == gone
    assert code_of(social.come_back("x", "dana")) == gone
    assert code_of(social.come_back(verification_id, "dana", state="theirs")) == (
        401,
        "connector.authorization_failed",
    )
    verification_id = social.start("mine")
    social.start("newer")
    assert code_of(social.come_back(verification_id, "dana")) == gone


def test_another_browser_cannot_finish(
    browser: Browser, other_browser: Browser, social: Traveler, connector: Connector
) -> None:
    browser.start()
    other_browser.start()
    verification_id = social.start()
    theirs = Traveler(other_browser, "social", connector.id)
    assert code_of(theirs.come_back(verification_id, "dana")) == (404, "session.verification_session_not_found")


def test_an_unfinished_sign_in_identifies_nobody(browser: Browser, social: Traveler, bob: User) -> None:
    link_social_identity(bob, target="orbit", account=DANA, actor=SYSTEM)
    browser.start()
    assert code_of(browser.identify(social.start())) == (400, "session.verification_failed")
    browser.start("Register")
    assert code_of(browser.identify(social.start())) == (400, "session.verification_failed")


def test_a_forgotten_password_is_not_reset_by_a_provider(
    browser: Browser, social: Traveler, bob: User, settings_of: Any
) -> None:
    """Not even while every code may reset one (`forgotPasswordMethods` null)."""
    link_social_identity(bob, target="orbit", account=DANA, actor=SYSTEM)
    settings_of(forgotPasswordMethods=None)
    browser.start("ForgotPassword")
    answer = browser.identify(social.prove("dana"))
    assert code_of(answer) == (422, "session.not_supported_for_forgot_password")


@pytest.mark.parametrize("body", [{"state": "", "redirectUri": CALLBACK}, {"state": "s", "redirectUri": ""}])
def test_a_start_needs_a_state_and_an_address(browser: Browser, social: Traveler, body: Any) -> None:
    browser.start()
    assert code_of(browser.post(f"{social.path}/authorization-uri", body)) == (400, "session.insufficient_info")


def test_unknown_connectors(browser: Browser, social: Traveler, connectors: None) -> None:
    browser.start()
    start = {"state": "s", "redirectUri": CALLBACK}
    mail = Connector.objects.get(factory_id="development-mailbox-email")
    path = "/verification/social/{}/{}"
    assert code_of(browser.post(path.format("none", "authorization-uri"), start)) == (404, "entity.not_found")
    unexpected = (400, "connector.unexpected_type")
    assert code_of(browser.post(path.format(mail.id, "authorization-uri"), start)) == unexpected
    answer = browser.post(path.format("none", "verify"), {"connectorData": {}, "verificationId": "x"})
    assert code_of(answer) == (422, "session.invalid_connector_id")


def test_a_return_without_the_id_of_its_sign_in_is_not_about_google(browser: Browser, orbit: Orbit) -> None:
    """Integrators who left it out were told of a cookie of Google One Tap."""
    orbital = social_connector()
    browser.start()
    body = {"connectorData": {"code": "c"}}
    answer = browser.post(f"/verification/social/{orbital.id}/verify", body)
    assert code_of(answer) == (404, "session.verification_session_not_found")
    assert code_of(browser.post("/verification/social/none/verify", body)) == (422, "session.invalid_connector_id")


def test_one_tap_comes_to_the_browser_it_was_shown_in(browser: Browser, orbit: Orbit, bob: User) -> None:
    google = social_connector("google")
    orbit.accounts["jwt"] = DANA
    link_social_identity(bob, target="google", account=DANA, actor=SYSTEM)
    path = f"/verification/social/{google.id}/verify"
    browser.start()
    pushed = {"connectorData": {"credential": "jwt", "g_csrf_token": "t"}}
    assert code_of(browser.post(path, pushed)) == (400, "session.csrf_token_mismatch")
    browser.client.cookies["g_csrf_token"] = "t"
    status, answer = browser.post(path, pushed)
    assert status == 200
    assert browser.identify(answer["verificationId"]) == (204, None)
    handed_on = {"connectorData": {"credential": "jwt"}}
    assert code_of(browser.post(path, handed_on)) == (400, "session.google_one_tap.cookie_mismatch")
    orbit.accounts["jwt-2"] = DANA
    browser.client.cookies["_logto_google_one_tap_credential"] = "jwt-2"
    assert browser.post(path, {"connectorData": {"credential": "jwt-2"}})[0] == 200


def test_a_credential_of_one_tap_serves_once(browser: Browser, orbit: Orbit, application: Application) -> None:
    """Whoever found one in an address, a cookie or a log within the hour was signed in with it again and again.

    The same with its signature written in another way is the same.
    """
    google = social_connector("google")
    orbit.accounts |= {"header.claims.signature": DANA, "header.claims.signaturf": DANA, "header.other.signature": DANA}
    path = f"/verification/social/{google.id}/verify"
    browser.client.cookies["g_csrf_token"] = "t"
    browser.start()

    def push(credential: str) -> tuple[int, Any]:
        return browser.post(path, {"connectorData": {"credential": credential, "g_csrf_token": "t"}})

    assert push("header.claims.signature")[0] == 200
    browser.open(application)
    browser.start()
    for again in ("header.claims.signature", "header.claims.signaturf"):
        answer = push(again)
        assert code_of(answer) == (401, "connector.authorization_failed")
        assert answer[1]["data"] == {"error": "replayed"}
    assert push("header.other.signature")[0] == 200


def test_no_other_provider_pushes_credentials(browser: Browser, social: Traveler) -> None:
    browser.start()
    browser.client.cookies["_logto_google_one_tap_credential"] = "dana"
    answer = browser.post(f"{social.path}/verify", {"connectorData": {"credential": "dana"}})
    assert code_of(answer) == (404, "session.verification_session_not_found")


def test_the_public_settings_name_the_buttons(
    browser: Browser, social: Traveler, connector: Connector, settings_of: Any
) -> None:
    google = social_connector("google")
    public = "/api/.well-known/sign-in-exp"
    assert browser.client.get(public).json()["socialConnectors"] == []
    settings_of(socialSignInConnectorTargets=["google", "moon", "orbit", "google"])
    settings = browser.client.get(public).json()
    assert settings["socialSignInConnectorTargets"] == ["google", "orbit"]
    assert [row["id"] for row in settings["socialConnectors"]] == [google.id, connector.id]
    assert settings["socialConnectors"][1]["name"] == {"en": "Orbit"}
    assert "config" not in str(settings["socialConnectors"])
