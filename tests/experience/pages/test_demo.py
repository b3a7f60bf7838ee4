"""The tenant's own previews: pages that hold nothing but what their scripts need."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from experience.services.settings import update_sign_in_experience
from tenants.context import enter_tenant
from tenants.models import Domain, Tenant

pytestmark = pytest.mark.django_db

PAGES = ["/demo-app", "/device-demo-app"]
_CONFIGURATION = re.compile(r'<script id="configuration" type="application/json">(.+?)</script>')


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    return Client(HTTP_HOST="localhost:8000")


def configuration(response: Any) -> dict[str, Any]:
    found = _CONFIGURATION.search(response.content.decode())
    assert found, response.content
    return dict(json.loads(found[1]))


def test_the_script_is_told_who_it_is(browser: Client) -> None:
    assert configuration(browser.get("/demo-app")) == {
        "issuer": "http://localhost:8000/oidc",
        "clientId": "demo-app",
        "address": "http://localhost:8000/demo-app",
        "scope": "offline_access openid profile email phone address custom_data identities roles "
        "urn:logto:scope:organizations urn:logto:scope:organization_roles",
        "resource": "urn:logto:resource:organizations",
        "language": "en",
    }
    assert configuration(browser.get("/device-demo-app"))["clientId"] == "device-demo-app"


@pytest.mark.parametrize("path", PAGES)
def test_no_script_runs_but_the_pages_own(browser: Client, path: str) -> None:
    response = browser.get(path)
    policy = response["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce
    assert f"script-src 'nonce-{nonce[1]}'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    scripts = re.findall(r"<script ([^>]*)>", response.content.decode())
    assert all(f'nonce="{nonce[1]}"' in script or "application/json" in script for script in scripts)
    assert not re.search(r"\son\w+=", response.content.decode())


@pytest.mark.parametrize("path", PAGES)
def test_without_scripts_it_says_what_it_needs(browser: Client, path: str) -> None:
    html = browser.get(path).content.decode()
    assert "<noscript><p" in html
    assert "This page needs JavaScript" in html


@pytest.mark.parametrize("path", PAGES)
def test_it_speaks_the_visitors_language(browser: Client, path: str) -> None:
    response = browser.get(path, headers={"accept-language": "ar"})
    html = response.content.decode()
    assert '<html lang="ar" dir="rtl"' in html
    assert "تحتاج هذه الصفحة إلى JavaScript" in html
    assert configuration(response)["language"] == "ar"


def test_a_custom_domain_has_its_own(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"):
        Domain.objects.create(domain="login.acme.example", status=Domain.Status.ACTIVE)
    response = Client(HTTP_HOST="login.acme.example").get("/demo-app", secure=True)
    told = configuration(response)
    assert (told["issuer"], told["address"]) == (
        "https://login.acme.example/oidc",
        "https://login.acme.example/demo-app",
    )


def test_a_host_the_provider_does_not_answer_leads_to_one_it_does(tenant: Tenant) -> None:
    response = Client(HTTP_HOST="127.0.0.1:8000").get("/demo-app?first_screen=register")
    assert (response.status_code, response["Location"]) == (302, "http://localhost:8000/demo-app?first_screen=register")


def test_registration_is_offered_where_there_is_one(browser: Client) -> None:

    assert 'data-screen="register"' in browser.get("/demo-app").content.decode()
    update_sign_in_experience({"signInMode": "SignIn"}, actor=SYSTEM)
    assert 'data-screen="register"' not in browser.get("/demo-app").content.decode()


def test_a_code_is_an_image_of_the_address_to_answer_at(browser: Client) -> None:
    response = browser.get("/device-demo-app/code.svg?user_code=bcdf-ghjk")
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    assert response.content.startswith(b"<?xml")
    assert b"<script" not in response.content
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "BCDF", "https://evil.example/", "<svg/onload=alert(1)>"])
def test_no_other_address_becomes_an_image(browser: Client, code: str) -> None:
    assert browser.get("/device-demo-app/code.svg", {"user_code": code}).status_code == 404
