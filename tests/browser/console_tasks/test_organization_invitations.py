"""Somebody is invited to an organization, written to again, and no longer wanted."""

import pytest

from common.actors import SYSTEM
from connectors.models import MailboxMessage
from connectors.services.connectors import create_connector
from tenants.context import enter_tenant
from tests.browser.console_tasks.conftest import Read
from tests.browser.console_tasks.driver import ConsoleDriver


@pytest.mark.parametrize("console", ["mouse"], indirect=True)
def test_an_invitation_is_sent_twice_and_revoked(console: ConsoleDriver, read: Read, ids: dict[str, str]) -> None:
    with enter_tenant("default"):
        create_connector(factory_id="development-mailbox-email", config={}, actor=SYSTEM)
    console.open("organizations/organizationinvitation/add/")
    console.fill("Email", "dora@example.com")
    console.choose("Organization", "Hill Farm")
    console.choose("Roles", "Picker")
    console.fill("Link in the email", "https://shop.example/join")
    invitation_id = console.create()
    invitation = read(f"organization-invitations/{invitation_id}")
    assert (invitation["organizationId"], invitation["status"]) == (ids["organization"], "Pending")
    assert [role["id"] for role in invitation["organizationRoles"]] == [ids["organization_role"]]
    console.fill("Link in the email", "https://shop.example/join")
    console.submit("Send")
    with enter_tenant("default"):
        assert MailboxMessage.objects.filter(content__contains=invitation_id).count() == 2
    console.submit("Revoke")
    assert read(f"organization-invitations/{invitation_id}")["status"] == "Revoked"
