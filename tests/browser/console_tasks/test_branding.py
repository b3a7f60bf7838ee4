"""The look of the tenant, of an application and of an organization, set in the console by either hand."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver
from tests.pictures import picture


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A logo on carol's disk."""
    path = tmp_path / "logo.png"
    path.write_bytes(picture(size=(120, 40), color=(11, 132, 87)))
    return path


def upload(console: ConsoleDriver, label: str, file: Path) -> str:
    """Choose a file for a picture and return the address that is then in its field."""
    with console.page.expect_file_chooser() as chosen:
        console.press(f"Upload a file: {label}")
    chosen.value.set_files(file)
    expect(console.field(label)).to_have_value(re.compile(r"/files/[0-9a-f]{64}\.png$"))
    return str(console.field(label).input_value())


def test_the_tenant_gets_its_look(console: ConsoleDriver, read: Read, file: Path) -> None:
    console.open("experience/signinexperience/")
    console.open_tab("Branding")
    logo = upload(console, "Logo", file)
    console.fill("Favicon on dark", "https://cdn.example/dark.ico")
    console.fill("Brand color", "#0b8457")
    console.press("Recalculate")
    expect(console.field("Brand color on dark")).to_have_value("#54a989")
    console.save()
    settings = read("sign-in-exp")
    assert settings["branding"]["logoUrl"] == logo
    assert settings["branding"]["darkFavicon"] == "https://cdn.example/dark.ico"
    assert (settings["color"]["primaryColor"], settings["color"]["darkPrimaryColor"]) == ("#0b8457", "#54a989")
    # A style sheet says which line reaches outside.
    console.open("experience/signinexperience/")
    console.open_tab("Branding")
    console.press("Remove: Logo")
    expect(console.field("Logo")).to_have_value("")
    console.fill("Custom CSS", "a {}\nb { background: url(https://evil.example/) }")
    console.submit()
    expect(console.field("Custom CSS")).to_have_attribute("aria-invalid", "true")
    expect(console.page.get_by_text("Line 2: an address leads to")).to_be_visible()
    console.fill("Custom CSS", f"a {{ background: url({logo}) }}")
    console.save()
    settings = read("sign-in-exp")
    assert "logoUrl" not in settings["branding"]
    assert settings["customCss"] == f"a {{ background: url({logo}) }}"


def test_an_application_and_an_organization_get_theirs(
    console: ConsoleDriver, read: Read, file: Path, ids: dict[str, str]
) -> None:
    console.open(f"applications/application/{ids['web']}/change/")
    console.open_tab("Branding")
    logo = upload(console, "Logo on dark", file)
    console.choose("Dark mode", "On")
    console.fill("Custom CSS", "h1 { color: red }")
    console.save()
    shop = read(f"applications/{ids['web']}/sign-in-experience")
    assert shop["color"] == {"isDarkModeEnabled": True}
    assert shop["branding"] == {"darkLogoUrl": logo}
    assert shop["customCss"] == "h1 { color: red }"
    console.open(f"organizations/organization/{ids['organization']}/change/")
    console.fill("Brand color", "#0b8457")
    icon = upload(console, "Favicon", file)
    console.save()
    farm = read(f"organizations/{ids['organization']}")
    assert farm["color"] == {"primaryColor": "#0b8457"}
    assert farm["branding"] == {"favicon": icon}
    console.open(f"organizations/organization/{ids['organization']}/change/")
    console.press("Use the tenant's: Brand color")
    console.save()
    assert read(f"organizations/{ids['organization']}")["color"] == {}
