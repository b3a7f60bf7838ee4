"""The people and applications of `tests.oidc.tokens.fixtures`, and a browser."""

from tests.oidc.authorization.fixtures import *
from tests.oidc.tokens.fixtures import *
