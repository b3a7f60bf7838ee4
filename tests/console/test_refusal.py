"""A developer finds what was refused by the trace id that somebody saw, and nobody else does."""

from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from common import views
from console.tenancy import ConsoleRole
from events.models import AuditLog
from tenants.context import enter_tenant
from tests.console.conftest import browser_of, developer

SENT = "https://app.example/callbak"
REFUSAL = "/console/default/refusal/"


@pytest.fixture
def trace(installation: dict[str, Any]) -> str:
    """The trace id of a request of the demo application with an address that is not registered."""
    client = Client(HTTP_HOST="localhost:8000")
    query = {"client_id": installation["demoApp"]["clientId"], "redirect_uri": SENT}
    client.get("/oidc/auth", query, headers={"accept": "text/html"})
    with enter_tenant("default"):
        return str(AuditLog.objects.get(key="Interaction.Refused").payload["traceId"])


def test_a_developer_sees_what_was_sent_and_what_is_registered(
    console: Client, trace: str, installation: dict[str, Any]
) -> None:
    page = console.get(REFUSAL, {"trace": trace}).content.decode()
    with enter_tenant("default"):
        demo = Application.objects.get(id=installation["demoApp"]["clientId"])
    assert SENT in page
    assert "http://localhost:5173/callback" in page
    assert f'href="/console/default/applications/application/{demo.id}/change/"' in page


def test_whoever_has_no_access_to_the_tenant_does_not(trace: str) -> None:
    outsider = Client(HTTP_HOST="admin.localhost:8000").get(REFUSAL, {"trace": trace})
    assert outsider.headers["Location"].startswith("/console/sign-in")
    erin = browser_of(developer("erin", acme=ConsoleRole.ADMIN))
    assert erin.get(REFUSAL, {"trace": trace}).status_code == 404
    assert "Nothing has the trace id" in erin.get("/console/acme/refusal/", {"trace": trace}).content.decode()


def test_an_unknown_trace_id_asks_for_another(console: Client) -> None:
    page = console.get(REFUSAL, {"trace": "x<script>"}).content.decode()
    assert "Nothing has the trace id" in page
    assert "x<script>" not in page
    assert console.get(REFUSAL).status_code == 200


def test_the_trace_id_of_every_error_page_is_in_the_log(
    installation: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages showed a trace id that was written nowhere."""
    traces: list[str] = []
    monkeypatch.setattr(views.logger, "warning", lambda *_, extra: traces.append(extra["trace_id"]))
    page = Client(HTTP_HOST="localhost:8000").get("/nothing-here", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert len(traces) == 1
    assert traces[0] in page.content.decode()
