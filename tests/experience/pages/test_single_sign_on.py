"""Single sign-on at an enterprise on the hosted pages: by the link, by the address, and by choice."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from applications.services.applications import create_application
from common.actors import SYSTEM
from connectors.models import SsoConnector
from connectors.provider_sign_in import ProviderUser
from experience.models import IdpInitiatedSignIn, Interaction
from experience.services.enterprise_sso import receive_assertion
from identity.models import SsoIdentity, User
from tests.connectors.enterprise.initech import answer, create_saml_connector
from tests.experience.conftest import REDIRECT_URI, Browser, method
from tests.experience.pages.conftest import Visitor
from tests.experience.pages.providers import away, come_back, press
from tests.experience.providers.fakes import Echo, sso_connector

Settings = Callable[..., None]


@pytest.fixture
def erin(acme_idp: SsoConnector, echo: Echo) -> SsoConnector:
    """Erin works at acme."""
    echo.accounts["erin"] = ProviderUser("erin", email="erin@acme.com", name="Erin")
    return acme_idp


def state_of(visitor: Visitor) -> str:
    """The state with which the visitor has been sent away; this provider is not told it in its address."""
    return str(Interaction.objects.get().records[0]["data"]["session"]["state"])


def test_the_link_is_there_for_enterprises(visitor: Visitor, erin: SsoConnector, settings_of: Settings) -> None:
    link = "/single-sign-on/email?"
    assert link in visitor.open().html
    settings_of(singleSignOnEnabled=False)
    assert link not in visitor.go("/sign-in").html
    assert visitor.go("/single-sign-on").path == "/sign-in"
    settings_of(singleSignOnEnabled=True)
    SsoConnector.objects.update(domains=[])
    sso_connector("Nobody's", [])
    settings_of(signInMode="SignInAndRegister")
    assert link not in visitor.go("/sign-in").html


def test_erin_signs_in_by_her_address_and_again(visitor: Visitor, erin: SsoConnector) -> None:
    for _ in range(2):
        away(visitor.open().go("/single-sign-on").send(identifier="erin@ACME.com"))
        assert come_back(visitor, erin.id, code="erin", state=state_of(visitor)).arrive()["code"]
    identity = SsoIdentity.objects.get()
    assert identity.user.primary_email == "erin@acme.com"
    assert User.objects.count() == 1


def test_an_address_of_no_enterprise_is_told_so(visitor: Visitor, erin: SsoConnector) -> None:
    visitor.open(first_screen="single_sign_on").send(identifier="erin@example.com")
    assert visitor.path == "/single-sign-on/email"
    assert visitor.error_codes == ["identifier: single_sign_on.no_connector"]


def test_an_application_that_knows_the_address_goes_there_at_once(visitor: Visitor, erin: SsoConnector) -> None:
    visitor.open()
    answer = visitor.client.get(visitor_address(visitor, first_screen="single_sign_on", login_hint="erin@acme.com"))
    assert answer["Location"].startswith(f"https://echo.example/{erin.id}")


def visitor_address(visitor: Visitor, **extra: str) -> str:

    return Browser(visitor.client).open(visitor.application, **extra)


@pytest.mark.parametrize("first_screen", ["sign_in", "register", "identifier:sign_in", "identifier:register"])
def test_an_address_of_an_enterprise_leads_there_from_every_first_page(
    visitor: Visitor, erin: SsoConnector, every_method: None, first_screen: str
) -> None:
    """Without a password, whatever the page asks for besides."""
    visitor.open(first_screen=first_screen).send(identifier="erin@acme.com")
    away(visitor)
    assert come_back(visitor, erin.id, code="erin", state=state_of(visitor)).arrive()["code"]


def test_a_password_next_to_the_address_is_not_asked_for(
    visitor: Visitor, erin: SsoConnector, settings_of: Settings
) -> None:

    settings_of(signIn={"methods": [method("username", password=True), method("email", password=True)]})
    visitor.open()
    assert "password" in visitor.context["form"].fields
    away(visitor.send(identifier="erin@acme.com", password=""))


def test_several_enterprises_are_chosen_from(visitor: Visitor, erin: SsoConnector, echo: Echo) -> None:
    other = sso_connector("Acme abroad", ["acme.com"], branding={"displayName": "Acme GmbH"})
    foreign = sso_connector("Initech", ["initech.com"])
    visitor.open().go("/single-sign-on").send(identifier="erin@acme.com")
    assert visitor.path == "/single-sign-on/connectors"
    assert "erin@acme.com" in visitor.html
    assert [button.label for button in visitor.context["providers"].first] == [
        "Continue with Echo ID",
        "Continue with Acme GmbH",
    ]
    assert visitor.send(connector=foreign.id).path == "/single-sign-on/connectors"
    press(visitor, other.id)
    assert come_back(visitor, other.id, code="erin", state=state_of(visitor)).arrive()["code"]
    assert SsoIdentity.objects.get().connector_id == other.id


def test_there_is_nothing_to_choose_out_of_the_blue(visitor: Visitor, erin: SsoConnector) -> None:
    assert visitor.open().go("/single-sign-on/connectors").path == "/sign-in"


def test_an_assertion_that_came_without_the_browser_counts_once_it_is_back(
    visitor: Visitor, erin: SsoConnector
) -> None:
    """By SAML the browser comes back with the state alone."""
    away(visitor.open().go("/single-sign-on").send(identifier="erin@acme.com"))
    interaction = Interaction.objects.select_related("request").get()
    address, state, token = receive_assertion(interaction, connector_id=erin.id, data={"SAMLResponse": "erin"})
    assert urlsplit(address).path == f"/callback/{erin.id}"
    visitor.client.cookies["_provider_response"] = token
    assert come_back(visitor, erin.id, state=state).arrive()["code"]


def test_who_is_refused_there_finds_the_first_page(visitor: Visitor, erin: SsoConnector) -> None:
    away(visitor.open(first_screen="single_sign_on").send(identifier="erin@acme.com"))
    come_back(visitor, erin.id, code="nobody", state=state_of(visitor))
    assert visitor.path == "/single-sign-on/email"
    assert "notice=provider-failed" in visitor.response.request["QUERY_STRING"]


def test_the_address_of_somebody_elses_account_is_not_taken(visitor: Visitor, erin: SsoConnector, echo: Echo) -> None:
    """An enterprise vouches for its own domains alone; a new account has no address then."""
    echo.accounts["mallory"] = ProviderUser("mallory", email="alice@example.com")
    away(visitor.open().go("/single-sign-on").send(identifier="m@acme.com"))
    assert come_back(visitor, erin.id, code="mallory", state=state_of(visitor)).arrive()["code"]
    assert SsoIdentity.objects.get().user.primary_email is None


def test_a_user_comes_from_their_identity_provider(visitor: Visitor, settings_of: Settings) -> None:
    """The assertion arrives unasked, before there is a request of the application; it serves once."""
    settings_of(singleSignOnEnabled=True)
    initech = create_saml_connector(domains=["acme.example"])
    metadata = {"redirectUris": [REDIRECT_URI], "postLogoutRedirectUris": []}
    website = create_application(name="Site", type="Traditional", oidc_client_metadata=metadata, actor=SYSTEM)
    scope = {"scope": "openid"}
    IdpInitiatedSignIn.objects.create(
        connector=initech, application=website, auto_send_authorization_request=True, auth_parameters=scope
    )
    arrived = visitor.client.post(
        f"/api/authn/single-sign-on/saml/{initech.id}", {"SAMLResponse": answer(initech, None)}
    )
    address = arrived["Location"].removeprefix("http://localhost:8000")
    assert visitor.go(visitor.client.get(address)["Location"]).arrive()["code"]
    assert SsoIdentity.objects.get().connector_id == initech.id
    # Without what was kept, the same address leads to the identity provider.
    visitor.response = visitor.client.get(visitor.client.get(address)["Location"])
    assert "SAMLRequest=" in visitor.response["Location"]
