"""A SAML application of tenant `default`, with its service provider."""

import pytest

from tenants.models import Tenant
from tests.oidc.authorization.fixtures import *
from tests.saml.parties import ServiceProvider, make_saml_application


@pytest.fixture
def wiki(tenant: Tenant) -> ServiceProvider:
    return ServiceProvider(make_saml_application().application)
