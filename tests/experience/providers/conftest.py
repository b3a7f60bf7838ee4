"""A social provider and an enterprise's, and how a browser signs in there."""

from typing import Any

import pytest

from common.actors import SYSTEM
from connectors import factories
from connectors.enterprise import provider as providers
from connectors.models import Connector, SsoConnector
from connectors.provider_sign_in import ProviderUser
from identity.models import User
from identity.services.users import create_user
from tenants.models import Tenant
from tests.experience.conftest import Browser
from tests.experience.providers.fakes import (
    CALLBACK,
    Echo,
    Orbit,
    echo_provider,
    orbit_factory,
    social_connector,
    sso_connector,
)


@pytest.fixture
def orbit(monkeypatch: pytest.MonkeyPatch) -> Orbit:
    """The social provider."""
    orbit = Orbit()
    for target in ("orbit", "google"):
        factory = orbit_factory(orbit, target=target)
        monkeypatch.setitem(factories._factories, factory.id, factory)
    return orbit


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> Echo:
    """The enterprises' identity provider."""
    echo = Echo()
    provider = echo_provider(echo)
    monkeypatch.setitem(providers._providers, provider.name, provider)
    return echo


@pytest.fixture
def connector(orbit: Orbit, tenant: Tenant) -> Connector:
    """A connector of the social provider."""
    return social_connector()


@pytest.fixture
def acme_idp(echo: Echo, tenant: Tenant, settings_of: Any) -> SsoConnector:
    """The connector of an enterprise, acme.com."""
    settings_of(singleSignOnEnabled=True)
    return sso_connector("Acme", ["acme.com"])


@pytest.fixture
def bob(tenant: Tenant) -> User:
    """Bob has all that signing up asks for."""
    return create_user(username="bob", primary_email="bob@example.com", actor=SYSTEM)


class Traveler:
    """A browser that signs in at providers."""

    def __init__(self, browser: Browser, kind: str, connector_id: str) -> None:
        self.browser, self.path = browser, f"/verification/{kind}/{connector_id}"

    def start(self, state: str = "s-1") -> str:
        """Begin, and return the verification id."""
        status, answer = self.browser.post(f"{self.path}/authorization-uri", {"state": state, "redirectUri": CALLBACK})
        assert status == 200, answer
        return str(answer["verificationId"])

    def come_back(self, verification_id: str, code: str, **data: Any) -> tuple[int, Any]:
        """Return from the provider as the account with this id."""
        body = {"verificationId": verification_id, "connectorData": {"code": code, **data}}
        return self.browser.post(f"{self.path}/verify", body)

    def prove(self, code: str) -> str:
        """Sign in at the provider and return the verification id."""
        verification_id = self.start()
        assert self.come_back(verification_id, code) == (200, {"verificationId": verification_id})
        return verification_id


@pytest.fixture
def social(browser: Browser, connector: Connector, orbit: Orbit) -> Traveler:
    """The browser, which signs in with the social provider: dana has a verified address there."""
    orbit.accounts["dana"] = ProviderUser("dana", email="dana@example.com", name="Dana", avatar="https://o.example/d")
    return Traveler(browser, "social", connector.id)


@pytest.fixture
def sso(browser: Browser, acme_idp: SsoConnector, echo: Echo) -> Traveler:
    """The browser, which signs in at acme: erin works there."""
    echo.accounts["erin"] = ProviderUser("erin", email="erin@acme.com", name="Erin")
    return Traveler(browser, "sso", acme_idp.id)
