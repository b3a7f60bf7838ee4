"""An installation with custom domains, whose resolver is a DNS server of the test, and whose proxy has certificates."""

from collections.abc import Iterator
from typing import Any

import pytest

from common.http import OutboundRequestError, Response
from tenants.domains import checking, findings, lookups
from tests.management_api.conftest import *
from tests.tenants.domains.dns_server import Zone, dns_server

TARGET = "edge.gatehouse.example"


@pytest.fixture
def zone(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Zone]:
    # A busy machine answers late, which is not what these tests are about.
    monkeypatch.setattr(checking, "_WHILE_SOMEBODY_WAITS", (60.0, 60.0))
    monkeypatch.setattr(checking, "_IN_BACKGROUND", (60.0, 60.0))
    monkeypatch.setattr(lookups, "_PATIENCE", 20.0)
    with dns_server() as zone:
        settings.CUSTOM_DOMAIN_TARGET = TARGET
        settings.CUSTOM_DOMAIN_RESOLVERS = [zone.address]
        yield zone


class Edge:
    """The proxy in front: which domains answer over TLS, and which were asked."""

    def __init__(self) -> None:
        self.certificates: set[str] = set()
        self.asked: list[str] = []

    def fetch(self, method: str, url: str, **options: Any) -> Response:
        self.asked.append(url)
        if url.partition("://")[2].partition("/")[0] not in self.certificates:
            raise OutboundRequestError("the request failed: ConnectError")
        return Response(200, {}, b"")


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch) -> Edge:
    edge = Edge()
    monkeypatch.setattr(findings, "fetch", edge.fetch)
    return edge
