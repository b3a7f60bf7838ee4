"""`/api/organization-invitations`."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.actors import SYSTEM
from common.clock import now, to_milliseconds
from connectors.models import MailboxMessage
from connectors.services.connectors import create_connector
from identity.models import User
from organizations.models import Organization, OrganizationInvitation, OrganizationRole
from organizations.selectors import is_member
from organizations.services.organizations import create_organization
from organizations.services.template import create_organization_role
from tenants.models import Tenant

PATH = "/api/organization-invitations"
KEYS = [
    "tenantId",
    "id",
    "inviterId",
    "invitee",
    "acceptedUserId",
    "organizationId",
    "status",
    "createdAt",
    "updatedAt",
]


@pytest.fixture
def corporation(tenant: Tenant) -> Organization:
    return create_organization(name="Acme Corporation", actor=SYSTEM)


@pytest.fixture
def role(tenant: Tenant) -> OrganizationRole:
    return create_organization_role(name="Member", actor=SYSTEM)


def invite(api: Client, organization: Organization, **values: Any) -> Any:
    tomorrow = to_milliseconds(now() + timedelta(days=1))
    body = {"invitee": "bob@example.com", "organizationId": organization.id, "expiresAt": tomorrow, **values}
    return api.post(PATH, body, content_type="application/json")


def answer(api: Client, id: str, **body: Any) -> Any:
    return api.put(f"{PATH}/{id}/status", body, content_type="application/json")


def test_an_invitation_as_it_is_on_the_wire(api: Client, corporation: Organization, role: OrganizationRole) -> None:
    answered = invite(api, corporation, organizationRoleIds=[role.id])
    assert answered.status_code == 201
    made = answered.json()
    assert list(made) == [*KEYS, "expiresAt", "organizationRoles"]
    assert made["invitee"] == "bob@example.com"
    assert (made["status"], made["inviterId"], made["acceptedUserId"]) == ("Pending", None, None)
    assert made["organizationRoles"] == [{"id": role.id, "name": "Member"}]
    assert api.get(f"{PATH}/{made['id']}").json() == made
    assert api.get(PATH).json() == [made]
    page = api.get(f"{PATH}?page=1&page_size=1&organizationId={corporation.id}")
    assert (page.json(), page.headers["Total-Number"]) == ([made], "1")
    assert api.get(f"{PATH}?invitee=carol@example.com").json() == []


def test_accepted_and_revoked(api: Client, corporation: Organization, bob: User) -> None:
    first = invite(api, corporation).json()["id"]
    without_user = answer(api, first, status="Accepted")
    assert (without_user.status_code, without_user.json()["code"]) == (422, "request.invalid_input")
    accepted = answer(api, first, status="Accepted", acceptedUserId=bob.id)
    assert (accepted.status_code, accepted.json()["status"]) == (200, "Accepted")
    assert accepted.json()["acceptedUserId"] == bob.id
    assert is_member(bob.id, corporation.id)
    second = invite(api, corporation, invitee="carol@example.com").json()["id"]
    assert answer(api, second, status="Revoked").json()["status"] == "Revoked"
    again = answer(api, second, status="Revoked")
    assert (again.status_code, again.json()["code"]) == (422, "request.invalid_input")
    assert answer(api, second, status="Expired").json()["code"] == "guard.invalid_input"


def test_overdue_is_expired(api: Client, corporation: Organization) -> None:
    id = invite(api, corporation).json()["id"]
    OrganizationInvitation.objects.update(expires_at=now())
    assert api.get(f"{PATH}/{id}").json()["status"] == "Expired"


def test_mail_only_if_it_is_asked_for(
    api: Client, corporation: Organization, django_capture_on_commit_callbacks: Any
) -> None:
    create_connector(factory_id="development-mailbox-email", config={}, actor=SYSTEM)
    with django_capture_on_commit_callbacks(execute=True):
        id = invite(api, corporation, messagePayload=False).json()["id"]
    assert not MailboxMessage.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        link = {"link": "https://app.example/join"}
        assert api.post(f"{PATH}/{id}/message", link, content_type="application/json").status_code == 204
        assert invite(api, corporation, invitee="carol@example.com", messagePayload=link).status_code == 201
    assert [mail.recipient for mail in MailboxMessage.objects.order_by("created_at")] == [
        "bob@example.com",
        "carol@example.com",
    ]


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"invitee": "bob"}, 400, "guard.invalid_input"),
        ({"invitee": None}, 400, "guard.invalid_input"),
        ({"expiresAt": "tomorrow"}, 400, "guard.invalid_input"),
        ({"expiresAt": 1}, 400, "request.invalid_input"),
        ({"messagePayload": True}, 400, "guard.invalid_input"),
        ({"messagePayload": {"link": 1}}, 400, "guard.invalid_input"),
        ({"messagePayload": {}}, 501, "connector.not_found"),
        ({"organizationId": "nothing"}, 422, "entity.relation_foreign_key_not_found"),
        ({"organizationRoleIds": ["nothing"]}, 422, "entity.relation_foreign_key_not_found"),
    ],
)
def test_what_is_refused(api: Client, corporation: Organization, values: Any, status: int, code: str) -> None:
    refused = invite(api, corporation, **values)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert not OrganizationInvitation.objects.exists()


def test_twice(api: Client, corporation: Organization) -> None:
    invite(api, corporation)
    refused = invite(api, corporation)
    assert (refused.status_code, refused.json()["code"]) == (422, "entity.unique_integrity_violation")


def test_unknown_ids(api: Client, corporation: Organization) -> None:
    id = invite(api, corporation).json()["id"]
    assert api.delete(f"{PATH}/{id}").status_code == 204
    calls = [
        api.get(f"{PATH}/{id}"),
        api.delete(f"{PATH}/{id}"),
        answer(api, id, status="Revoked"),
        api.post(f"{PATH}/{id}/message", {}, content_type="application/json"),
    ]
    assert [(call.status_code, call.json()["code"]) for call in calls] == [(404, "entity.not_found")] * 4


def test_the_list_costs_the_same_for_any_number(api: Client, corporation: Organization, role: OrganizationRole) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert api.get(PATH).status_code == 200
        return len(counted)

    invite(api, corporation, organizationRoleIds=[role.id])
    statements()
    few = statements()
    for name in "cde":
        invite(api, corporation, invitee=f"{name}@example.com", organizationRoleIds=[role.id])
    assert statements() == few
