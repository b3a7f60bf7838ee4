"""An enterprise's identity provider is set up, tried and opened to an organization, by mouse and by keyboard."""

from collections.abc import Callable

import pytest

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver
from tests.counterparts.saml_provider import SamlProvider

pytestmark = pytest.mark.slow

_CONNECTORS = "connectors/ssoconnector"


def test_a_saml_provider_is_set_up_and_tried(
    console: ConsoleDriver, read: Read, run_saml_provider: Callable[..., SamlProvider]
) -> None:
    provider = run_saml_provider()
    console.open(f"{_CONNECTORS}/add/")
    console.follow("SAML 2.0 Any identity provider that speaks SAML 2.0.")
    console.fill("Name", "Initech")
    connector_id = console.create()
    console.sees("Set-up unfinished")

    page = f"{_CONNECTORS}/{connector_id}/change/"
    console.open(page)
    console.fill("Metadata address", provider.metadata_url)
    console.press("Check the connection")
    console.sees("The identity provider answers.")
    console.sees(provider.entity_id)
    console.fill("Email domains", "idp.example")
    console.fill("Display name", "Initech staff")
    console.switch("Sync profile at each sign-in")
    console.save()
    console.sees("Ready")
    row = read(f"sso-connectors/{connector_id}")
    assert (row["connectorName"], row["domains"], row["syncProfile"]) == ("Initech", ["idp.example"], True)
    assert row["config"] == {"metadataUrl": provider.metadata_url}
    assert row["branding"] == {"displayName": "Initech staff"}
    assert row["providerConfig"]["identityProvider"]["entityId"] == provider.entity_id

    console.open(page)
    console.follow("Test sign-in")
    console.follow("Sign in at the identity provider")
    console.page.get_by_label("Login").fill("dana")
    console.page.get_by_label("Password").fill("any")
    console.page.keyboard.press("Enter")
    console.sees("Received claims")
    console.sees("dana@idp.example")
    assert read("users") == [] or all(user["primaryEmail"] != "dana@idp.example" for user in read("users"))


def test_keys_of_a_connector(console: ConsoleDriver, read: Read) -> None:
    console.open(f"{_CONNECTORS}/add/?provider=AzureAD")
    console.fill("Name", "Initech")
    connector_id = console.create()
    page, keys = f"{_CONNECTORS}/{connector_id}/change/", f"sso-connectors/{connector_id}/signing-keys"
    for _ in range(2):
        console.open(page)
        console.open_tab("Signing keys")
        console.add_row("signing_keys")
        console.save()
    assert [row["active"] for row in read(keys)] == [False, False]
    console.open(page)
    console.open_tab("Signing keys")
    row = console.page.locator("#signing_keys-group tbody.form-group:not(.empty-form)").last
    console.remove_row(row)
    console.save()
    assert len(read(keys)) == 1


def test_an_organization_opens_to_an_enterprise(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open(f"{_CONNECTORS}/add/?provider=Okta")
    console.fill("Name", "Initech")
    connector_id = console.create()
    organization = ids["organization"]
    console.open(f"organizations/organization/{organization}/change/")
    console.choose("Enterprise connectors", "Initech")
    console.save()
    (rule,) = read(f"organizations/{organization}/jit/sso-connectors")
    assert rule["id"] == connector_id
    console.open(f"{_CONNECTORS}/{connector_id}/delete/")
    console.sees("Hill Farm")
