"""A tenant's own things in the console: settings, keys, custom claims, members, the log, other tenants."""

from playwright.sync_api import expect

from console.tenancy import ConsoleRole, grant_tenant_access
from identity.models import User
from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver
from tests.console.conftest import developer

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
    console.switch("Security notifications", on=False)
    console.save()
    assert read("configs/security-notifications") == {"enabled": False}
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
    assert read("configs/dynamic-client-registration")["enabled"]
    ceiling = read("cimd/user-consent-scopes")
    assert "email" in ceiling["userScopes"]
    assert [scope["id"] for api in ceiling["resourceScopes"] for scope in api["scopes"]] == [ids["scope"]]


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


def test_a_developer_is_added_and_made_an_admin(console: ConsoleDriver) -> None:
    """The Management API of a tenant does not name its developers: the page is asked again."""
    developer("erin")
    console.open("tenant/members/")
    console.fill("Email address or username", "erin")
    console.submit("Add")
    row = console.page.get_by_role("row").filter(has_text="Erin")
    console.choose("Role", "Admin", within=row)
    console.submit("Change", within=row)
    console.open("tenant/members/")
    expect(row.get_by_role("combobox", name="Role")).to_have_value("admin")
    console.submit("Remove", within=row)
    expect(row).to_have_count(0)
