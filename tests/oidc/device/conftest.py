"""The devices and people of `tests.oidc.device.fixtures`."""

from tests.oidc.device.fixtures import alice, application, bob, documents, mallory, person, tv  # noqa: F401
