"""The devices and people of `tests.oidc.device.fixtures`."""

from tests.oidc.device.fixtures import *  # noqa: F403
