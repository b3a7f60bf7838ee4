"""Signing in at an enterprise's identity provider, through the Experience API."""

from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from connectors.models import SsoConnector
from connectors.provider_sign_in import ProviderUser, TokenSet
from experience.models import Interaction
from identity.models import FederatedTokenSet, SsoIdentity, User
from identity.services.sso_identities import link_sso_identity, unlink_sso_identity
from identity.services.users import create_user, set_user_suspended
from organizations.models import JitRole, JitSsoConnector, MemberRole, OrganizationMember
from organizations.services.organizations import create_organization
from organizations.services.template import create_organization_role
from tests.experience.conftest import Browser, code_of, method
from tests.experience.providers.conftest import Traveler
from tests.experience.providers.fakes import CALLBACK, Echo, sso_connector

ERIN = ProviderUser("erin", email="erin@acme.com")


@pytest.fixture
def erin(acme_idp: SsoConnector) -> User:
    """Erin has signed in at acme before."""
    user = create_user(primary_email="erin@acme.com", actor=SYSTEM)
    link_sso_identity(user, connector_id=acme_idp.id, issuer="Acme", account=ERIN, actor=SYSTEM)
    return user


def register(browser: Browser, proved: str) -> Any:
    """Create the account of somebody who has signed in at an enterprise."""
    assert browser.put("/interaction-event", {"interactionEvent": "Register"}) == (204, None)
    return browser.identify(proved)


def test_a_first_sign_in_makes_an_account_and_a_member_with_the_default_roles(
    browser: Browser, sso: Traveler, acme_idp: SsoConnector
) -> None:
    organization = create_organization(name="Acme", actor=SYSTEM)
    role = create_organization_role(name="member", actor=SYSTEM)
    JitSsoConnector.objects.create(organization=organization, connector=acme_idp)
    JitRole.objects.create(organization=organization, role=role)
    browser.start()
    proved = sso.prove("erin")
    assert code_of(browser.identify(proved)) == (404, "user.sso_identity_not_exist")
    assert register(browser, proved)[0] == 201
    browser.finish(browser.submit())
    user = User.objects.get()
    # Nothing is asked of whom an enterprise answers for, although sign-up wants a username and a password.
    assert (user.primary_email, user.name, user.username) == ("erin@acme.com", "Erin", None)
    member = OrganizationMember.objects.get()
    assert (member.user_id, MemberRole.objects.get().role_id) == (user.id, role.id)
    assert SsoIdentity.objects.get().user_id == user.id


def test_a_known_user_signs_in(browser: Browser, sso: Traveler, erin: User) -> None:
    browser.start()
    assert browser.identify(sso.prove("erin")) == (204, None)
    assert "code=" in browser.finish(browser.submit())


def test_a_user_of_the_address_is_linked_and_joins(browser: Browser, sso: Traveler, acme_idp: SsoConnector) -> None:
    user = create_user(primary_email="erin@acme.com", actor=SYSTEM)
    organization = create_organization(name="Acme", actor=SYSTEM)
    JitSsoConnector.objects.create(organization=organization, connector=acme_idp)
    browser.start()
    assert browser.identify(sso.prove("erin")) == (204, None)
    browser.finish(browser.submit())
    assert SsoIdentity.objects.get().user_id == user.id
    assert OrganizationMember.objects.get().user_id == user.id


def test_an_address_of_another_domain_links_to_nobody(browser: Browser, sso: Traveler, echo: Echo, bob: User) -> None:
    """An enterprise's administrator can make its identity provider claim any address.

    Its word counts for its own domains alone: else it could enter every account, or take an address before its owner.
    """
    echo.accounts["mallory"] = ProviderUser("mallory", email="bob@example.com", name="Mallory")
    browser.start()
    proved = sso.prove("mallory")
    assert code_of(browser.identify(proved)) == (404, "user.sso_identity_not_exist")
    assert register(browser, proved)[0] == 201
    assert User.objects.exclude(id=bob.id).get().primary_email is None


