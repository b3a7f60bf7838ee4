"""Enterprises as connectors meet them: Initech by SAML."""

import pytest

from connectors.models import SsoConnector
from tenants.models import Tenant
from tests.connectors.enterprise.initech import create_saml_connector


@pytest.fixture
def initech(tenant: Tenant) -> SsoConnector:
    """A SAML connector of tenant `default`, described by hand."""
    return create_saml_connector()
