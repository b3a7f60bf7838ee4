"""The suites' clients, and a user of whom every standard claim is known."""

import pytest

from identity.models import User
from tests.oidc.tokens.proofs import Key
from tests.spec.conformance import *
from tests.spec.conformance_fapi2_security_profile.party import FapiParty, register_fapi


@pytest.fixture
def bank(alice: User) -> FapiParty:
    """The client of the FAPI plans."""
    key = Key("client")
    return FapiParty(register_fapi(key), key=key)
