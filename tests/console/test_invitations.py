"""Developers are invited by email address or username, and get in.

An account that was made for an email address had a password that sign-in refused: tenant `admin` took usernames alone.
"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from common.actors import SYSTEM, Actor
from common.errors import AppError
from connectors.models import MailboxMessage
from console.invitations import invite_developer, renew_invitation
from console.tenancy import ConsoleRole, list_tenant_access
from experience.services.settings import update_sign_in_experience
from identity.models import User
from identity.services.users import create_user, mark_signed_in
from tenants.context import enter_tenant
from tests.console.conftest import HOST, browser_of, developer

MEMBERS = "/console/default/tenant/members/"
ADMIN = ConsoleRole.ADMIN


@pytest.fixture
def heidi(installation: dict[str, Any]) -> User:
    """Admin of tenants `default` and `admin`."""
    return developer("heidi", admin=ADMIN, default=ADMIN)


def invite(identifier: str, **options: Any) -> Any:
    return invite_developer(
        identifier, **{"tenant_id": "default", "role": ADMIN, "may_create": True, "actor": SYSTEM, **options}
    )


def mails() -> list[MailboxMessage]:
    with enter_tenant("admin"):
        return list(MailboxMessage.objects.order_by("created_at"))


def test_an_invitation_by_email_is_a_link_shown_once_and_mailed(
    heidi: User, django_capture_on_commit_callbacks: Any
) -> None:
    browser = browser_of(heidi)
    with django_capture_on_commit_callbacks(execute=True):
        page = browser.post(MEMBERS, {"identifier": "grace@example.com", "role": "admin"}, follow=True)
    assert b"gh-once" in page.content
    assert b">invited<" in page.content
    assert b"gh-once" not in browser.get(MEMBERS).content
    (mail,) = mails()
    assert (mail.recipient, mail.template_type) == ("grace@example.com", "OrganizationInvitation")
    assert "one_time_token=" in mail.content


def test_the_link_signs_in_whoever_it_was_made_for(heidi: User) -> None:
    link = urlsplit(invite("grace@example.com").link)
    # Also in a browser in which somebody is signed in.
    for browser in (Client(HTTP_HOST=HOST), browser_of(heidi)):
        answer = browser.get(f"{link.path}?{link.query}")
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert query["login_hint"] == ["grace@example.com"]
        assert query["one_time_token"]


def test_an_account_by_username_gets_a_first_password(heidi: User) -> None:
    browser = browser_of(heidi)
    page = browser.post(MEMBERS, {"identifier": "grace", "role": "collaborator"}, follow=True)
    assert b"First password of grace" in page.content
    assert b"gh-once" not in browser.get(MEMBERS).content
    with enter_tenant("admin"):
        assert User.objects.get(username="grace").has_password


def test_who_has_an_account_gets_no_link(installation: dict[str, Any], django_capture_on_commit_callbacks: Any) -> None:
    with enter_tenant("admin"):
        frank = create_user(primary_email="frank@example.com", password="x", actor=SYSTEM)
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite("Frank@example.com")
    assert (invitation.user.id, invitation.link, invitation.password) == (frank.id, None, None)
    assert [entry.tenant.id for entry in list_tenant_access(frank.id)] == ["default"]
    (mail,) = mails()
    assert "one_time_token" not in mail.content
    assert "/console/default/" in mail.content


def test_only_tenant_admins_admins_make_accounts_of_developers(console: Client) -> None:
    page = console.post(MEMBERS, {"identifier": "grace@example.com", "role": "admin"}, follow=True)
    assert b"There is no such developer" in page.content
    with enter_tenant("admin"):
        assert not User.objects.filter(email_key="grace@example.com").exists()


def test_an_identifier_that_cannot_sign_in_is_refused(installation: dict[str, Any]) -> None:
    method = {"identifier": "username", "password": True, "verificationCode": False, "isPasswordPrimary": True}
    with enter_tenant("admin"):
        update_sign_in_experience({"signIn": {"methods": [method]}}, actor=SYSTEM)
    with pytest.raises(AppError) as refused:
        invite("grace@example.com")
    assert refused.value.code == "console.identifier_cannot_sign_in"
    assert invite("grace").password


def test_a_link_is_renewed_until_it_is_followed(heidi: User, console: Client) -> None:
    grace = invite("grace@example.com").user
    page = browser_of(heidi).post(MEMBERS, {"renew": grace.id}, follow=True)
    assert b"Sign-in link for grace@example.com" in page.content
    assert console.post(MEMBERS, {"renew": grace.id}).status_code == 403
    with enter_tenant("admin"):
        mark_signed_in(grace)
    for user in (grace, heidi):
        with pytest.raises(AppError) as refused:
            renew_invitation(user.id, tenant_id="default", actor=Actor.developer(heidi.id))
        assert refused.value.code == "console.invitation_accepted"


def test_nobody_is_invited_to_another_tenant_by_renewing(heidi: User) -> None:
    grace = invite("grace@example.com").user
    with pytest.raises(AppError):
        renew_invitation(grace.id, tenant_id="acme", actor=SYSTEM)
