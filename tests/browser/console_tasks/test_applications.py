"""Applications in the console: made of each type, given addresses, secrets, roles and permissions."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver


@pytest.mark.parametrize(
    ("card", "type"), [("Traditional web", "Traditional"), ("Single-page app", "SPA"), ("Native app", "Native")]
)
def test_an_application_is_made(console: ConsoleDriver, read: Read, card: str, type: str) -> None:
    """A browser would take none of the addresses that are refused here; each line is named with its reason."""
    console.open("applications/application/add/")
    console.follow(card)
    console.fill("Name", "Orchard")
    console.fill("Redirect URIs", "localhost:3000/callback\nhttps://orchard.example/callback")
    console.submit()
    console.sees("localhost:3000/callback")
    console.fill("Redirect URIs", "http://localhost:3000/callback\nhttps://orchard.example/callback")
    application = read(f"applications/{console.create()}")
    assert (application["name"], application["type"]) == ("Orchard", type)
    assert application["oidcClientMetadata"]["redirectUris"] == [
        "http://localhost:3000/callback",
        "https://orchard.example/callback",
    ]
    assert application["customClientMetadata"]["idTokenSignedResponseAlg"] == "RS256"


def test_a_machine_is_made_with_its_roles(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open("applications/application/add/")
    console.follow("Machine-to-machine")
    console.fill("Name", "Harvester")
    console.choose("Roles", "Courier")
    roles = read(f"applications/{console.create()}/roles")
    assert [role["id"] for role in roles] == [ids["machine_role"]]


def test_a_machine_is_given_a_role_and_an_organization(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open(f"applications/application/{ids['machine']}/change/")
    console.choose("Roles", "Courier")
    console.open_tab("Organizations")
    console.choose("Organization", "Hill Farm", within=console.add_row("organization_applications"))
    console.save()
    assert [role["name"] for role in read(f"applications/{ids['machine']}/roles")] == ["Courier"]
    assert [row["name"] for row in read(f"applications/{ids['machine']}/organizations")] == ["Hill Farm"]


def test_a_secret_is_added_and_shown(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open(f"applications/application/{ids['web']}/change/")
    console.open_tab("Secrets")
    console.fill("Name", "rotated", within=console.add_row("secrets"))
    console.save()
    row = console.page.locator("tbody.form-group", has=console.page.locator("input[value=rotated]"))
    console.press("Show", within=row)
    held = {secret["name"]: secret["value"] for secret in read(f"applications/{ids['web']}/secrets")}
    expect(row.locator("code")).to_have_text(held["rotated"])
    console.remove_row(console.page.locator("tbody.form-group", has=console.page.locator("[value='Default secret']")))
    console.save()
    assert [secret["name"] for secret in read(f"applications/{ids['web']}/secrets")] == ["rotated"]


def test_a_third_party_may_ask_for_permissions(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open(f"applications/application/{ids['third_party']}/change/")
    console.open_tab("Permissions")
    console.choose("User data", "email")
    console.choose("API permissions", "read:orders")
    console.choose("Organization permissions", "pick:apples")
    console.choose("Organization API permissions", "read:orders")
    console.save()
    granted: dict[str, Any] = read(f"applications/{ids['third_party']}/user-consent-scopes")
    assert granted["userScopes"] == ["email"]
    assert [scope["id"] for scope in granted["resourceScopes"][0]["scopes"]] == [ids["scope"]]
    assert [scope["id"] for scope in granted["organizationScopes"]] == [ids["organization_scope"]]
    assert [scope["id"] for scope in granted["organizationResourceScopes"][0]["scopes"]] == [ids["scope"]]


def test_access_is_limited(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open(f"applications/application/{ids['web']}/change/")
    console.open_tab("Access")
    console.switch("Limit access")
    console.choose("Users", "Bob")
    console.choose("User roles", "Auditor")
    console.choose("Organizations", "Hill Farm")
    console.save()
    rules = read(f"applications/{ids['web']}/access-control")
    assert re.search(ids["user"], str(rules))
