"""The people and applications of `tests.oidc.authorization.fixtures`, and alice's API."""

from tests.oidc.authorization.fixtures import *  # noqa: F403
