"""Magic links in the console: shown once, listed, withdrawn, deleted."""

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from common.actors import SYSTEM
from common.crypto import sha256_hex
from console.tenancy import ConsoleRole
from events.models import AuditLog
from identity.models import OneTimeToken, User
from identity.services.one_time_tokens import check_one_time_token, create_one_time_token
from identity.services.users import create_user
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant
from tests.console.conftest import browser_of, developer

LIST = "/console/default/identity/onetimetoken/"
EMAIL = "alice+shop@example.com"


@pytest.fixture(autouse=True)
def _inside_default(installation: dict[str, Any]) -> Any:
    with enter_tenant("default"):
        yield


def make(console: Client, **fields: Any) -> Any:
    return console.post(f"{LIST}add/", {"email": EMAIL, "page": "", "purpose": "", "minutes": "10", **fields})


def once_of(page: str) -> str:
    found = re.search(r'class="gh-once".*?<code>(.*?)</code>', page, re.DOTALL)
    return html.unescape(found[1]) if found else ""


def test_a_link_is_shown_once(console: Client, carol: User) -> None:
    organization = create_organization(name="Initech", actor=SYSTEM)
    answer = make(
        console,
        page="https://shop.example/welcome?from=mail",
        purpose="Register",
        minutes="60",
        organizations=[organization.id],
    )
    token = OneTimeToken.objects.get()
    assert answer.headers["Location"] == f"{LIST}{token.id}/change/"
    page = console.get(answer.headers["Location"]).content.decode()
    link = urlsplit(once_of(page))
    query = {name: values[0] for name, values in parse_qs(link.query).items()}
    assert (link.netloc, query["from"], query["login_hint"]) == ("shop.example", "mail", EMAIL)
    assert sha256_hex(query["one_time_token"]) == token.token_sha256
    assert token.context == {"jitOrganizationIds": [organization.id], "interactionEvent": "Register"}
    assert (token.expires_at - token.created_at).total_seconds() == 3600
    assert "Initech" in page
    again = console.get(answer.headers["Location"]).content.decode()
    assert once_of(again) == ""
    assert query["one_time_token"] not in again
    entry = AuditLog.objects.get(key="OneTimeToken.Create")
    assert entry.payload["actor"] == {"kind": "developer", "id": carol.id}


def test_without_a_page_the_token_is_shown(console: Client) -> None:
    value = once_of(console.get(make(console)["Location"]).content.decode())
    assert check_one_time_token(value, email=EMAIL).status == "active"


@pytest.mark.parametrize(
    "fields", [{"email": "alice"}, {"minutes": "0"}, {"minutes": "9999999"}, {"page": "javascript:alert(1)"}]
)
def test_what_is_wrong_is_said_and_nothing_made(console: Client, fields: dict[str, str]) -> None:
    answer = make(console, **fields)
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == list(fields)
    assert not OneTimeToken.objects.exists()


def test_a_link_is_withdrawn(console: Client) -> None:
    token = create_one_time_token(email=EMAIL, actor=SYSTEM).token
    page = f"{LIST}{token.id}/change/"
    assert "Withdraw" in console.get(page).content.decode()
    console.post(f"{LIST}{token.id}/do/withdraw/")
    token.refresh_from_db()
    assert token.status == "revoked"
    assert "do/withdraw" not in console.get(page).content.decode()


def test_a_link_is_not_changed(console: Client) -> None:
    token = create_one_time_token(email=EMAIL, actor=SYSTEM).token
    page = f"{LIST}{token.id}/change/"
    assert 'name="_save"' not in console.get(page).content.decode()
    console.post(page, {"email": "mallory@example.com"})
    token.refresh_from_db()
    assert token.email == EMAIL


def test_a_link_is_deleted(console: Client) -> None:
    token = create_one_time_token(email=EMAIL, actor=SYSTEM).token
    console.post(f"{LIST}{token.id}/delete/", {"post": "yes"})
    assert not OneTimeToken.objects.exists()


def test_the_list_finds_by_address_and_status(console: Client) -> None:
    create_one_time_token(email=EMAIL, actor=SYSTEM)
    create_one_time_token(email="bob@example.com", actor=SYSTEM)

    def listed(query: str) -> list[str]:
        return [token.email for token in console.get(f"{LIST}{query}").context["cl"].result_list]

    assert listed("") == ["bob@example.com", EMAIL]
    assert listed("?q=bob@example.com") == ["bob@example.com"]
    assert listed("?q=bob") == []
    assert listed("?status=active") == ["bob@example.com", EMAIL]
    assert listed("?status=expired") == []


def test_a_users_page_leads_to_a_link_for_them(console: Client) -> None:
    alice = create_user(primary_email=EMAIL, actor=SYSTEM)
    page = console.get(f"/console/default/identity/user/{alice.id}/change/").content.decode()
    found = re.search(r'href="(/console/default/identity/onetimetoken/add/[^"]*)"', page)
    assert found
    form = console.get(html.unescape(found[1])).context["adminform"].form
    assert form.get_initial_for_field(form.fields["email"], "email") == EMAIL


def test_another_tenants_developer_makes_none(installation: dict[str, Any]) -> None:
    outsider = browser_of(developer("erin", acme=ConsoleRole.ADMIN))
    assert make(outsider).status_code == 404
    assert not OneTimeToken.objects.exists()
