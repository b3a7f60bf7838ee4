"""The suite's client with an address that listens, and a user."""

import pytest

from identity.models import User
from tests.spec.conformance import *  # noqa: F403
from tests.spec.oidc_back_channel_logout.receiver import *  # noqa: F403
from tests.spec.oidc_back_channel_logout.receiver import Receiver
from tests.spec.relying_party import RelyingParty, register


@pytest.fixture
def party(alice: User, receiver: Receiver) -> RelyingParty:
    logout = {"backchannelLogoutUri": receiver.uri, "backchannelLogoutSessionRequired": True}
    return RelyingParty(register(oidc=logout))
