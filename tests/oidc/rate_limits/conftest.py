"""The people, applications and devices of the provider's other tests."""

from tests.applications.agents import registration  # noqa: F401
from tests.oidc.authorization.fixtures import *  # noqa: F403
from tests.oidc.device.fixtures import *  # noqa: F403
