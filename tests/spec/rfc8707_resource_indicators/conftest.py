"""The people and applications of `tests.oidc.tokens.fixtures`, and a browser."""

from tests.oidc.authorization.fixtures import *  # noqa: F403
from tests.oidc.tokens.fixtures import *  # noqa: F403
