"""Users and organizations in the console: made, described, put together, suspended."""

import re

from playwright.sync_api import expect

from common.actors import SYSTEM
from identity.factors.totp.codes import new_secret
from identity.factors.totp.service import bind_totp
from identity.models import User
from identity.selectors import get_user
from identity.services.trusted_devices import create_trusted_device
from tenants.context import enter_tenant
from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver
from tests.identity.factors.test_passkeys import bind as bind_passkey


def test_a_user_is_made(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open("identity/user/add/")
    console.fill("Username", "zoe")
    console.fill("Email", "zoe@example.com")
    console.fill("Name", "Zoe")
    console.choose("Roles", "Auditor")
    user = read(f"users/{console.create()}")
    expect(console.page.locator(".gh-once code")).to_have_text(re.compile(r"^\S{16,}$"))
    assert (user["username"], user["primaryEmail"], user["hasPassword"]) == ("zoe", "zoe@example.com", True)
    assert ids["role"] in {role["id"] for role in read(f"users/{user['id']}/roles")}


def test_a_profile_is_edited(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open(f"identity/user/{ids['user']}/change/")
    console.fill("Name", "Robert")
    console.choose("Roles", "Auditor")
    console.fill("Given name", "Rob")
    console.open_tab("Address")
    console.fill("City", "Lisbon")
    console.open_tab("Custom data")
    console.fill("Custom data", '{"plan": "gold"}')
    console.save()
    user = read(f"users/{ids['user']}")
    assert (user["name"], user["customData"]) == ("Robert", {"plan": "gold"})
    assert user["profile"] == {"givenName": "Rob", "address": {"locality": "Lisbon"}}
    assert ids["role"] in {role["id"] for role in read(f"users/{ids['user']}/roles")}


def test_a_password_is_reset(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open(f"identity/user/{ids['user']}/change/")
    console.submit("Reset password")
    expect(console.page.locator(".gh-once code")).to_have_text(re.compile(r"^\S{16,}$"))
    assert read(f"users/{ids['user']}")["hasPassword"]


def test_a_user_is_suspended_and_let_back(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open(f"identity/user/{ids['user']}/change/")
    console.submit("Suspend")
    assert read(f"users/{ids['user']}")["isSuspended"]
    console.submit("Reactivate")
    assert not read(f"users/{ids['user']}")["isSuspended"]


def test_the_trust_in_a_device_is_taken_back(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    with enter_tenant("default"):
        bob = get_user(ids["user"])
        kept = create_trusted_device(bob, days=30, agent="Mozilla/5.0 (Windows) Firefox/130.0").device
        create_trusted_device(bob, days=30, agent="Mozilla/5.0 (iPhone) Safari/605")
    console.open(f"identity/user/{ids['user']}/change/")
    console.open_tab("Trusted devices")
    console.remove_row(console.page.locator("#trusted_devices-group tbody.form-group", has_text="Safari on iPhone"))
    console.save()
    assert [device["id"] for device in read(f"users/{ids['user']}/trusted-devices")] == [kept.id]


def test_a_personal_access_token_is_shown_once(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open(f"identity/user/{ids['user']}/change/")
    console.open_tab("Personal access tokens")
    console.fill("Name", "laptop", within=console.add_row("personal_access_tokens"))
    console.save()
    expect(console.page.locator(".gh-once code")).to_have_text(re.compile(r"^pat_\S+$"))
    assert [token["name"] for token in read(f"users/{ids['user']}/personal-access-tokens")] == ["laptop"]


def test_a_passkey_is_renamed_and_a_lost_app_removed(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    with enter_tenant("default"):
        bob = User.objects.get(id=ids["user"])
        bind_passkey(bob)
        bind_totp(bob, secret=new_secret(), actor=SYSTEM)
    console.open(f"identity/user/{bob.id}/change/")
    console.open_tab("Two-step sign-in and passkeys")
    console.sees("Apple Passwords · Firefox on Windows")
    asked: list[str] = []
    console.page.on("dialog", lambda dialog: asked.append(dialog.message))
    rows = console.page.locator("#factors-group tbody.form-group")
    console.fill("Name", "Bob’s phone", within=rows.nth(0))
    console.remove_row(rows.nth(1))
    console.sees("Removed when you save.")
    assert [message.split("?")[0] for message in asked] == ["Remove this factor"]
    console.save()
    (left,) = read(f"users/{bob.id}/mfa-verifications")
    assert (left["type"], left["name"]) == ("WebAuthn", "Bob’s phone")


def test_a_user_joins_an_organization(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open(f"identity/user/{ids['user']}/change/")
    console.open_tab("Organizations")
    row = console.add_row("memberships")
    console.choose("Organization", "Hill Farm", within=row)
    console.choose("Roles", "Picker", within=row)
    console.save()
    (held,) = read(f"users/{ids['user']}/organizations")
    assert [role["id"] for role in held["organizationRoles"]] == [ids["organization_role"]]


def test_an_organization_is_made_and_joined(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open("organizations/organization/add/")
    console.fill("Name", "Green Valley")
    organization = console.create()
    console.fill("Email domains", "valley.example")
    console.choose("Roles on joining", "Picker")
    console.switch("Requires a second factor")
    console.switch("Allows trusted devices", on=False)
    console.open_tab("Members")
    row = console.add_row("members")
    console.choose("User", "Bob", within=row)
    console.choose("Roles", "Picker", within=row)
    console.open_tab("Applications")
    console.choose("Application", "Robot", within=console.add_row("organization_applications"))
    console.save()
    made = read(f"organizations/{organization}")
    assert (made["isMfaRequired"], made["isTrustedDeviceAllowed"]) == (True, False)
    (member,) = read(f"organizations/{organization}/users")
    assert member["id"] == ids["user"]
    assert [role["id"] for role in member["organizationRoles"]] == [ids["organization_role"]]
    assert [row["id"] for row in read(f"organizations/{organization}/applications")] == [ids["machine"]]
    (domain,) = read(f"organizations/{organization}/jit/email-domains")
    assert domain["emailDomain"] == "valley.example"
    assert [role["id"] for role in read(f"organizations/{organization}/jit/roles")] == [ids["organization_role"]]


def test_a_member_leaves(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open(f"organizations/organization/{ids['organization']}/change/")
    console.open_tab("Members")
    console.choose("User", "Bob", within=console.add_row("members"))
    console.save()
    console.remove_row(console.page.locator("#members-group tbody.form-group").first)
    console.save()
    assert read(f"organizations/{ids['organization']}/users") == []


def test_a_magic_link_is_made_and_withdrawn(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open("identity/onetimetoken/add/")
    console.fill("Email", "zoe@example.com")
    console.choose("Organizations", "Hill Farm")
    token = console.create()
    expect(console.page.locator(".gh-once code")).to_have_text(re.compile(r"^\S{16,}$"))
    console.submit("Withdraw")
    held = read(f"one-time-tokens/{token}")
    assert (held["status"], held["context"]) == ("revoked", {"jitOrganizationIds": [ids["organization"]]})
