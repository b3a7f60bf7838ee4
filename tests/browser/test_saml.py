"""A service provider of others (node-saml) and Chromium: signing in by redirect, by post and from here, and out."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from applications.models import Application
from common.actors import SYSTEM
from common.saml.names import BINDING_POST, BINDING_REDIRECT, NAME_ID_EMAIL
from identity.models import User
from saml.models import SamlApplicationConfig
from saml.services.applications import create_saml_application
from tenants.context import enter_tenant
from tests.browser.test_cross_site import sign_in
from tests.clients.conftest import free_port
from tests.counterparts.saml import HERE, why_missing
from tests.spec.saml.messages import key_pair

pytestmark = pytest.mark.skipif(bool(why_missing()), reason=why_missing() or "installed")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def config(home: str, application: Application, port: int) -> SamlApplicationConfig:
    origin = f"http://127.0.0.1:{port}"
    with enter_tenant("default"):
        return create_saml_application(
            name="Wiki",
            entity_id=f"{origin}/metadata",
            acs_url={"binding": BINDING_POST, "url": f"{origin}/acs"},
            slo_url={"binding": BINDING_REDIRECT, "url": f"{origin}/slo"},
            name_id_format=NAME_ID_EMAIL,
            attribute_mapping={"username": "uid", "email": "mail"},
            signing_certificate=key_pair("sp")[1],
            encryption={"encryptAssertion": True, "encryptThenSign": True, "certificate": key_pair("new")[1]},
            actor=SYSTEM,
        )


@pytest.fixture
def wiki(config: SamlApplicationConfig, home: str, port: int, tmp_path: Path) -> Iterator[str]:
    """The origin of the service provider, which runs as a process of its own."""
    origin = f"http://127.0.0.1:{port}"
    id = config.application_id
    with enter_tenant("default"):
        certificate = config.application.saml_secrets.get().certificate
    options = {
        "issuer": f"{origin}/metadata",
        "callbackUrl": f"{origin}/acs",
        "entryPoint": f"{home}/api/saml/{id}/authn",
        "logoutUrl": f"{home}/api/saml/{id}/logout",
        "idpCert": certificate,
        "idpIssuer": f"{home}/saml/{id}",
        "audience": f"{origin}/metadata",
        "wantAssertionsSigned": True,
        "wantAuthnResponseSigned": True,
        "decryptionPvk": key_pair("new")[0],
        "privateKey": key_pair("sp")[0],
        "signatureAlgorithm": "sha256",
        "digestAlgorithm": "sha256",
        "identifierFormat": NAME_ID_EMAIL,
    }
    log = tmp_path / "service_provider.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            ["node", str(HERE / "saml_service_provider.mjs")],
            env={**os.environ, "CLIENT": json.dumps({"port": port, "options": options})},
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        )
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", log.read_text()
            yield origin
        finally:
            process.kill()
            process.communicate()
            print(log.read_text())


def told(page: Any, origin: str) -> dict[str, Any]:
    """What the service provider says when the browser has come back to it."""
    page.wait_for_url(f"{origin}/")
    return dict(json.loads(page.locator("body").inner_text()))


@pytest.mark.parametrize("path", ["login", "login-post"])
def test_signing_in_and_out(new_page: Callable[..., Any], wiki: str, alice: User, path: str) -> None:
    page = new_page()
    page.goto(f"{wiki}/{path}")
    sign_in(page)
    found = told(page, wiki)
    assert found["relayState"] == "deep/link"
    profile = found["profile"]
    assert (profile["nameID"], profile["uid"], profile["mail"]) == ("alice@example.com", "alice", "alice@example.com")
    # Somebody who is signed in is not asked again.
    page.goto(f"{wiki}/{path}")
    assert told(page, wiki)["profile"]["sessionIndex"] == profile["sessionIndex"]
    page.goto(f"{wiki}/logout")
    assert told(page, wiki) == {"profile": None, "relayState": "bye"}
    page.goto(f"{wiki}/{path}")
    page.locator("[name=identifier]").wait_for()


def test_starting_here_and_signing_out_here(
    new_page: Callable[..., Any],
    wiki: str,
    config: SamlApplicationConfig,
    home: str,
    alice: User,
    sign_out_address: str,
) -> None:
    page = new_page()
    page.goto(f"{home}/api/saml/{config.application_id}/sign-in?RelayState=home")
    sign_in(page)
    assert told(page, wiki)["relayState"] == "home"
    page.goto(sign_out_address)
    page.wait_for_url("**/bye*")
    page.goto(f"{wiki}/")
    assert told(page, wiki)["profile"] is None


def test_without_scripts_a_button_goes_on(new_page: Callable[..., Any], wiki: str, alice: User) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{wiki}/login")
    sign_in(page)
    page.get_by_role("button", name="Continue").click()
    assert told(page, wiki)["profile"]["nameID"] == "alice@example.com"
