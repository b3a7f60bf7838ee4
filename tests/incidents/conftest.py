"""The people and applications of `tests.oidc.tokens.fixtures`, agents, and what can be sent."""

from tests.applications.agents import agent, cimd, registration, web  # noqa: F401
from tests.experience.conftest import connectors, every_method, outbox, settings_of  # noqa: F401
from tests.oidc.tokens.fixtures import *  # noqa: F403
