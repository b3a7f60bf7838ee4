"""The example of own sign-in pages: zipped, uploaded through the Management API, used by people, and left again."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django_otp.oath import TOTP
from playwright.sync_api import expect

from access.models import Role
from applications.models import Application
from applications.services.applications import create_application
from applications.services.roles import assign_application_roles
from applications.services.secrets import reveal_secret
from common.actors import SYSTEM
from experience.services.settings import update_sign_in_experience
from identity.factors.totp.codes import read_secret
from identity.factors.totp.service import bind_totp
from identity.models import User
from tenants.context import enter_tenant
from tests.browser.conftest import PASSWORD
from tests.browser.test_journeys import press, sign_out, wait_for_home

EXAMPLE = Path(__file__).parents[2] / "examples" / "own-sign-in-pages"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RESOURCE = "https://default.logto.app/api"


def zipped() -> bytes:
    """The example as its README has it zipped."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as file:
        for path in EXAMPLE.iterdir():
            if path.suffix != ".md":
                file.write(path, path.name)
    return kept.getvalue()


@pytest.fixture
def management(application: Application, home: str) -> Any:
    """The Management API, over HTTP, with a token of its own."""
    with enter_tenant("default"):
        backend = create_application(name="Backend", type="MachineToMachine", actor=SYSTEM)
        role = Role.objects.get(name="Logto Management API access")
        assign_application_roles(backend, role_ids=[role.id], actor=SYSTEM)
        secret = reveal_secret(backend.secrets.get(), actor=SYSTEM)
    form = {"grant_type": "client_credentials", "resource": RESOURCE, "scope": "all"}
    answer = httpx.post(f"{home}/oidc/token", data=form, auth=(backend.id, secret)).raise_for_status()
    with httpx.Client(base_url=home, headers={"Authorization": f"Bearer {answer.json()['access_token']}"}) as client:
        yield client


@pytest.fixture
def own_pages(management: httpx.Client) -> httpx.Client:
    """Tenant `default` uses the example."""
    upload = management.post(
        "/api/sign-in-exp/default/custom-ui-assets", files={"file": ("pages.zip", zipped(), "application/zip")}
    ).raise_for_status()
    chosen = {"id": upload.json()["customUiAssetId"], "createdAt": 0}
    management.patch("/api/sign-in-exp", json={"customUiAssets": chosen}).raise_for_status()
    return management


def test_zoe_signs_up_and_in_with_the_pages_of_the_tenant(
    own_pages: httpx.Client,
    new_page: Callable[..., Any],
    authorize: Callable[..., str],
    read_code: Callable[[str], str],
    sign_out_address: str,
    app_url: str,
) -> None:
    page = new_page()
    page.goto(authorize(first_screen="register"))
    page.get_by_label("email").fill("zoe@example.com")
    press(page, "Continue")
    code = page.get_by_label("Code")
    code.wait_for()
    code.fill("000000")
    press(page, "Continue")
    expect(page.get_by_role("alert")).not_to_be_empty()
    code.fill(read_code("zoe@example.com"))
    press(page, "Continue")
    page.get_by_label("New password").fill(PASSWORD)
    press(page, "Continue")
    wait_for_home(page)

    sign_out(page, sign_out_address, app_url)
    page.goto(authorize())
    page.get_by_label("Email, phone or username").fill("zoe@example.com")
    press(page, "Continue")
    page.get_by_label("Password").fill("wrong")
    press(page, "Sign in")
    expect(page.get_by_role("alert")).not_to_be_empty()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    wait_for_home(page)

    sign_out(page, sign_out_address, app_url)
    page.goto(authorize())
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email or phone").fill("zoe@example.com")
    press(page, "Send code")
    # Before the page asks for the code, the newest one in the mailbox is that of the sign-up.
    page.get_by_label("Code").wait_for()
    page.get_by_label("Code").fill(read_code("zoe@example.com"))
    press(page, "Continue")
    page.get_by_label("New password").fill("copper lantern 77")
    press(page, "Save")
    page.get_by_role("heading", name="Sign in").wait_for()

    own_pages.patch("/api/sign-in-exp", json={"customUiAssets": None}).raise_for_status()
    page.goto(authorize())
    expect(page.get_by_label("Email address or username")).to_be_visible()


def test_alice_verifies_her_second_factor_and_leaves_a_step_to_the_hosted_pages(
    own_pages: httpx.Client, alice: User, new_page: Callable[..., Any], authorize: Callable[..., str]
) -> None:
    with enter_tenant("default"):
        update_sign_in_experience({"mfa": {"factors": ["Totp"], "policy": "Mandatory"}}, actor=SYSTEM)
        bind_totp(alice, secret=SECRET, actor=SYSTEM)
    page = new_page()
    page.goto(authorize())
    page.get_by_label("Email, phone or username").fill("alice")
    press(page, "Continue")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    page.get_by_role("heading", name="Enter the code of your authenticator app").wait_for()
    page.get_by_role("link", name="Another way").click()
    page.get_by_role("heading", name="Confirm it is you").wait_for()
    page.get_by_role("link", name="Authenticator app").click()
    page.get_by_label("Verification code").fill(f"{TOTP(read_secret(SECRET)).token():06d}")
    wait_for_home(page)
