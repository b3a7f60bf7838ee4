"""The suite's two clients, and a user."""

import pytest

from identity.models import User
from tests.oidc.tokens.proofs import Key
from tests.spec.conformance import *
from tests.spec.conformance_fapi2_security_profile.party import FapiParty, register_fapi


@pytest.fixture  # type: ignore[no-redef]  # this suite's client in place of the others'
def party(alice: User) -> FapiParty:
    key = Key("client")
    return FapiParty(register_fapi(key), key=key)


@pytest.fixture
def second(alice: User) -> FapiParty:
    key = Key("second client", "PS256")
    return FapiParty(register_fapi(key, name="Second"), key=key, dpop_key=Key("second dpop", "PS256"))