def test_another_enterprise_with_the_same_issuer_is_another(
    browser: Browser, sso: Traveler, echo: Echo, erin: User
) -> None:
    """A hostile enterprise gives its identity provider the entity id of acme's and signs for the same subject."""
    hostile = sso_connector("Hostile", ["hostile.com"])
    row = SsoConnector.objects.get(connector_name="Acme")
    SsoConnector.objects.filter(id=hostile.id).update(sealed_config=row.sealed_config)
    browser.start()
    proved = Traveler(browser, "sso", hostile.id).prove("erin")
    assert code_of(browser.identify(proved)) == (404, "user.sso_identity_not_exist")


def test_whom_the_enterprise_refuses_does_not_get_in(browser: Browser, sso: Traveler, echo: Echo, erin: User) -> None:
    del echo.accounts["erin"]
    browser.start()
    assert code_of(sso.come_back(sso.start(), "erin")) == (401, "connector.authorization_failed")


def test_a_changed_address_follows(browser: Browser, sso: Traveler, echo: Echo, erin: User) -> None:
    echo.accounts["erin"] = ProviderUser("erin", email="erin.e@acme.com")
    browser.start()
    browser.identify(sso.prove("erin"))
    browser.finish(browser.submit())
    assert User.objects.get().primary_email == "erin.e@acme.com"


def test_an_address_does_not_follow_out_of_the_enterprise(
    browser: Browser, sso: Traveler, echo: Echo, erin: User
) -> None:
    echo.accounts["erin"] = ProviderUser("erin", email="erin@elsewhere.com")
    browser.start()
    browser.identify(sso.prove("erin"))
    browser.finish(browser.submit())
    assert User.objects.get().primary_email == "erin@acme.com"


def test_profile_and_tokens_follow_the_switches(
    browser: Browser, sso: Traveler, echo: Echo, erin: User, acme_idp: SsoConnector
) -> None:
    echo.tokens = TokenSet("an access token")
    acme_idp.sync_profile = acme_idp.enable_token_storage = True
    acme_idp.save()
    browser.start()
    browser.identify(sso.prove("erin"))
    browser.finish(browser.submit())
    assert User.objects.get().name == "Erin"
    assert FederatedTokenSet.objects.get().sso_identity is not None


def test_neither_a_second_factor_nor_a_profile_is_asked(
    browser: Browser, sso: Traveler, erin: User, settings_of: Any, connectors: None
) -> None:
    settings_of(mfa={"factors": ["EmailVerificationCode"], "policy": "Mandatory"})
    browser.start()
    browser.identify(sso.prove("erin"))
    browser.finish(browser.submit())


def test_an_identity_that_is_unlinked_meanwhile_signs_nobody_in(
    browser: Browser, sso: Traveler, erin: User, acme_idp: SsoConnector
) -> None:
    browser.start()
    browser.identify(sso.prove("erin"))
    unlink_sso_identity(erin, connector_id=acme_idp.id, actor=SYSTEM)
    assert code_of(browser.submit()) == (404, "session.identifier_not_found")


def test_a_suspended_user_stays_out(browser: Browser, sso: Traveler, erin: User) -> None:
    set_user_suspended(erin, suspended=True, actor=SYSTEM)
    browser.start()
    assert code_of(browser.identify(sso.prove("erin"))) == (401, "user.suspended")


def test_nobody_signs_in_there_while_it_is_off(browser: Browser, sso: Traveler, erin: User, settings_of: Any) -> None:
    browser.start()
    proved = sso.prove("erin")
    settings_of(singleSignOnEnabled=False)
    assert code_of(browser.identify(proved)) == (422, "user.sign_in_method_not_enabled")
    assert code_of(register(browser, proved)) == (422, "user.sign_in_method_not_enabled")


