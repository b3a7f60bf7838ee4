"""What anybody may read of a tenant's sign-in settings."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

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
