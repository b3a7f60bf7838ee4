"""The suite's client with an address that listens, and a user."""

import pytest

from identity.models import User
from tests.spec.conformance import *
from tests.spec.oidc_back_channel_logout.receiver import *
from tests.spec.oidc_back_channel_logout.receiver import Receiver
from tests.spec.relying_party import RelyingParty, register


@pytest.fixture  # type: ignore[no-redef]  # this suite's client in place of the others'
def party(alice: User, receiver: Receiver) -> RelyingParty:
    logout = {"backchannelLogoutUri": receiver.uri, "backchannelLogoutSessionRequired": True}
    return RelyingParty(register(oidc=logout))
