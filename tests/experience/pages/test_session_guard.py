"""No page of a sign-in opens without one, and none is forged."""

from collections.abc import Callable

import pytest
from django.test import Client

from applications.models import Application
from identity.models import User
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.experience.conftest import PASSWORD
from tests.experience.pages.conftest import Visitor

PAGES = [
    "/sign-in",
    "/sign-in/password",
    "/sign-in/verification-code",
    "/register",
    "/register/password",
    "/continue/email",
    "/forgot-password",
    "/forgot-password/reset",
    "/reset-password",
    "/identifier-sign-in",
    "/identifier-register",
    "/single-sign-on",
    "/direct/social/google",
    "/consent",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_without_a_sign_in_leads_to_unknown_session(client: Client, tenant: Tenant, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (303, "/unknown-session")


def test_the_tenant_chooses_where_lost_visitors_go(
    client: Client, tenant: Tenant, settings_of: Callable[..., None]
) -> None:
    settings_of(unknownSessionRedirectUrl="https://example.com/unknown")
    assert client.get("/sign-in")["Location"] == "https://example.com/unknown"
    assert client.get("/")["Location"] == "https://example.com/unknown"


def test_a_first_visitor_is_told_where_this_is(client: Client, tenant: Tenant) -> None:
    """The bare address said "This session has ended" to people who had begun none."""
    answer = client.get("/")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "<h1>Gatehouse</h1>" in html
    assert 'href="http://admin.localhost:8000/console/"' in html
    assert "ended" not in html


def test_a_tenants_landing_page_says_its_name_and_nothing_more(acme_client: Client, tenants: dict[str, Tenant]) -> None:
    html = acme_client.get("/").content.decode()
    assert "<h1>Acme</h1>" in html
    assert "console" not in html
    assert "Gatehouse" not in html


def test_another_applications_sign_in_does_not_open_the_page(visitor: Visitor) -> None:
    assert visitor.open().go("/sign-in?app_id=somebodyelse").path == "/unknown-session"


def test_another_tenants_cookie_opens_nothing(visitor: Visitor, tenants: dict[str, Tenant]) -> None:
    visitor.open()
    cookies = {name: morsel.value for name, morsel in visitor.client.cookies.items()}
    acme = Client(HTTP_HOST="acme.localhost:8000")
    acme.cookies.load(cookies)
    with enter_tenant("acme"):
        assert acme.get("/sign-in")["Location"] == "/unknown-session"


def test_a_form_without_its_token_is_refused(visitor: Visitor, alice: User) -> None:
    visitor.open()
    answer = visitor.client.post("/sign-in", {"identifier": "alice", "password": PASSWORD})
    assert answer.status_code == 403


def test_a_finished_sign_in_cannot_be_done_again(visitor: Visitor, alice: User) -> None:
    visitor.open().send(identifier="alice", password=PASSWORD).arrive()
    assert visitor.go("/sign-in").path == "/unknown-session"


def test_two_applications_sign_in_side_by_side(visitor: Visitor, application: Application, alice: User) -> None:
    address = visitor.open().response.request["QUERY_STRING"]
    assert address == f"app_id={application.id}"
    assert f"/register?app_id={application.id}" in visitor.html


def test_who_is_lost_is_led_back_to_the_application(visitor: Visitor, application: Application) -> None:
    visitor.go(f"/sign-in?app_id={application.id}")
    assert visitor.path == "/unknown-session"
    assert f'href="https://app.example.com/">Back to {application.name}</a>' in visitor.html


def test_nobody_is_led_to_an_application_that_nobody_has_checked(visitor: Visitor, application: Application) -> None:
    application.registration_source = Application.RegistrationSource.DCR
    application.save()
    assert "Back to" not in visitor.go(f"/unknown-session?app_id={application.id}").html


def test_a_browser_that_keeps_no_cookie_is_told(client: Client, tenant: Tenant) -> None:
    """It is sent to the page once more, with a cookie to keep, and never a third time."""
    probed = client.get("/unknown-session?app_id=x")
    assert (probed.status_code, probed["Location"]) == (303, "/unknown-session?app_id=x&cookies=1")
    client.cookies.clear()
    assert "Cookies are turned off" in client.get(probed["Location"]).content.decode()


def test_a_form_that_is_sent_twice_goes_where_it_went_first(visitor: Visitor, alice: User, every_method: None) -> None:
    """As by a double click: the browser shows the answer to the second one."""
    visitor.open().send(identifier="alice@example.com")
    page, first = visitor.response, visitor.send(password=PASSWORD)
    assert "Signing you in" in first.html
    visitor.response = page
    assert "Signing you in" in visitor.send(password=PASSWORD).html
    assert visitor.arrive()
