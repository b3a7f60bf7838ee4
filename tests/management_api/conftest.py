"""Callers of the Management API: a backend with a token that grants `all`, and the people they look after."""

import time
from typing import Any

import pytest
from django.test import Client

from access.management import management_api_indicator
from access.models import Role
from applications.models import Application
from applications.services.applications import create_application
from applications.services.roles import assign_application_roles
from common.actors import SYSTEM
from oidc.keys.signing import sign_jwt
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.oidc.authorization.fixtures import *

ORIGINS = {
    "admin": "http://admin.localhost:8000",
    "default": "http://localhost:8000",
    "acme": "http://acme.localhost:8000",
}


def access_token(subject: str, *, tenant_id: str = "default", **claims: Any) -> str:
    """Return a signed access token for the tenant's Management API; `claims` overrides or, with `None`, removes."""
    moment = int(time.time())
    payload = {
        "iss": f"{ORIGINS[tenant_id]}/oidc",
        "sub": subject,
        "client_id": subject,
        "aud": management_api_indicator(tenant_id),
        "scope": "all",
        "iat": moment,
        "exp": moment + 3600,
        "jti": "test",
    }
    merged = {name: value for name, value in {**payload, **claims}.items() if value is not None}
    with enter_tenant(tenant_id):
        return sign_jwt(merged, typ="at+jwt")


def api_client(application: Application, tenant_id: str = "default", **claims: Any) -> Client:
    """Return a client that sends the application's token."""
    token = access_token(application.id, tenant_id=tenant_id, **claims)
    host = ORIGINS[tenant_id].removeprefix("http://")
    return Client(HTTP_HOST=host, headers={"authorization": f"Bearer {token}"})


def make_backend() -> Application:
    """Return a machine-to-machine application of the current tenant that may use its Management API."""
    backend = create_application(name="Backend", type="MachineToMachine", actor=SYSTEM)
    role = Role.objects.get(name="Logto Management API access")
    assign_application_roles(backend, role_ids=[role.id], actor=SYSTEM)
    return backend


@pytest.fixture
def backend(tenant: Tenant) -> Application:
    """Carol's backend, with access to the Management API."""
    return make_backend()


@pytest.fixture
def api(backend: Application) -> Client:
    """The Management API of tenant `default`, called by carol's backend."""
    return api_client(backend)


@pytest.fixture
def acme_api(tenants: dict[str, Tenant]) -> Client:
    """The Management API of tenant `acme`, called by mallory's backend."""
    with enter_tenant("acme"):
        return api_client(make_backend(), "acme")
