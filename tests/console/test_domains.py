"""The console's page of a tenant's domains: added, checked, given files, deleted."""

from typing import Any

import pytest
from django.test import Client

from events.models import AuditLog
from identity.models import User
from tenants.context import enter_tenant
from tenants.models import Domain
from tests.console.conftest import browser_of
from tests.tenants.domains.dns_server import dns_server

pytestmark = pytest.mark.django_db

PAGE = "/console/default/tenant/domains/"


def act(console: Client, action: str, **fields: str) -> str:
    answer = console.post(PAGE, {"action": action, **fields}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_every_task_of_the_page(console: Client, settings: Any) -> None:
    with dns_server() as zone:
        settings.CUSTOM_DOMAIN_TARGET, settings.CUSTOM_DOMAIN_TLS = "edge.gatehouse.example", "external"
        settings.CUSTOM_DOMAIN_RESOLVERS = [zone.address]
        assert "is not allowed" in act(console, "add", domain="localhost")
        page = act(console, "add", domain="login.shop.example")
        with enter_tenant("default"):
            domain = Domain.objects.get()
        assert f"gatehouse-verification={domain.verification_token}" in page
        assert "edge.gatehouse.example" in page
        page = act(console, "check", domain_id=domain.id)
        assert "There is no TXT record at _gatehouse.login.shop.example yet." in page
        file = {"path": "a.txt", "content": "<b>x</b>", "content_type": "text/plain"}
        assert "/a.txt" in act(console, "add-file", domain_id=domain.id, **file)
        assert "another file at this path" in act(console, "add-file", domain_id=domain.id, **file)
        with enter_tenant("default"):
            stored = Domain.objects.get().verification_files
        assert stored == [{"path": "/a.txt", "content": "<b>x</b>", "contentType": "text/plain"}]
        assert "<b>x</b>" not in act(console, "remove-file", domain_id=domain.id, path="/a.txt")
        act(console, "delete", domain_id=domain.id)
    with enter_tenant("default"):
        assert not Domain.objects.exists()
        keys = AuditLog.objects.filter(payload__actor__kind="developer").values_list("key", flat=True)
        assert {"Domain.Created", "Domain.VerificationFiles.Updated", "Domain.Deleted"} <= set(keys)


def test_an_installation_without_custom_domains_says_so(console: Client) -> None:
    assert "CUSTOM_DOMAIN_TARGET" in console.get(PAGE).content.decode()


def test_collaborators_do_not_see_it(dave: User) -> None:
    assert browser_of(dave).get(PAGE).status_code == 403
