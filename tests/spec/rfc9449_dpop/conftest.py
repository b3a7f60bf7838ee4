"""The people and applications of `tests.oidc.tokens.fixtures`, and applications that are set up for DPoP."""

from typing import Any

import pytest

from tenants.models import Tenant
from tests.applications.agents import cimd, registration, web  # noqa: F401
from tests.oidc.tokens.fixtures import *
from tests.oidc.tokens.parties import make_application
from tests.spec.rfc9449_dpop.holder import Holder

ALLOWED: dict[str, Any] = {"allowDpop": True}


@pytest.fixture
def public(tenant: Tenant) -> Holder:
    return Holder(make_application("SPA", custom_client_metadata=ALLOWED))


@pytest.fixture
def confidential(tenant: Tenant) -> Holder:
    return Holder(make_application("Traditional", custom_client_metadata=ALLOWED))


@pytest.fixture
def service(tenant: Tenant) -> Holder:
    return Holder(make_application("MachineToMachine", custom_client_metadata=ALLOWED))


@pytest.fixture
def strict(tenant: Tenant) -> Holder:
    return Holder(make_application("MachineToMachine", custom_client_metadata={"requireDpop": True}))
