"""Mail servers as connectors meet them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.certificates import write_certificate
from tests.connectors.provider import Provider, lead_here, run_provider
from tests.mail_server import MailServer, run_mail_server


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A plain one: no TLS, no password, addresses of any letters."""
    with run_mail_server() as server:
        yield server


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for `localhost` with its key."""
    return write_certificate(tmp_path / "server.pem")


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """The HTTP API of whichever provider is called."""
    with run_provider() as running:
        lead_here(running, monkeypatch, "connectors.kinds.provider_http")
        yield running
