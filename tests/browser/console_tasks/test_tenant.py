"""A tenant's own things in the console: settings, keys, custom claims, members, the log, other tenants."""

from typing import Any

from playwright.sync_api import expect

from console.tenancy import ConsoleRole, grant_tenant_access
from identity.models import User
from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver

_SCRIPT = "const getCustomJwtClaims = async ({ context }) => ({ plan: context.user.username + '-gold' });"


def test_a_custom_claim_is_tried_and_saved(console: ConsoleDriver, read: Read) -> None:
    console.open("custom-claims/")
    console.fill("Script", _SCRIPT)
    console.fill("Environment variables", '{"KEY": "value"}')
    console.submit("Try out")
    console.sees("alice-gold")
    console.submit("Save")
    console.sees("Saved.")
    stored = read("configs/jwt-customizer/access-token")
    assert (stored["script"], stored["environmentVariables"]) == (_SCRIPT, {"KEY": "value"})


def test_a_signing_key_is_rotated_and_the_old_one_deleted(console: ConsoleDriver, read: Read) -> None:
    console.open("tenant/keys/")
    before = {key["id"] for key in read("configs/oidc/private-keys")}
    console.choose("Algorithm", "ES384 (P-384)")
    console.choose("Signs", "At once")
    console.submit("Rotate")
    rotated = read("configs/oidc/private-keys")
    (new,) = [key for key in rotated if key["id"] not in before]
    assert (new["signingKeyAlgorithm"], new["status"]) == ("EC", "Current")
    console.submit("Delete")
    assert len(read("configs/oidc/private-keys")) == len(before)


def test_settings_are_changed(console: ConsoleDriver, read: Read) -> None:
    console.open("tenant/settings/")
    console.fill("Session lifetime", "7")
    console.switch("roles", on=False)
    console.switch("organizations", on=False)
    console.switch("custom_data")
    console.save()
    assert read("configs/oidc/session")["ttl"] == 7 * 86_400
    claims = read("configs/id-token")["enabledExtendedClaims"]
    assert "custom_data" in claims
    assert not {"roles", "organizations"} & set(claims)


def test_what_unknown_clients_may_do_is_changed(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open("unverified-clients/")
    console.switch("Dynamic client registration")
    console.choose("User data", "email")
    console.choose("API permissions", "read:orders")
    console.save()
    assert "email" in str(read("configs/unverified-clients"))


def test_another_tenant_is_opened_and_left(console: ConsoleDriver, carol: User) -> None:
    grant_tenant_access(carol.id, tenant_id="acme", role=ConsoleRole.ADMIN)
    console.open("tenant/settings/")
    navigation = console.page.get_by_role("navigation", name="Console")
    switch = navigation.get_by_role("button", name="Switch tenant: Default default")
    expect(switch).to_have_attribute("aria-expanded", "false")
    console.activate(switch)
    expect(switch).to_have_attribute("aria-expanded", "true")
    console.follow("Acme", within=navigation)
    expect(navigation.get_by_role("button", name="Switch tenant: Acme acme")).to_be_visible()
    assert "/console/acme/" in console.page.url


def test_the_log_is_searched(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open("tenant/settings/")
    console.fill("Session lifetime", "3")
    console.save()
    console.open("events/auditlog/")
    console.press("Filters")
    console.choose("event", "Tenant.Settings.Updated")
    console.submit("Apply Filters")
    rows: Any = console.page.locator("#result_list tbody tr")
    expect(rows).to_have_count(1)
    console.follow("Tenant.Settings.Updated")
    console.sees("ttl")


def test_a_developer_is_added(console: ConsoleDriver, read: Read) -> None:
    console.open("tenant/members/")
    console.fill("User name or e-mail", "erin@example.com")
    console.submit("Add")
    console.sees("erin@example.com")
