"""SAML applications in the console: made from metadata, changed, their certificates changed over."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from applications.models import Application
from common.actors import SYSTEM
from common.saml.metadata import render_sp_metadata
from common.saml.names import BINDING_POST, BINDING_REDIRECT, NAME_ID_EMAIL, NAME_ID_TRANSIENT
from events.models import AuditLog
from saml.services.applications import create_saml_application, update_saml_application
from tenants.context import enter_tenant
from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver
from tests.spec.saml.messages import key_pair

METADATA = render_sp_metadata(
    entity_id="https://sp.example/metadata",
    acs_url="https://sp.example/acs",
    signing_certificates=[key_pair("sp")[1]],
    encryption_certificates=[key_pair("new")[1]],
    slo_url="https://sp.example/slo",
    name_id_formats=[NAME_ID_EMAIL],
    signs_requests=True,
).decode()


@pytest.fixture
def wiki(home: str, installation: dict[str, Any]) -> str:
    with enter_tenant("default"):
        return create_saml_application(name="Wiki", actor=SYSTEM).application_id


def test_one_is_made_of_metadata(console: ConsoleDriver, read: Read) -> None:
    console.open("applications/application/add/")
    console.follow("SAML application")
    console.fill("Name", "Wiki")
    console.fill("Metadata (XML)", "<html/>")
    console.submit()
    console.sees("This is not the metadata of one service provider")
    console.fill("Metadata (XML)", METADATA)
    row = read(f"saml-applications/{console.create()}")
    assert (row["name"], row["entityId"]) == ("Wiki", "https://sp.example/metadata")
    assert row["acsUrl"] == {"binding": BINDING_POST, "url": "https://sp.example/acs"}
    assert row["sloUrl"] == {"binding": BINDING_REDIRECT, "url": "https://sp.example/slo"}
    assert (row["nameIdFormat"], row["signingCertificate"]) == (NAME_ID_EMAIL, key_pair("sp")[1])
    assert row["encryption"]["certificate"] == key_pair("new")[1]
    assert row["attributeMapping"] == {"email": "email", "name": "name"}
    console.sees(f"/api/saml/{row['id']}/authn")


def test_metadata_is_read_from_a_file(console: ConsoleDriver, read: Read, tmp_path: Path) -> None:
    """The file is not sent: the page reads it into the place where it could be pasted."""
    file = tmp_path / "metadata.xml"
    file.write_text(METADATA)
    console.open("applications/application/add/?type=SAML")
    console.fill("Name", "Wiki")
    console.page.get_by_label("Read it from a file").set_input_files(file)
    expect(console.page.get_by_label("Metadata (XML)")).to_have_value(METADATA)
    assert read(f"saml-applications/{console.create()}")["entityId"] == "https://sp.example/metadata"


def test_its_settings_are_changed(console: ConsoleDriver, read: Read, wiki: str) -> None:
    console.open(f"applications/application/{wiki}/change/")
    console.fill("Name", "Pages")
    console.fill("Entity ID", "urn:pages")
    console.fill("ACS URL", "https://pages.example/acs")
    console.choose("Name ID format", "Transient: another name each time")
    console.open_tab("Attributes")
    console.fill("username", "uid")
    console.open_tab("Security")
    console.switch("Encrypt assertions")
    console.submit()
    console.sees("Encryption needs the service provider's certificate.")
    console.open_tab("Security")
    console.fill("Certificate to encrypt for", key_pair("sp")[1])
    console.switch("Sign the response as well")
    console.open_tab("Signing out")
    console.fill("Single logout URL", "https://pages.example/slo")
    console.choose("Single logout binding", "HTTP-POST")
    console.save()
    row = read(f"saml-applications/{wiki}")
    assert (row["name"], row["entityId"], row["nameIdFormat"]) == ("Pages", "urn:pages", NAME_ID_TRANSIENT)
    assert row["acsUrl"] == {"binding": BINDING_POST, "url": "https://pages.example/acs"}
    assert row["attributeMapping"] == {"username": "uid"}
    assert row["encryption"] == {
        "encryptAssertion": True,
        "encryptThenSign": True,
        "certificate": key_pair("sp")[1],
    }
    assert row["sloUrl"] == {"binding": BINDING_POST, "url": "https://pages.example/slo"}


def test_what_was_not_changed_is_not_written(console: ConsoleDriver, read: Read, wiki: str) -> None:
    """A browser sends certificates with other ends of lines than they are kept with: each save changed them."""
    certificate = key_pair("sp")[1]
    with enter_tenant("default"):
        application = Application.objects.get(id=wiki)
        update_saml_application(application, signing_certificate=certificate, actor=SYSTEM)
        before = AuditLog.objects.filter(key="SamlApplication.Data.Updated").count()
    console.open(f"applications/application/{wiki}/change/")
    console.save()
    with enter_tenant("default"):
        assert AuditLog.objects.filter(key="SamlApplication.Data.Updated").count() == before
    assert read(f"saml-applications/{wiki}")["signingCertificate"] == certificate


def test_certificates_change_over(console: ConsoleDriver, read: Read, wiki: str) -> None:
    console.open(f"applications/application/{wiki}/change/")
    console.open_tab("Certificates")
    console.choose("Valid for", "1 year", within=console.add_row("saml_secrets"))
    console.save()
    new, old = read(f"saml-applications/{wiki}/secrets")
    assert (new["active"], old["active"]) == (False, True)
    assert new["expiresAt"] - new["createdAt"] == 365 * 86_400_000
    rows = console.page.locator("#saml_secrets-group tbody.form-group:not(.empty-form)")
    console.open_tab("Certificates")
    console.activate(rows.first.locator("input[type=checkbox][name$=active]"), key="Space")
    console.save()
    assert [secret["active"] for secret in read(f"saml-applications/{wiki}/secrets")] == [True, False]
    console.open_tab("Certificates")
    with console.page.expect_download() as download:
        console.activate(rows.first.get_by_role("link", name="PEM"))
    assert Path(download.value.path()).read_text() == new["certificate"]
    console.remove_row(rows.nth(1))
    console.save()
    assert [secret["id"] for secret in read(f"saml-applications/{wiki}/secrets")] == [new["id"]]


def test_the_certificate_that_signs_is_not_removed(console: ConsoleDriver, read: Read, wiki: str) -> None:
    console.open(f"applications/application/{wiki}/change/")
    console.open_tab("Certificates")
    console.remove_row(console.page.locator("#saml_secrets-group tbody.form-group:not(.empty-form)").first)
    console.submit()
    console.sees("This certificate is in use.")
    assert len(read(f"saml-applications/{wiki}/secrets")) == 1


def test_one_is_deleted(console: ConsoleDriver, read: Read, wiki: str) -> None:
    console.open(f"applications/application/{wiki}/change/")
    console.follow("Delete application")
    console.submit("Delete application")
    assert read("applications?types=SAML") == []
