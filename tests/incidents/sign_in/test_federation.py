"""Accounts that were taken over through other providers: known incidents, against the Experience API."""

import json
from typing import Any

import pytest

from applications.models import Application
from common.actors import SYSTEM
from connectors.enterprise.services.connectors import delete_sso_connector
from connectors.kinds.microsoft.connector import MicrosoftConnector
from connectors.models import Connector, SsoConnector
from connectors.provider_sign_in import ProviderUser
from connectors.services.connectors import delete_connector
from identity.models import SocialIdentity, SsoIdentity, User
from identity.services.social_identities import link_social_identity
from identity.services.sso_identities import link_sso_identity
from identity.services.users import create_user
from oidc.claims.authentication_claims import TWO_FACTORS
from organizations.models import JitSsoConnector, OrganizationMember
from organizations.services.organizations import create_organization
from tests.experience.conftest import Browser, code_of
from tests.experience.providers.conftest import Traveler
from tests.experience.providers.fakes import Echo, Orbit

ERIN = ProviderUser("erin", email="erin@acme.com")
REFUSED = (422, "user.sign_in_method_not_enabled")


@pytest.fixture
def erin(acme_idp: SsoConnector) -> User:
    """Erin has signed in at acme before."""
    user = create_user(primary_email="erin@acme.com", actor=SYSTEM)
    link_sso_identity(user, connector_id=acme_idp.id, issuer="Acme", account=ERIN, actor=SYSTEM)
    return user


def test_an_administrator_of_another_directory_writes_an_address_into_an_account() -> None:
    """Grafana CVE-2023-3128, and nOAuth (Descope, 2023): accounts were found by Entra's `email`, which every tenant's
    administrator can set to anything. Other claims that look like an address say no more."""
    microsoft = MicrosoftConnector()
    claims = {"sub": "s", "oid": "o", "email": "alice@example.com", "email_verified": True}
    for name in ("preferred_username", "upn", "unique_name", "mail"):
        claims[name] = "alice@example.com"
    user = microsoft.user({}, claims)
    assert (user.id, user.email) == ("o", None)
    assert microsoft.user({}, claims | {"xms_edov": False}).email is None
    assert microsoft.user({}, claims | {"xms_edov": "0"}).email is None


def test_a_provider_vouches_for_an_address_that_is_not_its_users(
    browser: Browser, social: Traveler, orbit: Orbit, bob: User
) -> None:
    """Sign in with Apple (May 2020) signed tokens for any address that was asked for. Whose account it is, the
    provider's own id says; an address alone is an offer to link, which somebody has to accept."""
    link_social_identity(bob, target="orbit", account=ProviderUser("b-1", email="bob@example.com"), actor=SYSTEM)
    orbit.accounts["mallory"] = ProviderUser("m-1", email="bob@example.com")
    browser.start()
    verification_id = social.prove("mallory")
    assert code_of(browser.identify(verification_id)) == (404, "user.identity_not_exist")
    # Bob has an account of the provider, and this is another one.
    body = {"verificationId": verification_id, "linkSocialIdentity": True}
    assert code_of(browser.post("/identification", body)) == (422, "user.social_account_exists_in_profile")
    assert SocialIdentity.objects.get().identity_id == "b-1"


def test_an_account_that_waits_for_its_victim(browser: Browser, social: Traveler, every_method: None) -> None:
    """Pre-hijacking (Sudhodanan and Paverd, 2022), classic-federated merge: Mallory signed up with Dana's address and a
    password, and waited until Dana came with a provider. No account has an address that nobody has proved."""
    browser.start("Register")
    browser.post("/profile", {"type": "username", "value": "mallory"})
    for value in ("dana@example.com", {"type": "email", "value": "dana@example.com"}):
        assert browser.post("/profile", {"type": "email", "value": value})[0] >= 400
        assert browser.post("/profile", {"type": "email", "verificationId": "none", "value": value})[0] >= 400
    browser.post("/profile", {"type": "password", "value": "walnut tractor 51"})
    browser.identify()
    assert not User.objects.filter(primary_email="dana@example.com").exists()


