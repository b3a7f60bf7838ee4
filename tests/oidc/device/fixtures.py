"""A television and people; mallory lives in tenant `acme`."""

import pytest

from applications.models import Application
from tenants.models import Tenant
from tests.oidc.authorization.fixtures import documents  # noqa: F401
from tests.oidc.device.devices import Device, Person, make_device_application


@pytest.fixture
def application(tenant: Tenant) -> Application:
    return make_device_application()


@pytest.fixture
def tv(application: Application) -> Device:
    return Device(application).start()


@pytest.fixture
def person(tenant: Tenant) -> Person:
    return Person()
