"""Into the console through the provider of tenant `admin`, and out again."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from common.actors import SYSTEM
from console import sign_in
from console.session import PROVIDER_SESSION
from console.tenancy import ConsoleRole, grant_tenant_access, revoke_tenant_access
from identity.models import User
from identity.services.users import create_user, set_user_suspended
from oidc.sessions.sessions import revoke_session
from tenants.context import enter_tenant
from tests.console.conftest import HOST, PASSWORD, browser_of, developer

ACTION = "http://admin.localhost:8000"


def provider_signs_in(browser: Client, authorization: str, username: str) -> str:
    """Go through the hosted sign-in page and return the callback's address."""
    answer = browser.get(authorization.removeprefix(ACTION))
    page = answer.headers["Location"].removeprefix(ACTION)
    answer = browser.post(page, {"identifier": username})
    page = answer.headers.get("Location", page).removeprefix(ACTION)
    answer = browser.post(page, {"identifier": username, "password": PASSWORD})
    for _ in range(6):
        # A page with a link goes on where a form's answer may not redirect to another origin.
        link = re.search(r'href="([^"]+/oidc/auth/[^"]+)"', answer.content.decode())
        location = answer.headers.get("Location") or (link[1] if link else "")
        assert location, answer.content
        if urlsplit(location).path == sign_in.CALLBACK_PATH:
            return location.removeprefix(ACTION)
        answer = browser.get(location.removeprefix(ACTION))
    raise AssertionError("the provider never came back")


@pytest.fixture
def browser(installation: dict[str, Any]) -> Client:
    return Client(HTTP_HOST=HOST)


def begin(browser: Client, target: str = "/console/default/") -> str:
    answer = browser.get(f"/console/sign-in?next={target}")
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_round_trip(browser: Client, carol: User) -> None:
    answer = browser.get("/console/default/identity/user/")
    assert answer.headers["Location"] == "/console/sign-in?next=%2Fconsole%2Fdefault%2Fidentity%2Fuser%2F"
    authorization = begin(browser, "/console/default/identity/user/")
    query = parse_qs(urlsplit(authorization).query)
    assert query["client_id"] == ["admin-console"]
    assert query["code_challenge_method"] == ["S256"]
    callback = provider_signs_in(browser, authorization, "carol")
    before = browser.session.session_key
    answer = browser.get(callback)
    assert answer.headers["Location"] == "/console/default/identity/user/"
    assert browser.session.session_key != before
    assert browser.get("/console/default/identity/user/").status_code == 200


def test_code_is_redeemed_once_and_for_one_state(browser: Client, carol: User) -> None:
    callback = provider_signs_in(browser, begin(browser), "carol")
    outsider = Client(HTTP_HOST=HOST)
    assert outsider.get(callback).headers["Location"] == "/console/"
    assert browser.get(callback).headers["Location"] == "/console/default/"
    browser.post("/console/default/logout/")
    assert browser.get(callback).headers["Location"] == "/console/"
    assert browser.get("/console/default/").status_code == 302


def test_provider_error_is_shown(browser: Client) -> None:
    state = parse_qs(urlsplit(begin(browser)).query)["state"][0]
    answer = browser.get("/console/callback", {"state": state, "error": "access_denied"})
    assert answer.status_code == 400
    assert browser.get("/console/default/").status_code == 302


def test_unknown_code_is_refused(browser: Client) -> None:
    state = parse_qs(urlsplit(begin(browser)).query)["state"][0]
    assert browser.get("/console/callback", {"state": state, "code": "nothing"}).status_code == 400


def test_account_without_a_tenant_stays_outside(browser: Client) -> None:
    with enter_tenant("admin"):
        create_user(username="erin", password=PASSWORD, actor=SYSTEM)
    callback = provider_signs_in(browser, begin(browser), "erin")
    assert browser.get(callback).status_code == 403
    assert browser.get("/console/default/").status_code == 302


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "/oidc/auth", "/console/\\evil.example"]
)
def test_next_stays_in_the_console(browser: Client, carol: User, target: str) -> None:
    client = browser_of(carol)
    answer = client.get("/console/sign-in", {"next": target})
    assert answer.headers["Location"] in ("/console/", "/console/%5Cevil.example")


def test_sign_out_ends_both_sessions(console: Client) -> None:
    answer = console.post("/console/default/logout/")
    assert answer.headers["Location"].startswith(f"{ACTION}/oidc/session/end?client_id=admin-console")
    assert console.get("/console/default/").status_code == 302
    assert console.get("/console/default/logout/").status_code == 302


def test_sign_out_is_a_post(console: Client) -> None:
    assert console.get("/console/sign-out").status_code == 405
    assert console.get("/console/default/logout/").status_code == 405
    assert console.get("/console/default/").status_code == 200


def test_suspended_developer_is_out_at_once(console: Client, carol: User) -> None:
    with enter_tenant("admin"):
        set_user_suspended(carol, suspended=True, actor=SYSTEM)
    assert console.get("/console/default/").status_code == 302


def test_console_ends_with_the_session_at_the_provider(browser: Client, carol: User) -> None:
    browser.get(provider_signs_in(browser, begin(browser), "carol"))
    assert browser.get("/console/default/").status_code == 200
    with enter_tenant("admin"):
        revoke_session(carol.id, browser.session[PROVIDER_SESSION], actor=SYSTEM)
    assert browser.get("/console/default/").status_code == 302
    assert browser.get("/console/sign-in").headers["Location"].startswith(f"{ACTION}/oidc/auth?")


def test_signing_out_elsewhere_ends_the_console(browser: Client, carol: User) -> None:
    browser.get(provider_signs_in(browser, begin(browser), "carol"))
    page = browser.get("/oidc/session/end").content.decode()
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page))
    browser.post("/oidc/session/end/confirm", fields)
    assert browser.get("/console/default/").status_code == 302


def test_console_session_of_no_provider_session_is_none(carol: User) -> None:
    client = browser_of(carol)
    session = client.session
    del session[PROVIDER_SESSION]
    session.save()
    assert client.get("/console/default/").status_code == 302


def test_removed_developer_is_out_at_once(console: Client, carol: User) -> None:
    grant_tenant_access(developer("dora").id, tenant_id="default", role=ConsoleRole.ADMIN)
    assert console.get("/console/default/").status_code == 200
    revoke_tenant_access(carol.id, tenant_id="default", actor=SYSTEM)
    assert console.get("/console/default/").status_code == 404
    assert console.post("/console/default/tenant/members/", {"remove": carol.id}).status_code == 404


def test_user_of_another_tenant_is_nobody_here(installation: dict[str, Any]) -> None:
    with enter_tenant("acme"):
        mallory = create_user(username="mallory", password=PASSWORD, actor=SYSTEM)
    assert browser_of(mallory).get("/console/acme/").status_code == 302


def test_home_opens_the_last_tenant(browser: Client, dave: User) -> None:
    client = browser_of(dave)
    assert client.get("/console/").headers["Location"] == "/console/default/"
    client.get("/console/admin/")
    assert client.get("/console/").headers["Location"] == "/console/admin/"
    assert client.get("/console/default").headers["Location"] == "/console/default/"
