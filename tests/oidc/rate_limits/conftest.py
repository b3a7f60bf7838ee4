"""The people, applications and devices of the provider's other tests."""

from tests.applications.agents import registration  # noqa: F401
from tests.oidc.authorization.fixtures import *
from tests.oidc.device.fixtures import *
