"""Enterprises as connectors meet them: Initech by SAML, and what this process has fetched forgotten."""

from collections.abc import Iterator

import pytest

from connectors.enterprise.saml.identity_provider import forget_fetched_metadata
from connectors.models import SsoConnector
from connectors.oauth.discovery import forget_published
from tenants.models import Tenant
from tests.connectors.enterprise.initech import create_saml_connector


@pytest.fixture(autouse=True)
def _nothing_fetched() -> Iterator[None]:
    forget_published()
    forget_fetched_metadata()
    yield
    forget_published()
    forget_fetched_metadata()


@pytest.fixture
def initech(tenant: Tenant) -> SsoConnector:
    """A SAML connector of tenant `default`, described by hand."""
    return create_saml_connector()
