"""The people, applications and devices of the provider's other tests."""

from tests.oidc.authorization.people import alice, browser, make_application, spa, web  # noqa: F401
from tests.oidc.device.fixtures import application, tv  # noqa: F401
