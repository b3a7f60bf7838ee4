"""The people of the provider's other tests."""

from tests.oidc.authorization.fixtures import *  # noqa: F403
