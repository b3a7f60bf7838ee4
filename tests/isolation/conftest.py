"""Tenant `default`, tenant `acme`, and a row of every model in each."""

import pytest

from tenants.models import Tenant
from tests.isolation.rows import Rows


@pytest.fixture
def ours(tenants: dict[str, Tenant]) -> Rows:
    """Rows of tenant `default`."""
    return Rows("default")


@pytest.fixture
def theirs(tenants: dict[str, Tenant]) -> Rows:
    """Rows of tenant `acme`."""
    return Rows("acme")
