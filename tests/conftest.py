"""Fixtures shared by every room's tests: tenants, and browsers at them; the people are in `tests.people`."""

import functools
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tenants import configuration, keys
from tenants.context import current_tenant_id, enter_tenant
from tenants.models import Tenant
from tenants.services.tenants import create_tenant
from tests import emptying, wire
from tests.forgetting import forget_everything
from tests.snapshots import Snapshot

wire.install()
emptying.install()

pytest_plugins = [
    "tests.people",
    "tests.recorded",
    "tests.chromium",
    "tests.speed",
    "tests.openapi.agreement",
    "tests.counterparts.openid_provider",
    "tests.counterparts.saml_provider",
]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """No test sees what another left in its process."""
    forget_everything()
    yield
    configuration.forget()


_generate_first_key = keys.generate_first_key


@functools.cache
def _first_rsa_key(tenant_id: str) -> keys.PrivateKey:
    return _generate_first_key("RS256")


@pytest.fixture(autouse=True)
def _first_rsa_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenant is born with the same RSA key in every test: making one takes longer than most tests."""

    def generate(algorithm: str) -> keys.PrivateKey:
        return _first_rsa_key(current_tenant_id()) if algorithm == "RS256" else _generate_first_key(algorithm)

    monkeypatch.setattr(keys, "generate_first_key", generate)


_TENANTS = Snapshot("tenants")


def _make_tenants() -> dict[str, Tenant]:
    return {name: create_tenant(name, name=name.title()) for name in ("admin", "default", "acme")}


@pytest.fixture
def tenants(db: Any) -> dict[str, Tenant]:
    """The tenants `admin` and `default`, and `acme`, where mallory lives."""
    return _TENANTS.restore_or_make(_make_tenants)


@pytest.fixture
def tenant(tenants: dict[str, Tenant]) -> Iterator[Tenant]:
    """Tenant `default`, current for the whole test."""
    with enter_tenant("default"):
        yield tenants["default"]


@pytest.fixture
def client() -> Client:
    """A browser at tenant `default`."""
    return Client(HTTP_HOST="localhost:8000")


@pytest.fixture
def acme_client() -> Client:
    """A browser at tenant `acme`."""
    return Client(HTTP_HOST="acme.localhost:8000")
