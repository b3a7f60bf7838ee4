"""The user of the conformance suites: every standard claim is known of her."""

import pytest

from identity.models import User
from tenants.models import Tenant
from tests.spec.relying_party import RelyingParty, make_person, register


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return make_person()


@pytest.fixture
def party(alice: User) -> RelyingParty:
    """The suite's client."""
    return RelyingParty(register())
