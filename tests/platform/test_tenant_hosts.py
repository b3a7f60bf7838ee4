"""A tenant at a loopback address, for programs on a machine that does not resolve `acme.localhost`."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from config import serve
from tenants.models import Tenant

ROOT = Path(__file__).resolve().parents[2]
DISCOVERY = "/oidc/.well-known/openid-configuration"


@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]"])
def test_the_address_is_the_tenants_and_no_longer_the_defaults(
    tenants: dict[str, Tenant], settings: Any, address: str
) -> None:
    settings.TENANT_HOSTS = {address: "acme"}
    here = f"{address}:8000"
    assert Client(HTTP_HOST=here).get(DISCOVERY).json()["issuer"] == f"http://{here}/oidc"
    settings.TENANT_HOSTS = {address: "nobody"}
    assert Client(HTTP_HOST=here).get(DISCOVERY).status_code == 404
    assert Client(HTTP_HOST="localhost:8000").get(DISCOVERY).json()["issuer"] == "http://localhost:8000/oidc"


def test_only_loopback_addresses_stand_for_a_tenant() -> None:
    """Nobody on the network reaches a tenant by an address."""
    environment = os.environ | {"TENANT_HOSTS": "acme=192.0.2.1"}
    command = [sys.executable, "-c", "import config.settings.development"]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert "TENANT_HOSTS: write tenant=127.0.0.1" in result.stderr


def test_a_name_that_is_not_resolved_is_told_with_the_line_to_add(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert "    127.0.0.1  admin.localhost\n" in serve._unresolved("admin.localhost")


def test_a_name_that_is_resolved_is_not_mentioned() -> None:
    assert serve._unresolved("localhost") == ""
