"""Signing up and in with an account of somebody else's OpenID provider, which runs: every part of it is real."""

from collections.abc import Callable
from typing import Any

import pytest

from applications.models import Application
from common.actors import SYSTEM
from connectors.oauth.discovery import forget_published
from connectors.services.connectors import create_connector
from identity.models import User
from tenants.models import Tenant
from tests.counterparts.openid_provider import OpenIdProvider, sign_in_at_provider
from tests.experience.conftest import Browser
from tests.experience.providers.fakes import CALLBACK


class Visitor:
    """A browser that goes to the provider and comes back."""

    def __init__(self, browser: Browser, provider: OpenIdProvider) -> None:
        forget_published()
        self.browser = browser
        connector = create_connector(
            factory_id="oidc",
            config=provider.oidc_config,
            metadata={"target": "partner", "name": {"en": "Partner"}},
            actor=SYSTEM,
        )
        self.path = f"/verification/social/{connector.id}"

    def begin(self) -> tuple[str, str]:
        """Return where the browser signs in, and the verification's id."""
        status, answer = self.browser.post(f"{self.path}/authorization-uri", {"state": "s-1", "redirectUri": CALLBACK})
        assert status == 200, answer
        return answer["authorizationUri"], answer["verificationId"]

    def come_back(self, verification_id: str, data: dict[str, Any]) -> tuple[int, Any]:
        body = {"verificationId": verification_id, "connectorData": {**data, "redirectUri": CALLBACK}}
        return self.browser.post(f"{self.path}/verify", body)

    def prove(self, login: str) -> str:
        """Sign in at the provider and return the verification's id."""
        url, verification_id = self.begin()
        data = sign_in_at_provider(url, callback=CALLBACK, login=login)
        assert self.come_back(verification_id, data) == (200, {"verificationId": verification_id})
        return verification_id


@pytest.fixture
def visitor(
    browser: Browser, tenant: Tenant, run_openid_provider: Callable[..., OpenIdProvider], settings_of: Any
) -> Visitor:
    settings_of(signUp={"identifiers": [], "password": False, "verify": False})
    return Visitor(browser, run_openid_provider(redirect_uris=[CALLBACK]))


def test_a_user_signs_up_and_in_again(browser: Browser, visitor: Visitor, application: Application) -> None:
    browser.start("Register")
    assert browser.identify(visitor.prove("dana"))[0] == 201
    browser.finish(browser.submit())
    dana = User.objects.get()
    assert (dana.primary_email, dana.name) == ("dana@idp.example", "Dana Delgado")
    assert dana.identities["partner"]["userId"] == "dana"
    browser.open(application)
    browser.start()
    assert browser.identify(visitor.prove("dana")) == (204, None)
    assert browser.finish(browser.submit()).startswith("https://app.example.com/callback?code=")
    assert User.objects.count() == 1


def test_an_address_that_the_provider_has_not_verified_is_not_taken_over(browser: Browser, visitor: Visitor) -> None:
    browser.start("Register")
    assert browser.identify(visitor.prove("erin"))[0] == 201
    browser.finish(browser.submit())
    erin = User.objects.get()
    assert erin.primary_email is None
    assert erin.identities["partner"]["details"]["rawData"]["email"] == "erin@idp.example"


def test_a_code_that_was_stolen_from_another_browser_signs_nobody_in(browser: Browser, visitor: Visitor) -> None:
    """Both know the state and come back with the same code: only the browser that asked for it has the verifier."""
    browser.start("Register")
    stolen = sign_in_at_provider(visitor.begin()[0], callback=CALLBACK, login="dana")
    status, answer = visitor.come_back(visitor.begin()[1], stolen)
    assert (status, answer["code"]) == (401, "connector.social_auth_code_invalid")
    assert not User.objects.exists()


def test_a_user_who_refuses_is_told_so(browser: Browser, visitor: Visitor) -> None:
    browser.start("Register")
    data = {"state": "s-1", "error": "access_denied", "error_description": "End-User aborted interaction"}
    status, answer = visitor.come_back(visitor.begin()[1], data)
    assert (status, answer["code"]) == (401, "connector.authorization_failed")
    assert answer["data"] == {"error": "access_denied", "errorDescription": "End-User aborted interaction"}