def test_users_of_an_enterprise_sign_in_there_and_nowhere_else(
    browser: Browser, acme_idp: SsoConnector, outbox: list[dict[str, Any]], settings_of: Any
) -> None:
    settings_of(
        signIn={"methods": [method("email", code=True)]},
        signUp={"identifiers": ["email"], "password": False, "verify": True},
    )
    create_user(primary_email="erin@acme.com", actor=SYSTEM)
    browser.start()
    answer = browser.identify(browser.prove("email", "Erin@ACME.com", "SignIn", outbox))
    assert code_of(answer) == (422, "session.sso_enabled")
    assert answer[1]["data"] == {"ssoConnectors": [{"id": acme_idp.id, "connectorName": "Echo ID"}]}
    browser.start("Register")
    answer = browser.identify(browser.prove("email", "new@acme.com", "Register", outbox))
    assert code_of(answer) == (422, "session.sso_enabled")
    settings_of(singleSignOnEnabled=False)
    assert browser.identify(browser.prove("email", "new@acme.com", "Register", outbox))[0] == 201


def test_an_address_names_its_connectors(browser: Browser, acme_idp: SsoConnector, settings_of: Any) -> None:
    other = sso_connector("Acme Europe", ["acme.com"])
    ask = browser.get
    assert ask("/sso-connectors?email=erin@Acme.com") == (200, {"connectorIds": [acme_idp.id, other.id]})
    assert ask("/sso-connectors?email=bob@example.com") == (200, {"connectorIds": []})
    assert code_of(ask("/sso-connectors?email=erin")) == (400, "guard.invalid_input")
    assert code_of(ask("/sso-connectors")) == (400, "guard.invalid_input")
    settings_of(singleSignOnEnabled=False)
    assert ask("/sso-connectors?email=erin@acme.com") == (200, {"connectorIds": []})


def test_the_public_settings_name_the_enterprises(browser: Browser, acme_idp: SsoConnector, settings_of: Any) -> None:
    SsoConnector.objects.filter(id=acme_idp.id).update(
        branding={"displayName": "Acme", "logo": "https://acme.com/logo.svg"}
    )
    sso_connector("No domain", [])
    public = "/api/.well-known/sign-in-exp"
    shown = {"id": acme_idp.id, "connectorName": "Acme", "logo": "https://acme.com/logo.svg"}
    assert browser.client.get(public).json()["ssoConnectors"] == [shown]
    settings_of(singleSignOnEnabled=False)
    assert browser.client.get(public).json()["ssoConnectors"] == []


def test_unknown_connectors(browser: Browser, acme_idp: SsoConnector) -> None:
    browser.start()
    start = {"state": "s", "redirectUri": CALLBACK}
    answer = browser.post("/verification/sso/none/authorization-uri", start)
    assert code_of(answer) == (404, "entity.not_exists_with_id")
    unfinished = SsoConnector.objects.create(provider_name="None", connector_name="x", sealed_config=b"")
    answer = browser.post(f"/verification/sso/{unfinished.id}/authorization-uri", start)
    assert code_of(answer) == (404, "connector.not_found")


# --- SAML: the response comes by a form of another site, without our cookies ------------------------------------------
ACS = "/api/authn/single-sign-on/saml/{}"


@pytest.fixture
def idp() -> Client:
    """The browser as another site sends it: no cookie of ours comes along."""
    return Client(HTTP_HOST="localhost:8000", enforce_csrf_checks=True)


def test_an_assertion_counts_once_the_browser_of_the_journey_asks(
    browser: Browser, sso: Traveler, erin: User, acme_idp: SsoConnector, idp: Client
) -> None:
    browser.start()
    verification_id = sso.start("s-9")
    relay_state = Interaction.objects.get().request_id
    form = {"SAMLResponse": "erin", "RelayState": relay_state}
    answer = idp.post(ACS.format(acme_idp.id), form)
    assert (answer.status_code, answer["Location"]) == (303, f"{CALLBACK}?state=s-9")
    assert code_of(browser.identify(verification_id)) == (400, "session.verification_failed")
    replayed = idp.post(ACS.format(acme_idp.id), form)
    assert replayed.status_code == 400
    body = {"verificationId": verification_id, "connectorData": {"state": "other"}}
    refused = (400, "session.connector_validation_session_not_found")
    assert code_of(browser.post(f"{sso.path}/verify", body)) == refused
    body["connectorData"] = {"state": "s-9"}
    browser.client.cookies.update(answer.cookies)
    assert browser.post(f"{sso.path}/verify", body) == (200, {"verificationId": verification_id})
    browser.identify(verification_id)
    browser.finish(browser.submit())


