"""A tenant, and a web in which providers answer as recorded."""

from collections.abc import Iterator

import pytest

from connectors.oauth import calls
from tenants.context import enter_tenant
from tests.connectors.social.web import Web


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """Providers that answer as the test says, for a tenant; no connector needs a database."""
    web = Web()
    monkeypatch.setattr(calls, "fetch", web.fetch)
    with enter_tenant("default"):
        yield web
