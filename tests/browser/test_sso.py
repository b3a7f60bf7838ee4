"""Single sign-on at an enterprise, in Chromium, at an OpenID provider that is not ours."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from applications.models import Application
from common.actors import SYSTEM
from common.crypto import seal
from connectors.enterprise.selectors import CONFIG_CONTEXT
from connectors.models import SsoConnector
from experience.services.settings import update_sign_in_experience
from identity.models import SsoIdentity, User
from identity.services.users import create_user
from tenants.context import enter_tenant
from tests.browser.providers import sign_in_there
from tests.browser.test_journeys import press, wait_for_home
from tests.counterparts.openid_provider import OpenIdProvider, run_openid_provider  # noqa: F401

pytestmark = pytest.mark.slow

IDS = ["initech", "initech-abroad"]


@pytest.fixture
def provider(run_openid_provider: Callable[..., OpenIdProvider], home: str) -> OpenIdProvider:  # noqa: F811
    return run_openid_provider(redirect_uris=[f"{home}/callback/{connector_id}" for connector_id in IDS])


@pytest.fixture
def connect(provider: OpenIdProvider, application: Application) -> Callable[..., SsoConnector]:
    """Connect the enterprise, whose people have addresses at idp.example; their ids are known beforehand."""

    def make(connector_id: str = IDS[0], name: str = "Initech") -> SsoConnector:
        config = {"clientId": provider.client_id, "clientSecret": provider.client_secret, "issuer": provider.issuer}
        with enter_tenant("default"):
            update_sign_in_experience({"singleSignOnEnabled": True}, actor=SYSTEM)
            return SsoConnector.objects.create(
                id=connector_id,
                provider_name="OIDC",
                connector_name=name,
                sealed_config=seal(json.dumps(config), context=CONFIG_CONTEXT),
                domains=["idp.example"],
                branding={"displayName": name},
            )

    return make


def identity() -> SsoIdentity:
    with enter_tenant("default"):
        return SsoIdentity.objects.select_related("user").get()


def test_dana_signs_in_by_the_domain_of_her_address(
    traveler: Callable[..., Any], authorize: Callable[..., str], connect: Callable[..., SsoConnector]
) -> None:
    connect()
    page = traveler()
    page.goto(authorize())
    page.get_by_label("Email address or username").fill("dana@idp.example")
    press(page, "Continue")
    sign_in_there(page)
    wait_for_home(page)
    assert (identity().identity_id, identity().user.primary_email) == ("dana", "dana@idp.example")


def test_an_account_that_has_the_address_is_entered(
    traveler: Callable[..., Any], authorize: Callable[..., str], connect: Callable[..., SsoConnector]
) -> None:
    connect()
    with enter_tenant("default"):
        user = create_user(username="dana", primary_email="dana@idp.example", actor=SYSTEM)
    page = traveler()
    page.goto(authorize(first_screen="single_sign_on", login_hint="dana@idp.example"))
    sign_in_there(page)
    wait_for_home(page)
    assert identity().user == user


def test_the_keyboard_is_enough_without_scripts(
    traveler: Callable[..., Any], authorize: Callable[..., str], connect: Callable[..., SsoConnector]
) -> None:
    """By the link and the address, through the chooser."""
    for connector_id, name in zip(IDS, ("Initech", "Initech abroad"), strict=True):
        connect(connector_id, name)
    page = traveler(java_script_enabled=False)
    page.goto(authorize())
    page.get_by_role("link", name="Single sign-on").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Email address")).to_be_focused()
    page.keyboard.type("dana@example.com")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Single sign-on is not set up for this address.")).to_be_visible()
    page.get_by_label("Email address").press("Control+a")
    page.keyboard.type("dana@idp.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Choose your organization")).to_be_visible()
    page.get_by_role("button", name="Continue with Initech abroad").focus()
    page.keyboard.press("Enter")
    sign_in_there(page)
    wait_for_home(page)
    assert identity().connector_id == IDS[1]


def test_who_turns_back_finds_the_other_ways(
    traveler: Callable[..., Any], authorize: Callable[..., str], connect: Callable[..., SsoConnector], alice: User
) -> None:
    connector = connect()
    page = traveler()
    page.goto(authorize(direct_sign_in=f"sso:{connector.id}"))
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("status")).to_contain_text("The sign-in was canceled.")
    expect(page.get_by_label("Email address or username")).to_be_visible()
