"""A developer reads what happened in a sign-in, found by whatever somebody can tell; nobody else does."""

from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from common import views
from common.actors import SYSTEM
from console.tenancy import ConsoleRole
from events.models import AuditLog
from identity.models import User
from identity.services.users import create_user
from tenants.context import enter_tenant
from tests.console.conftest import browser_of, developer
from tests.experience.conftest import Browser

SENT = "https://app.example/callbak"
LIST = "/console/default/sign-in-traces/"
TRACE = f"{LIST}trace/"


@pytest.fixture
def trace(installation: dict[str, Any]) -> str:
    """The trace id of a request of the demo application with an address that is not registered."""
    client = Client(HTTP_HOST="localhost:8000")
    query = {"client_id": installation["demoApp"]["clientId"], "redirect_uri": SENT}
    client.get("/oidc/auth", query, headers={"accept": "text/html"})
    with enter_tenant("default"):
        return str(AuditLog.objects.get(key="Interaction.Refused").payload["traceId"])


@pytest.fixture
def zoe(installation: dict[str, Any]) -> User:
    """A user who has tried a wrong password at the demo application."""
    browser = Browser(Client(HTTP_HOST="localhost:8000"))
    with enter_tenant("default"):
        zoe = create_user(username="zoe", primary_email="zoe@example.com", password="walnut tractor 51", actor=SYSTEM)
        demo = Application.objects.get(id=installation["demoApp"]["clientId"])
    browser.open(demo, redirect_uri="http://localhost:5173/callback")
    browser.start()
    body = {"identifier": {"type": "username", "value": "zoe"}, "password": "wrong"}
    assert browser.post("/verification/password", body)[0] == 422
    return zoe


def read(console: Client, address: str, **query: str) -> str:
    return str(console.get(address, query, follow=True).content.decode())


def test_a_developer_sees_what_was_sent_and_where_it_differs(
    console: Client, trace: str, installation: dict[str, Any]
) -> None:
    page = read(console, TRACE, id=trace)
    with enter_tenant("default"):
        demo = Application.objects.get(id=installation["demoApp"]["clientId"])
    assert SENT in page
    assert "http://localhost:5173/callback" in page
    assert "scheme: registered is <code>http</code>, sent was <code>https</code>" in page
    assert f'href="/console/default/applications/application/{demo.id}/change/"' in page


def test_whoever_has_no_access_to_the_tenant_does_not(trace: str) -> None:
    outsider = Client(HTTP_HOST="admin.localhost:8000").get(TRACE, {"id": trace})
    assert outsider.headers["Location"].startswith("/console/sign-in")
    erin = browser_of(developer("erin", acme=ConsoleRole.ADMIN))
    for address in (LIST, TRACE):
        assert erin.get(address, {"id": trace}).status_code == 404
        elsewhere = erin.get(address.replace("default", "acme"), {"id": trace}).content.decode()
        assert "Nothing has the trace id" in elsewhere


def test_a_collaborator_reads_them_as_the_audit_log(dave: User, trace: str) -> None:
    assert SENT in read(browser_of(dave), LIST, id=trace)


def test_an_unknown_trace_id_asks_for_another(console: Client) -> None:
    page = read(console, LIST, id="x<script>")
    assert "Nothing has the trace id" in page
    assert "x<script>" not in page
    assert console.get(TRACE).status_code == 404


@pytest.mark.parametrize("looked_for", ["zoe", "Zoe@example.com", "id"])
def test_a_failed_sign_in_is_found_by_its_user(console: Client, zoe: User, looked_for: str) -> None:
    page = read(console, LIST, user=zoe.id if looked_for == "id" else looked_for)
    assert f'href="/console/default/identity/user/{zoe.id}/change/"' in page
    assert "Under way" in page
    assert "No user is" in read(console, LIST, user="nobody")


def test_it_can_be_read_by_somebody_who_was_not_there(console: Client, zoe: User) -> None:
    with enter_tenant("default"):
        journey = AuditLog.objects.get(key="Interaction.Create").journey_id
    page = read(console, TRACE, id=str(journey))
    for said in ("A sign-in began at", "nobody is signed in here", "Refused: A password was checked", "zoe"):
        assert said in page
    assert "/api/experience/verification/password" in page
    assert "walnut tractor" not in page


def test_it_is_found_by_application_and_time(console: Client, zoe: User, installation: dict[str, Any]) -> None:
    demo = installation["demoApp"]["clientId"]
    assert "Under way" in read(console, LIST, application=demo, start="2020-01-01T00:00")
    assert "No sign-in is found" in read(console, LIST, application=demo, end="2020-01-01T00:00")
    assert "No sign-in is found" in read(console, LIST, application="another")
    assert "ends before it starts" in read(console, LIST, start="2021-01-01T00:00", end="2020-01-01T00:00")


@pytest.mark.parametrize(
    "query",
    [
        {"before": "x"},
        {"before": "2026-01-01T00:00:00+23:59"},
        {"start": "x"},
        {"user": "x" * 999},
        {"application": "x" * 999},
    ],
)
def test_what_makes_no_sense_is_no_error(console: Client, query: dict[str, str]) -> None:
    assert console.get(LIST, query).status_code == 200


def test_users_applications_and_entries_lead_there(console: Client, zoe: User, installation: dict[str, Any]) -> None:
    demo = installation["demoApp"]["clientId"]
    with enter_tenant("default"):
        entry = AuditLog.objects.get(key="Interaction.Create")
    assert f"{LIST}?user={zoe.id}" in read(console, f"/console/default/identity/user/{zoe.id}/change/")
    assert f"{LIST}?application={demo}" in read(console, f"/console/default/applications/application/{demo}/change/")
    assert f"{TRACE}?id={entry.journey_id}" in read(console, f"/console/default/events/auditlog/{entry.id}/change/")


def test_the_trace_id_of_every_error_page_is_in_the_log(
    console: Client, installation: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages showed a trace id that was written nowhere."""
    traces: list[str] = []
    monkeypatch.setattr(views.logger, "warning", lambda *_, extra: traces.append(extra["trace_id"]))
    page = Client(HTTP_HOST="localhost:8000").get("/nothing-here", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert len(traces) == 1
    assert traces[0] in page.content.decode()
    assert "/nothing-here" in read(console, LIST, id=traces[0])
