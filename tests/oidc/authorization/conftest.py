"""The people and applications of `tests.oidc.authorization.fixtures`."""

from tests.oidc.authorization.fixtures import *  # noqa: F403
