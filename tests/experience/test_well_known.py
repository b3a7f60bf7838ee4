"""What anybody may read of a tenant's sign-in settings."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tenants import rate_limits
from tenants.models import Tenant

Change = Callable[..., None]


@pytest.mark.parametrize("path", ["/api/.well-known/sign-in-exp", "/api/.well-known/experience"])
def test_is_public_and_keeps_policies_to_itself(client: Client, settings_of: Change, path: str) -> None:
    settings_of(emailBlocklistPolicy={"customBlocklist": ["@evil.example"]})
    answer = client.get(f"{path}?appId=x&organizationId=y")
    body: dict[str, Any] = answer.json()
    assert answer.status_code == 200
    assert (body["tenantId"], body["id"]) == ("default", "default")
    assert not {"emailBlocklistPolicy", "forgotPasswordMethods", "trustedDevice"} & set(body)
    assert body["signIn"]["methods"][0]["identifier"] == "username"
    assert body["socialConnectors"] == body["ssoConnectors"] == body["customProfileFields"] == []
    assert body["forgotPassword"] == {"phone": False, "email": False}
    assert body["isDevelopmentTenant"] is False


def test_forgotten_passwords_need_method_and_connector(client: Client, connectors: None, settings_of: Change) -> None:
    settings_of(forgotPasswordMethods=["EmailVerificationCode"])
    assert client.get("/api/.well-known/sign-in-exp").json()["forgotPassword"] == {"phone": False, "email": True}
    settings_of(forgotPasswordMethods=None)
    assert client.get("/api/.well-known/sign-in-exp").json()["forgotPassword"] == {"phone": True, "email": True}


def test_tenants_show_their_own(client: Client, acme_client: Client, settings_of: Change) -> None:
    settings_of(signInMode="SignIn")
    assert client.get("/api/.well-known/sign-in-exp").json()["signInMode"] == "SignIn"
    assert acme_client.get("/api/.well-known/sign-in-exp").json()["signInMode"] == "SignInAndRegister"


def test_tenant_admin_says_where_tenants_are(client: Client, tenants: dict[str, Tenant]) -> None:
    path = "/api/.well-known/endpoints"
    admin = Client(HTTP_HOST="admin.localhost:8000")
    assert admin.get(f"{path}/acme").json() == {"user": "http://acme.localhost:8000"}
    assert admin.get(f"{path}/default").json() == {"user": "http://localhost:8000"}
    assert admin.get(f"{path}/nobody").status_code == 200
    assert admin.get(f"{path}/No_Tenant").status_code == 400
    assert client.get(f"{path}/acme").status_code == 404


def test_an_address_is_refused_beyond_its_limit(client: Client, tenant: Tenant, settings: Any) -> None:
    """One address could read the Experience API as often as it liked: only what is written was counted."""
    settings.EXPERIENCE_LIMIT_PER_ADDRESS = "2/year"
    rate_limits.forget()
    try:
        answers = [
            client.get("/api/.well-known/sign-in-exp"),
            client.get("/api/experience/interaction"),
            client.get("/api/experience/interaction"),
            client.get("/api/.well-known/experience"),
        ]
        assert [answer.status_code for answer in answers] == [200, 400, 429, 429]
        assert answers[2].json()["code"] == answers[3].json()["code"] == "request.rate_limited"
        assert int(answers[2].headers["Retry-After"]) > 0
        assert client.get("/api/.well-known/phrases").json()["code"] == "request.rate_limited"
        elsewhere = client.get("/api/.well-known/experience", REMOTE_ADDR="192.0.2.9")
        assert elsewhere.status_code == 200
        admin = Client(HTTP_HOST="admin.localhost:8000")
        told = [admin.get("/api/.well-known/endpoints/acme").status_code for _ in range(3)]
        assert told == [200, 200, 429]
    finally:
        rate_limits.forget()
