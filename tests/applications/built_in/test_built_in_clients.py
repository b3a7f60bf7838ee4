"""Every tenant's own clients work through the whole provider, without anybody having registered them."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from django.test import Client

from applications.clients import find_client
from applications.models import Application
from applications.selectors import list_applications
from applications.services.built_in_applications import ensure_built_in_applications
from common.actors import SYSTEM
from identity.models import User
from oidc.models import Grant, RefreshToken
from organizations.services.members import add_members
from organizations.services.organizations import create_organization
from tenants.context import all_tenants_scope, enter_tenant
from tenants.models import Domain, Tenant
from tenants.services.tenants import create_tenant, delete_tenant
from tests.oidc.authorization.browsing import VERIFIER, Browser, answer_of
from tests.oidc.device.devices import Device, Person

pytestmark = pytest.mark.django_db

SCOPE = "openid profile offline_access urn:logto:scope:organizations"
ORGANIZATIONS = "urn:logto:resource:organizations"


def sign_in(browser: Browser, user: User, **changes: Any) -> dict[str, Any]:
    """Sign in at the demo, and return its tokens."""
    redirect_uri = f"{browser.origin}/demo-app"
    changes = {"scope": SCOPE, "resource": ORGANIZATIONS, "prompt": "login consent", **changes}
    answer = browser.signed_in("demo-app", user, redirect_uri=redirect_uri, **changes)
    assert answer["Location"].startswith(f"{redirect_uri}?"), answer
    body = {
        "grant_type": "authorization_code",
        "client_id": "demo-app",
        "code": answer_of(answer)["code"],
        "redirect_uri": redirect_uri,
        "code_verifier": VERIFIER,
    }
    tokens = browser.client.post("/oidc/token", body, secure=browser.secure)
    assert tokens.status_code == 200, tokens.content
    return dict(tokens.json())


def refresh(browser: Browser, tokens: dict[str, Any], **parameters: str) -> Any:
    body = {"grant_type": "refresh_token", "client_id": "demo-app", "refresh_token": tokens["refresh_token"]}
    return browser.client.post("/oidc/token", {**body, **parameters}, headers={"origin": browser.origin})


def test_a_code_is_exchanged_for_tokens_without_a_consent_page(browser: Browser, alice: User) -> None:
    tokens = sign_in(browser, alice)
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert (claims["aud"], claims["sub"], claims["iss"]) == ("demo-app", alice.id, "http://localhost:8000/oidc")
    user = browser.client.get("/oidc/me", headers={"authorization": f"Bearer {tokens['access_token']}"})
    assert user.json()["name"] == "Alice Archer"


def test_an_organization_token(browser: Browser, alice: User) -> None:
    organization = create_organization(name="Wayne", actor=SYSTEM)
    add_members(organization, user_ids=[alice.id], actor=SYSTEM)
    answer = refresh(browser, sign_in(browser, alice), organization_id=organization.id)
    assert answer.status_code == 200, answer.content
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert claims["aud"] == f"urn:logto:organization:{organization.id}"
    assert claims["client_id"] == "demo-app"


def test_tokens_are_rotated_introspected_and_revoked(browser: Browser, alice: User) -> None:
    first = sign_in(browser, alice)
    second = refresh(browser, first).json()
    assert second["refresh_token"] != first["refresh_token"]

    def is_active() -> bool:
        body = {"client_id": "demo-app", "token": second["access_token"]}
        return bool(browser.client.post("/oidc/token/introspection", body).json()["active"])

    assert is_active()
    body = {"client_id": "demo-app", "token": second["refresh_token"]}
    assert browser.client.post("/oidc/token/revocation", body).status_code == 200
    assert not is_active()


def test_signing_out_leads_back_to_the_page(browser: Browser, alice: User) -> None:
    sign_in(browser, alice)
    page = f"{browser.origin}/demo-app"
    query = {"client_id": "demo-app", "post_logout_redirect_uri": page}
    assert browser.client.get("/oidc/session/end", query).status_code == 200
    query["post_logout_redirect_uri"] = "https://evil.example/demo-app"
    assert browser.client.get("/oidc/session/end", query).status_code == 400


@pytest.mark.parametrize(
    "redirect_uri",
    ["https://evil.example/demo-app", "http://acme.localhost:8000/demo-app", "http://localhost:8000/device-demo-app"],
)
def test_no_other_address_gets_an_answer(browser: Browser, redirect_uri: str) -> None:
    answer = browser.authorize("demo-app", redirect_uri=redirect_uri)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")


def test_a_proof_key_is_required(browser: Browser) -> None:
    answer = browser.authorize(
        "demo-app", redirect_uri=f"{browser.origin}/demo-app", code_challenge=None, code_challenge_method=None
    )
    assert dict(parse_qsl(urlsplit(answer["Location"]).query))["error"] == "invalid_request"


def test_the_pages_of_custom_domains_are_its_own_as_they_come_and_go(tenants: dict[str, Tenant]) -> None:
    page = "https://login.acme.example/demo-app"
    with enter_tenant("acme"):
        before = find_client("demo-app")
        domain = Domain.objects.create(domain="login.acme.example", status=Domain.Status.ACTIVE)
        with_domain = find_client("demo-app")
        domain.delete()
        after = find_client("demo-app")
    assert before is not None
    assert before.redirect_uris == ("http://acme.localhost:8000/demo-app",)
    assert with_domain is not None
    assert page in with_domain.redirect_uris
    assert page in with_domain.post_logout_redirect_uris
    assert after == before


def test_a_device_is_connected(tenant: Tenant, alice: User) -> None:
    device, person = Device(Application(id="device-demo-app")), Person()
    device.start(scope=SCOPE)
    person.arrive(device.user_code, alice).allow(device.user_code)
    tokens = device.collect()
    assert jwt.decode(tokens["id_token"], options={"verify_signature": False})["sub"] == alice.id
    query = {"client_id": "device-demo-app", "post_logout_redirect_uri": "http://localhost:8000/device-demo-app"}
    assert person.client.get("/oidc/session/end", query).status_code == 200


def test_the_device_client_has_no_other_grant(browser: Browser) -> None:
    answer = browser.authorize("device-demo-app", redirect_uri=f"{browser.origin}/device-demo-app")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")


def test_a_tenants_tokens_are_nothing_at_another(browser: Browser, alice: User, mallory: User) -> None:
    theirs, ours = sign_in(Browser("acme"), mallory), sign_in(browser, alice)
    assert refresh(browser, theirs).status_code == 400
    assert refresh(browser, ours).status_code == 200
    body = {"client_id": "demo-app", "token": ours["access_token"]}
    assert Client(HTTP_HOST="acme.localhost:8000").post("/oidc/token/introspection", body).json() == {"active": False}


def test_access_control_cannot_close_it(browser: Browser, bob: User) -> None:
    Application.with_hidden.filter(id="demo-app").update(app_level_access_control_enabled=True, is_third_party=True)
    assert sign_in(browser, bob)["token_type"] == "Bearer"


def test_they_are_in_no_list(tenant: Tenant) -> None:
    assert Application.with_hidden.count() == 2
    assert not list_applications().exists()
    assert not Application.objects.exists()


def test_two_tenants_are_deleted_apart(
    browser: Browser, alice: User, mallory: User, tenants: dict[str, Tenant]
) -> None:
    tokens = sign_in(browser, alice)
    sign_in(Browser("acme"), mallory)
    delete_tenant(tenants["acme"], actor=SYSTEM)
    assert refresh(browser, tokens).status_code == 200
    with all_tenants_scope():
        assert set(RefreshToken.all_tenants.values_list("tenant_id", flat=True)) == {"default"}
        assert set(Grant.all_tenants.values_list("tenant_id", flat=True)) == {"default"}
        assert set(Application.all_tenants.values_list("tenant_id", flat=True)) == {"admin", "default"}


def test_a_tenant_older_than_them_gets_them_with_the_next_migrate(tenant: Tenant, browser: Browser) -> None:
    Application.with_hidden.all().delete()
    assert find_client("demo-app") is None
    ensure_built_in_applications()
    ensure_built_in_applications()
    assert find_client("demo-app") is not None
    assert Application.with_hidden.count() == 2


def test_a_tenant_may_be_created_again_under_its_name(tenants: dict[str, Tenant]) -> None:
    delete_tenant(tenants["acme"], actor=SYSTEM)
    create_tenant("acme", name="Acme")
    with enter_tenant("acme"):
        assert find_client("demo-app") is not None
