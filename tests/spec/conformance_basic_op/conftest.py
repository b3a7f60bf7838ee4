"""The suite's client, and a user of whom every standard claim is known."""

import pytest

from identity.models import User
from tenants.models import Tenant
from tests.spec.relying_party import RelyingParty, make_person, register


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return make_person()


@pytest.fixture
def party(alice: User) -> RelyingParty:
    return RelyingParty(register())
