"""`suspend_tenant` and `delete_tenant`: what can be done to a tenant from the command line."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from common.actors import SYSTEM
from console.management.commands import delete_tenant as command
from console.tenancy import ensure_tenant_organization
from events.models import AuditLog
from organizations.models import Organization
from tenants.context import enter_tenant
from tenants.developers import organization_id_of
from tenants.models import Tenant
from tenants.services.tenants import delete_tenant, set_tenant_suspended

pytestmark = pytest.mark.django_db(transaction=True)


def run(name: str, *arguments: str) -> str:
    output = StringIO()
    call_command(name, *arguments, stdout=output)
    return output.getvalue()


def test_a_tenant_is_suspended_and_resumed(tenants: dict[str, Tenant]) -> None:
    acme = Client(HTTP_HOST="acme.localhost:8000")
    discovery = "/oidc/.well-known/openid-configuration"
    assert acme.get(discovery).status_code == 200
    assert run("suspend_tenant", "acme") == "Acme was suspended\n"
    assert acme.get(discovery).status_code == 404
    assert run("suspend_tenant", "acme", "--resume") == "Acme was resumed\n"
    assert acme.get(discovery).status_code == 200
    with enter_tenant("acme"):
        entries = AuditLog.objects.filter(key="Tenant.SuspensionStatus.Updated")
        assert [entry.payload["after"] for entry in entries.order_by("created_at")] == [
            {"isSuspended": True},
            {"isSuspended": False},
        ]


def test_a_tenant_is_deleted_with_what_stands_for_it(tenants: dict[str, Tenant], monkeypatch: Any) -> None:
    ensure_tenant_organization(tenants["acme"])
    monkeypatch.setattr(command, "input", lambda prompt: "something else", raising=False)
    with pytest.raises(CommandError, match="nothing was deleted"):
        run("delete_tenant", "acme")
    monkeypatch.setattr(command, "input", lambda prompt: "acme", raising=False)
    assert run("delete_tenant", "acme") == "Acme was deleted\n"
    assert not Tenant.objects.filter(id="acme").exists()
    with enter_tenant("admin"):
        assert not Organization.objects.filter(id=organization_id_of("acme")).exists()
        entry = AuditLog.objects.get(key="Tenant.Deleted")
        assert entry.payload["subject"] == {"type": "Tenant", "id": "acme", "name": "Acme"}
    assert Client(HTTP_HOST="acme.localhost:8000").get("/sign-in").status_code == 404


@pytest.mark.parametrize("tenant_id", ["admin", "default"])
def test_the_first_tenants_stay(tenants: dict[str, Tenant], tenant_id: str) -> None:
    for arguments in (("suspend_tenant", tenant_id), ("delete_tenant", tenant_id, "--yes")):
        with pytest.raises(CommandError, match=r"tenant\.permanent"):
            run(*arguments)
    assert not Tenant.objects.get(id=tenant_id).is_suspended


def test_an_unknown_tenant_is_named(tenants: dict[str, Tenant]) -> None:
    for arguments in (("suspend_tenant", "nowhere"), ("delete_tenant", "nowhere", "--yes")):
        with pytest.raises(CommandError, match="there is no tenant nowhere"):
            run(*arguments)


def test_the_services_say_who_did_it(tenants: dict[str, Tenant]) -> None:
    set_tenant_suspended(tenants["acme"], suspended=True, actor=SYSTEM)
    delete_tenant(tenants["acme"], actor=SYSTEM)
    with enter_tenant("admin"):
        assert AuditLog.objects.get(key="Tenant.Deleted").payload["actor"]["kind"] == "system"
