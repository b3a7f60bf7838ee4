"""The people and applications of `tests.oidc.tokens.fixtures`, and scripts with little time."""

from dataclasses import replace

import pytest
from django.test import Client

from common.sandbox.limits import LIMITS
from oidc.custom_claims import runner
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.oidc.tokens.fixtures import *
from tests.oidc.tokens.parties import Party, make_application


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scripts get a tenth of a second."""
    monkeypatch.setattr(runner, "LIMITS", replace(LIMITS, cpu=0.1, wall=2.0))


@pytest.fixture
def acme_machine(tenants: dict[str, Tenant]) -> Party:
    """Mallory's machine, at tenant `acme`."""
    with enter_tenant("acme"):
        application = make_application("MachineToMachine")
    return Party(application, Client(HTTP_HOST="acme.localhost:8000"))
