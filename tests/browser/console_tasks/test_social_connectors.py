"""Signing in with others, set up in the console: a provider connected, buttons ordered, accounts unlinked."""

from typing import Any

import pytest
from playwright.sync_api import expect

from common.actors import SYSTEM
from connectors.provider_sign_in import ProviderUser, TokenSet
from connectors.services.connectors import create_connector
from experience.services.settings import update_sign_in_experience
from identity.models import User
from identity.services.social_identities import link_social_identity
from identity.services.token_vault import store_social_tokens
from identity.services.users import create_user
from tenants.context import enter_tenant
from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver
from tests.connectors.orchard import ORCHARD_CONFIG, orchards  # noqa: F401

pytestmark = pytest.mark.usefixtures("orchards")


def test_a_provider_is_found_and_connected(console: ConsoleDriver, read: Read, home: str) -> None:
    console.open("connectors/connector/")
    console.follow("Add connector")
    console.fill("Search connectors", "orch")
    expect(console.page.get_by_role("link", name="Trellis")).to_be_visible()  # its description names the Orchard
    expect(console.page.get_by_role("link", name="SMTP")).to_have_count(0)
    console.fill("Search connectors", "zebra")
    console.sees("No connector has this in its name.")
    console.fill("Search connectors", "orchard-")
    console.fill("Search connectors", "sign in with an orchard")
    console.follow("Orchard Sign in")
    connector_id = console.page.url.rpartition("id=")[2]
    guide = console.page.get_by_role("complementary", name="Guide")
    expect(guide).to_contain_text(f"{home}/callback/{connector_id}")
    expect(guide).to_contain_text("<script>alert(1)</script>")

    # What is wrong is said at the field as soon as it is left, and taken back once it is right.
    console.fill("Client ID", "c" * 65)
    console.fill("Client secret", "riddle")
    console.sees("Ensure this field has no more than 64 characters.")
    console.fill("Client ID", "orchard-client")
    console.activate(console.field("Client secret"), key="Control+a")
    expect(console.page.get_by_text("no more than 64 characters")).to_be_hidden()

    expect(console.page.get_by_label("Host in the south")).to_be_hidden()
    console.choose("Region", "The south")
    console.fill("Host in the south", "south.example")
    console.choose("Name and avatar", "Updated at every sign-in")
    console.switch("Store the provider’s tokens")
    assert console.create() == connector_id
    held = read(f"connectors/{connector_id}")
    assert held["config"] == {
        "clientId": "orchard-client",
        "clientSecret": "riddle",
        "region": "south",
        "orchardHost": "south.example",
        "asksAgain": False,
    }
    assert (held["syncProfile"], held["enableTokenStorage"]) == (True, True)


@pytest.fixture
def providers(home: str, installation: dict[str, Any]) -> None:
    """Three connectors, two of them on the sign-in page."""
    with enter_tenant("default"):
        for target in ("vines", "hops", "ivy"):
            metadata = {"target": target, "name": {"en": target.title()}}
            create_connector(factory_id="trellis", config=ORCHARD_CONFIG, metadata=metadata, actor=SYSTEM)
        update_sign_in_experience({"socialSignInConnectorTargets": ["vines", "hops"]}, actor=SYSTEM)


def test_the_buttons_of_the_sign_in_page_are_ordered(console: ConsoleDriver, read: Read, providers: None) -> None:
    console.open("connectors/connector/")
    console.follow("Choose the buttons of the sign-in page")
    rows = console.page.locator("[data-ordered] > li")
    expect(rows.first).to_be_visible()
    box = rows.filter(has_text="Ivy").get_by_role("checkbox")
    console.activate(box, key="Space")
    expect(box).to_be_checked()
    if console.by_keyboard:
        up = rows.filter(has_text="Ivy").get_by_role("button", name="Move Ivy up")
        console.activate(up)
        expect(up).to_be_focused()
        console.page.keyboard.press("Enter")
    else:
        rows.filter(has_text="Ivy").locator(".gh-grip").drag_to(rows.first, target_position={"x": 60, "y": 4})
    expect(rows.first).to_contain_text("Ivy")
    console.switch("Link accounts automatically")
    console.save()
    settings = read("sign-in-exp")
    assert settings["socialSignInConnectorTargets"] == ["ivy", "vines", "hops"]
    assert settings["socialSignIn"]["automaticAccountLinking"] is True


@pytest.fixture
def alice(home: str, installation: dict[str, Any]) -> User:
    with enter_tenant("default"):
        options: dict[str, Any] = {"config": ORCHARD_CONFIG, "enable_token_storage": True}
        connector = create_connector(factory_id="orchard-web", actor=SYSTEM, **options)
        alice = create_user(username="alice", actor=SYSTEM)
        account = ProviderUser("apple", name="Alice", email="alice@orchard.example")
        alice = link_social_identity(alice, target="orchard", account=account, actor=SYSTEM)
        store_social_tokens(alice, target="orchard", connector_id=connector.id, tokens=TokenSet("t"), actor=SYSTEM)
        return alice


def test_tokens_are_deleted_and_an_account_is_unlinked(console: ConsoleDriver, read: Read, alice: User) -> None:
    identities = f"users/{alice.id}/all-identities?includeTokenSecret=true"
    assert "tokenSecret" in read(identities)["socialIdentities"][0]
    console.open(f"identity/user/{alice.id}/change/")
    console.open_tab("Social accounts")
    row = console.page.locator("#social_identities-group tbody.form-group").first
    console.activate(row.get_by_role("checkbox", name="Delete tokens"), key="Space")
    console.save()
    assert "tokenSecret" not in read(identities)["socialIdentities"][0]
    console.open(f"identity/user/{alice.id}/change/#social_identities")
    console.remove_row(console.page.locator("#social_identities-group tbody.form-group").first)
    console.save()
    assert read(identities)["socialIdentities"] == []
