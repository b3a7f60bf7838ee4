"""Who may do what: API resources and permissions, roles, the organization template."""

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver


def test_an_api_is_made_with_its_permissions(console: ConsoleDriver, read: Read) -> None:
    console.open("access/resource/add/")
    console.fill("Name", "Billing")
    console.fill("Identifier", "https://billing.example")
    console.fill("Access token lifetime", "900")
    console.switch("Default API")
    for name in ("read:invoices", "pay:invoices"):
        console.fill("Permission", name, within=console.add_row("scopes"))
    resource = read(f"resources/{console.create()}?includeScopes=true")
    assert (resource["indicator"], resource["accessTokenTtl"]) == ("https://billing.example", 900)
    assert resource["isDefault"]
    scopes = read(f"resources/{resource['id']}/scopes")
    assert {scope["name"] for scope in scopes} == {"read:invoices", "pay:invoices"}


def test_a_permission_is_removed(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open(f"access/resource/{ids['resource']}/change/")
    console.remove_row(console.page.locator("#scopes-group tbody.form-group").first)
    console.save()
    assert read(f"resources/{ids['resource']}/scopes") == []


def test_a_row_that_is_not_stored_yet_is_taken_back(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    """What was typed into the rows after it stays: the theme's script emptied them."""
    console.open(f"access/resource/{ids['resource']}/change/")
    first = console.add_row("scopes")
    console.fill("Permission", "drop:orders", within=first)
    console.fill("Permission", "write:orders", within=console.add_row("scopes"))
    console.press("Remove", within=console.page.locator("#scopes-group tbody.form-group").nth(1))
    console.save()
    scopes = read(f"resources/{ids['resource']}/scopes")
    assert {scope["name"] for scope in scopes} == {"read:orders", "write:orders"}


def test_a_role_is_made_and_assigned(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    """Django's and the theme's scripts each started the lists with a copy of select2 of their own: none opened."""
    console.open("access/role/add/")
    console.fill("Name", "Clerk")
    console.fill("Description", "Reads orders")
    console.choose("For", "Users")
    console.choose("Permissions", "read:orders")
    role = console.create()
    console.choose("Assign to users", "Bob")
    console.save()
    assert [scope["id"] for scope in read(f"roles/{role}/scopes")] == [ids["scope"]]
    assert [user["id"] for user in read(f"roles/{role}/users")] == [ids["user"]]


def test_a_machine_role_is_assigned(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open(f"access/role/{ids['machine_role']}/change/")
    console.choose("Permissions", "read:orders")
    console.choose("Assign to applications", "Robot")
    console.save()
    assert [machine["id"] for machine in read(f"roles/{ids['machine_role']}/applications")] == [ids["machine"]]
    assert [scope["id"] for scope in read(f"roles/{ids['machine_role']}/scopes")] == [ids["scope"]]


def test_the_organization_template_is_written(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    console.open("organizations/organizationscope/add/")
    console.fill("Permission", "press:cider")
    scope = console.create()
    console.open("organizations/organizationrole/add/")
    console.fill("Name", "Presser")
    console.choose("Organization permissions", "press:cider")
    console.choose("API permissions", "read:orders")
    role = console.create()
    assert [held["id"] for held in read(f"organization-roles/{role}/scopes")] == [scope]
    assert [held["id"] for held in read(f"organization-roles/{role}/resource-scopes")] == [ids["scope"]]