def test_an_assertion_that_another_browser_has_brought_signs_nobody_in(
    browser: Browser, sso: Traveler, erin: User, acme_idp: SsoConnector, idp: Client
) -> None:
    """Mallory began a journey and sent Erin the address at her identity provider, where she was signed in.

    Her browser posted the response here, to Mallory's journey by its relay state, and Mallory's browser asked for it:
    she was signed in as Erin. What Erin's browser has brought counts with the cookie that it got for it.
    """
    browser.start()
    verification_id = sso.start("s-9")
    form = {"SAMLResponse": "erin", "RelayState": Interaction.objects.get().request_id}
    brought = idp.post(ACS.format(acme_idp.id), form)
    assert brought.status_code == 303
    refused = (400, "session.connector_validation_session_not_found")
    for data in ({"state": "s-9"}, {}, {"state": "s-9", "SAMLResponse": "erin"}):
        body = {"verificationId": verification_id, "connectorData": data}
        assert code_of(browser.post(f"{sso.path}/verify", body)) == refused
    browser.client.cookies["_provider_response"] = "guessed"
    assert code_of(browser.post(f"{sso.path}/verify", body)) == refused
    assert code_of(browser.identify(verification_id)) == (400, "session.verification_failed")
    kept = brought.cookies["_provider_response"]
    assert kept["httponly"]
    assert kept["samesite"] == "Lax"
    assert kept.value not in str(Interaction.objects.get().records)


@pytest.mark.parametrize(
    "address",
    [
        "https://mallory.example/callback",
        "http://localhost:8000.mallory.example/",
        "http://localhost:8000@mallory.example/",
        "//mallory.example/",
        "javascript:alert(1)",
        "http://localhost:8000",
    ],
)
def test_a_response_sends_nobody_to_another_site(browser: Browser, sso: Traveler, address: str) -> None:
    """Whoever began a journey chose where the browser goes on that brings its response: an open redirect.

    By OAuth the provider knows the registered addresses; by SAML nobody but us sees this one.
    """
    browser.start()
    start = {"state": "s", "redirectUri": address}
    assert code_of(browser.post(f"{sso.path}/authorization-uri", start)) == (400, "guard.invalid_input")


@pytest.mark.parametrize("relay_state", ["", "nobody", "x" * 10_000, "\0"])
def test_an_assertion_for_no_journey(acme_idp: SsoConnector, idp: Client, relay_state: str) -> None:
    """A NUL reached the database, which refused it: the page of an unexpected error."""
    answer = idp.post(ACS.format(acme_idp.id), {"SAMLResponse": "erin", "RelayState": relay_state})
    assert answer.status_code == 404


def test_an_assertion_for_a_journey_that_waits_for_another_connector(
    browser: Browser, sso: Traveler, erin: User, idp: Client
) -> None:
    other = sso_connector("Other", ["other.com"])
    browser.start()
    sso.start()
    form = {"SAMLResponse": "erin", "RelayState": Interaction.objects.get().request_id}
    assert idp.post(ACS.format(other.id), form).status_code == 404
    # And the right one still arrives.
    right = SsoConnector.objects.get(connector_name="Acme")
    assert idp.post(ACS.format(right.id), form).status_code == 303


def test_a_refused_assertion_is_told_on_a_page(
    browser: Browser, sso: Traveler, acme_idp: SsoConnector, idp: Client
) -> None:
    browser.start()
    sso.start()
    form = {"SAMLResponse": "nobody", "RelayState": Interaction.objects.get().request_id}
    answer = idp.post(ACS.format(acme_idp.id), form)
    assert (answer.status_code, answer["Content-Type"]) == (401, "text/html; charset=utf-8")


def test_no_other_method_is_answered(acme_idp: SsoConnector, idp: Client) -> None:
    assert idp.get(ACS.format(acme_idp.id)).status_code == 405