def test_a_switched_off_provider_still_signs_in(browser: Browser, sso: Traveler, erin: User, settings_of: Any) -> None:
    """Zitadel CVE-2025-64717: identity providers that the policy had switched off went on signing users in."""
    browser.start()
    verification_id = sso.prove("erin")
    settings_of(singleSignOnEnabled=False)
    assert code_of(browser.identify(verification_id)) == REFUSED
    assert browser.put("/interaction-event", {"interactionEvent": "Register"}) == (204, None)
    assert code_of(browser.identify(verification_id)) == REFUSED


@pytest.mark.parametrize("event", ["SignIn", "Register"])
def test_a_removed_enterprise_still_signs_in(
    browser: Browser, sso: Traveler, acme_idp: SsoConnector, event: str
) -> None:
    """What it has said before is void, too: it may have been removed because it is not to be trusted."""
    browser.start(event)
    verification_id = sso.prove("erin")
    delete_sso_connector(acme_idp, actor=SYSTEM)
    assert code_of(browser.identify(verification_id)) == REFUSED
    assert not User.objects.exists()


@pytest.mark.parametrize("event", ["SignIn", "Register"])
def test_a_removed_social_provider_still_signs_in(
    browser: Browser, social: Traveler, connector: Connector, bob: User, event: str
) -> None:
    link_social_identity(bob, target="orbit", account=ProviderUser("dana"), actor=SYSTEM)
    browser.start(event)
    verification_id = social.prove("dana")
    delete_connector(connector.id, actor=SYSTEM)
    assert code_of(browser.identify(verification_id)) == REFUSED


def test_a_removed_provider_is_linked(browser: Browser, social: Traveler, connector: Connector, bob: User) -> None:
    browser.start("Register")
    verification_id = social.prove("dana")
    delete_connector(connector.id, actor=SYSTEM)
    body = {"type": "social", "verificationId": verification_id}
    assert code_of(browser.post("/profile", body)) == REFUSED


def test_an_enterprise_renames_its_user_to_somebody_else(
    browser: Browser, sso: Traveler, echo: Echo, erin: User
) -> None:
    """GitLab CVE-2022-1680: the owner of a group changed its members' addresses by SCIM, and got their accounts."""
    alice = create_user(primary_email="alice@acme.com", actor=SYSTEM)
    for email in ("alice@acme.com", "alice@example.com"):
        echo.accounts["erin"] = ProviderUser("erin", email=email)
        browser.start()
        assert browser.identify(sso.prove("erin")) == (204, None)
        browser.finish(browser.submit())
        assert User.objects.get(id=erin.id).primary_email == "erin@acme.com"
        assert SsoIdentity.objects.get().user_id == erin.id != alice.id
        browser.open(Application.objects.get())


def test_a_password_brings_an_enterprise_of_its_own(
    browser: Browser, sso: Traveler, echo: Echo, bob: User, settings_of: Any
) -> None:
    """An enterprise's account that was staged for a new user must not end up with another one, past the second factor:
    whoever has a stolen password would have a way in that asks for none."""
    echo.accounts["mallory"] = ProviderUser("mallory", email="mallory@acme.com")
    browser.start("Register")
    verification_id = sso.prove("mallory")
    body = {"type": "enterpriseSso", "verificationId": verification_id}
    assert browser.post("/profile", body)[0] >= 400
    assert browser.put("/interaction-event", {"interactionEvent": "SignIn"}) == (204, None)
    assert code_of(browser.identify(verification_id)) == (404, "user.sso_identity_not_exist")
    assert not SsoIdentity.objects.exists()


