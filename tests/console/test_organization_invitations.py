"""Invitations to organizations in the console: written, sent again, revoked, removed."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from common.clock import now
from connectors.models import MailboxMessage
from connectors.services.connectors import create_connector
from organizations.models import Organization, OrganizationInvitation, OrganizationRole
from organizations.services.invitations import invite_member
from organizations.services.organizations import create_organization
from organizations.services.template import create_organization_role
from tenants.context import enter_tenant

LIST = "/console/default/organizations/organizationinvitation/"


@pytest.fixture
def corporation(installation: dict[str, Any]) -> Organization:
    with enter_tenant("default"):
        return create_organization(name="Acme Corporation", actor=SYSTEM)


@pytest.fixture
def role(installation: dict[str, Any]) -> OrganizationRole:
    with enter_tenant("default"):
        return create_organization_role(name="Bookkeeper", actor=SYSTEM)


@pytest.fixture
def bobs(corporation: Organization) -> OrganizationInvitation:
    """A pending invitation of bob."""
    with enter_tenant("default"):
        tomorrow = now() + timedelta(days=1)
        return invite_member(corporation, invitee="bob@example.com", expires_at=tomorrow, actor=SYSTEM)


def stored() -> list[OrganizationInvitation]:
    with enter_tenant("default"):
        return list(OrganizationInvitation.objects.order_by("created_at"))


def mails() -> list[MailboxMessage]:
    with enter_tenant("default"):
        return list(MailboxMessage.objects.order_by("created_at"))


def test_somebody_is_invited_and_written_to(
    console: Client, corporation: Organization, role: OrganizationRole, django_capture_on_commit_callbacks: Any
) -> None:
    with enter_tenant("default"):
        create_connector(factory_id="development-mailbox-email", config={}, actor=SYSTEM)
    form = console.get(f"{LIST}add/?organization={corporation.id}")
    assert b"Acme Corporation" in form.content
    values = {
        "invitee": "bob@example.com",
        "organization": corporation.id,
        "role_ids": [role.id],
        "days": "7",
        "is_mailed": "on",
        "link": "https://app.example/join?from=mail",
    }
    with django_capture_on_commit_callbacks(execute=True):
        page = console.post(f"{LIST}add/", values, follow=True)
    [invitation] = stored()
    assert b"bob@example.com" in page.content
    assert b"Bookkeeper" in page.content
    assert timedelta(days=6) < invitation.expires_at - now() <= timedelta(days=7)
    [mail] = mails()
    assert f"https://app.example/join?from=mail&amp;invitation_id={invitation.id}" in mail.content
    with django_capture_on_commit_callbacks(execute=True):
        console.post(f"{LIST}{invitation.id}/do/resend/", {"link": "https://app.example/again"})
        console.post(f"{LIST}{invitation.id}/do/resend/", {"link": "javascript:alert(1)"})
    assert [f"https://app.example/again?invitation_id={invitation.id}" in mail.content for mail in mails()[1:]] == [
        True
    ]


def test_a_refusal_is_shown_where_it_belongs(
    console: Client, corporation: Organization, bobs: OrganizationInvitation
) -> None:
    values = {"invitee": "Bob@example.com", "organization": corporation.id, "days": "7"}
    page = console.post(f"{LIST}add/", values)
    assert page.status_code == 200
    assert b"The resource exists already." in page.content
    nowhere = console.post(f"{LIST}add/", {"invitee": "carol@example.com", "days": "7"})
    assert b"This field is required." in nowhere.content
    assert stored() == [bobs]


def test_an_invitation_is_revoked_once(console: Client, bobs: OrganizationInvitation) -> None:
    page = console.post(f"{LIST}{bobs.id}/do/revoke/", follow=True)
    assert b"The invitation is revoked." in page.content
    assert b"do/revoke/" not in page.content
    assert stored()[0].status == "Revoked"


def test_lists_tell_the_state_of_now(console: Client, corporation: Organization, bobs: OrganizationInvitation) -> None:
    with enter_tenant("default"):
        OrganizationInvitation.objects.update(expires_at=now())
    assert b"bob@example.com" in console.get(f"{LIST}?status=Expired").content
    assert b"bob@example.com" not in console.get(f"{LIST}?status=Pending").content
    assert b"bob@example.com" in console.get(f"{LIST}?q=BOB@example.com").content
    assert b"bob@example.com" not in console.get(f"{LIST}?q=carol@example.com").content
    page = console.get(f"/console/default/organizations/organization/{corporation.id}/change/").content.decode()
    assert "bob@example.com" in page
    assert "expired" in page
    assert f"organizationinvitation/add/?organization={corporation.id}" in page


def test_an_invitation_is_deleted(console: Client, bobs: OrganizationInvitation) -> None:
    console.post(f"{LIST}{bobs.id}/delete/", {"post": "yes"})
    assert stored() == []
