"""The people of the provider's other tests."""

from tests.oidc.authorization.people import alice, bob, browser, mallory  # noqa: F401