def test_a_member_of_no_enterprise_joins_its_organization(
    browser: Browser, social: Traveler, orbit: Orbit, acme_idp: SsoConnector, settings_of: Any
) -> None:
    """An address of the enterprise's domain by a social provider is no word of the enterprise."""
    settings_of(signUp={"identifiers": [], "password": False, "verify": False})
    organization = create_organization(name="Acme", actor=SYSTEM)
    JitSsoConnector.objects.create(organization=organization, connector=acme_idp)
    orbit.accounts["mallory"] = ProviderUser("m", email="mallory@acme.com")
    browser.start("Register")
    assert code_of(browser.identify(social.prove("mallory"))) == (422, "session.sso_enabled")
    assert not OrganizationMember.objects.exists()


def test_one_factor_of_an_enterprise_passes_for_two(
    browser: Browser, sso: Traveler, erin: User, application: Application
) -> None:
    """What an enterprise asked of its user is not known here: no token may say that it was two factors."""
    claims = {"id_token": {"acr": {"essential": True, "values": [TWO_FACTORS]}}}
    browser.open(application, claims=json.dumps(claims))
    browser.start()
    browser.identify(sso.prove("erin"))
    status, answer = browser.submit()
    location = browser.finish((status, answer)) if status == 200 else ""
    assert "code=" not in location


@pytest.mark.parametrize(
    "said",
    [
        {"nickname": "a\0b"},
        {"nickname\0": "a"},
        {"nickname": "\ud800"},
        {"\udfff": {"deep": ["\ud800\0"]}},
        {"height": float("inf"), "weight": float("nan")},
        {"digits": 10**4000},
        json.loads('{"a":' * 500 + "1" + "}" * 500),
        json.loads('{"a":' + "[" * 500 + "]" * 500 + "}"),
        {"blob": "x" * 1_000_000},
    ],
)
def test_words_that_no_database_holds(
    browser: Browser, social: Traveler, orbit: Orbit, settings_of: Any, said: dict[str, Any]
) -> None:
    """A claim of a provider with a NUL, half a surrogate pair, or what JSON has no number for, was an unexpected error
    in the middle of a sign-in: PostgreSQL refuses it."""
    settings_of(signUp={"identifiers": [], "password": False, "verify": False})
    orbit.accounts["dana"] = ProviderUser(
        "dana", name="Da\0na \ud800", avatar="https://o.example/\ud800", email="d\ud800@b.example", raw_data=said
    )
    browser.start("Register")
    assert browser.identify(social.prove("dana"))[0] == 201
    browser.finish(browser.submit())
    assert User.objects.get().identities["orbit"]["userId"] == "dana"


@pytest.mark.parametrize("who", ["a\0b", "\ud800", "", "x" * 257, "a\nb"])
def test_a_user_of_a_provider_without_a_usable_id(browser: Browser, social: Traveler, orbit: Orbit, who: str) -> None:
    orbit.accounts["odd"] = ProviderUser(who)
    browser.start("Register")
    assert social.come_back(social.start(), "odd")[0] in (400, 401, 422, 502)
    assert not User.objects.exists()


def test_a_state_that_another_browser_was_given(
    browser: Browser, social: Traveler, connector: Connector, bob: User
) -> None:
    """Login CSRF: Mallory's own answer of the provider, in the browser of somebody who has begun a sign-in."""
    link_social_identity(bob, target="orbit", account=ProviderUser("dana"), actor=SYSTEM)
    browser.start()
    verification_id = social.start("victims")
    assert social.come_back(verification_id, "dana", state="mallorys")[0] >= 400
    assert code_of(browser.identify(verification_id)) == (400, "session.verification_failed")


@pytest.mark.parametrize("depth", [200, 5_000, 100_000])
def test_deep_parameters_of_a_callback(browser: Browser, social: Traveler, depth: int) -> None:
    browser.start()
    verification_id = social.start()
    body = f'{{"verificationId": "{verification_id}", "connectorData": {{"extra": {"[" * depth}{"]" * depth}}}}}'
    answer = browser.client.post(f"/api/experience{social.path}/verify", body, content_type="application/json")
    assert answer.status_code in (400, 401)
