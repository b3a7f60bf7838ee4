"""Developers of tenant `admin` at work in the console, and a tenant full of things to look at."""

from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from console import sign_in
from console.bootstrap import BootstrapOptions, bootstrap
from console.session import BACKEND, PROVIDER_SESSION
from console.tenancy import ConsoleRole, grant_tenant_access
from identity.models import User
from identity.services.users import create_user
from oidc.sessions.sessions import start_session
from tenants.context import enter_tenant
from tenants.services.tenants import create_tenant
from tests.snapshots import Snapshot

HOST = "admin.localhost:8000"
PASSWORD = "correct horse battery"


_INSTALLATION = Snapshot("installation")


def _install() -> dict[str, Any]:
    result = bootstrap(BootstrapOptions("admin", PASSWORD, None, None, None))
    create_tenant("acme", name="Acme")
    return result


@pytest.fixture
def installation(db: Any, settings: Any, tmp_path: Any) -> dict[str, Any]:
    """A bootstrapped installation with the further tenant `acme`."""
    settings.DATA_DIR = tmp_path
    return _INSTALLATION.restore_or_make(_install)


def developer(username: str, **roles: ConsoleRole) -> User:
    """A developer with roles by tenant."""
    with enter_tenant("admin"):
        user = create_user(username=username, password=PASSWORD, name=username.title(), actor=SYSTEM)
    for tenant_id, role in roles.items():
        grant_tenant_access(user.id, tenant_id=tenant_id, role=role)
    return user


def browser_of(user: User, *, csrf: bool = False) -> Client:
    """A browser in which the developer is signed in to the console."""
    client = Client(HTTP_HOST=HOST, enforce_csrf_checks=csrf)
    client.force_login(user, backend=BACKEND)
    with enter_tenant(user.tenant_id):
        provider_session, _cookie = start_session(user, client_id=sign_in.CLIENT_ID, submission={}, replacing=None)
    session = client.session
    session[PROVIDER_SESSION] = provider_session.id
    session.save()
    return client


@pytest.fixture
def carol(installation: dict[str, Any]) -> User:
    """Admin of tenant `default`, without access to `acme`."""
    return developer("carol", default=ConsoleRole.ADMIN)


@pytest.fixture
def dave(installation: dict[str, Any]) -> User:
    """Collaborator of tenants `default` and `admin`."""
    return developer("dave", default=ConsoleRole.COLLABORATOR, admin=ConsoleRole.COLLABORATOR)


@pytest.fixture
def console(carol: User) -> Client:
    return browser_of(carol)
