"""Agents, and the people and APIs of `tests.oidc.tokens.fixtures`."""

from tests.applications.agents import cimd, registration, web  # noqa: F401
from tests.oidc.tokens.fixtures import *  # noqa: F403
