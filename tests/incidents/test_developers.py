"""Tokens of tenant `admin` at the Management API of a tenant, and who may still use one."""

import pytest
from django.test import Client

from access.management import management_api_indicator
from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from identity.models import User
from identity.services.users import create_user, delete_user, set_user_suspended
from organizations.models import Organization
from organizations.services.members import add_members, remove_member
from tenants.context import enter_tenant
from tenants.developers import organization_id_of
from tenants.models import Tenant
from tests.management_api.conftest import ORIGINS, access_token, make_backend


@pytest.fixture
def console(tenants: dict[str, Tenant]) -> Application:
    with enter_tenant("admin"):
        return create_application(name="Console", type="SPA", actor=SYSTEM)


@pytest.fixture
def carol(console: Application) -> User:
    """A developer of tenant `default`, and of no other."""
    with enter_tenant("admin"):
        user = create_user(username="carol", actor=SYSTEM)
        for tenant_id in ("default", "acme"):
            Organization.objects.get_or_create(id=organization_id_of(tenant_id), defaults={"name": tenant_id})
        add_members(Organization.objects.get(id=organization_id_of("default")), user_ids=[user.id], actor=SYSTEM)
    return user


def status_at(tenant_id: str, subject: str, client_id: str, *, issued_by: str = "admin", **claims: str) -> int:
    """What the tenant's Management API answers to a token that was signed for it."""
    audience = management_api_indicator(tenant_id)
    token = access_token(subject, tenant_id=issued_by, client_id=client_id, aud=audience, **claims)
    host = ORIGINS[tenant_id].removeprefix("http://")
    return Client(HTTP_HOST=host, headers={"authorization": f"Bearer {token}"}).get("/api/roles").status_code


def test_a_developer_of_one_tenant_at_another(carol: User, console: Application) -> None:
    """A permission given by a role says nothing about the tenant: membership does, whatever the token grants."""
    assert status_at("default", carol.id, console.id) == 200
    assert status_at("acme", carol.id, console.id) == 401


def test_a_developer_who_has_left(carol: User, console: Application) -> None:
    with enter_tenant("admin"):
        organization = Organization.objects.get(id=organization_id_of("default"))
        remove_member(organization, user_id=carol.id, actor=SYSTEM)
    assert status_at("default", carol.id, console.id) == 401


def test_a_suspended_developer(carol: User, console: Application) -> None:
    with enter_tenant("admin"):
        set_user_suspended(carol, suspended=True, actor=SYSTEM)
    assert status_at("default", carol.id, console.id) == 401


def test_a_deleted_developer(carol: User, console: Application) -> None:
    subject = carol.id
    with enter_tenant("admin"):
        delete_user(carol, actor=SYSTEM)
    assert status_at("default", subject, console.id) == 401


def test_suspended_and_deleted_users_of_the_tenant_itself(tenant: Tenant) -> None:
    backend = make_backend()
    alice, bob = (create_user(username=name, actor=SYSTEM) for name in ("alice", "bob"))
    assert status_at("default", alice.id, backend.id, issued_by="default") == 200
    set_user_suspended(alice, suspended=True, actor=SYSTEM)
    assert status_at("default", alice.id, backend.id, issued_by="default") == 401
    subject = bob.id
    delete_user(bob, actor=SYSTEM)
    assert status_at("default", subject, backend.id, issued_by="default") == 401


@pytest.mark.parametrize("issued_by", ["acme", "default"])
def test_only_tenant_admin_speaks_for_others(tenants: dict[str, Tenant], issued_by: str) -> None:
    """A tenant may name its own API resources as it likes, another tenant's Management API included."""
    with enter_tenant(issued_by):
        backend = make_backend()
    for tenant_id in {"acme", "default", "admin"} - {issued_by}:
        for issuer in (f"{ORIGINS[issued_by]}/oidc", f"{ORIGINS[tenant_id]}/oidc", f"{ORIGINS['admin']}/oidc"):
            assert status_at(tenant_id, backend.id, backend.id, issued_by=issued_by, iss=issuer) == 401
