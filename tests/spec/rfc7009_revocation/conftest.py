"""The people and applications of `tests.oidc.tokens.fixtures`."""

from tests.oidc.tokens.fixtures import *  # noqa: F403
