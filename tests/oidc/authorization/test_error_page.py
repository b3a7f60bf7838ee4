"""What a browser shows where the provider refuses, and what a program reads."""

import base64
import hashlib
import re
from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from common.actors import SYSTEM
from events.models import AuditLog
from experience.services.settings import update_sign_in_experience
from oidc.wire import error_page
from tenants.rate_limits import TooManyRequestsError
from tests.oidc.authorization.browsing import Browser

pytestmark = pytest.mark.django_db

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
EVIL = "https://spa.example.org/callback"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/oidc/auth", {"client_id": "nobody"}),
        ("/oidc/auth", {"redirect_uri": EVIL}),
        ("/oidc/auth/unknown", {}),
        ("/oidc/session/end", {"post_logout_redirect_uri": EVIL}),
        ("/oidc/session/end", {"id_token_hint": "x"}),
    ],
)
def test_a_person_sees_a_page_and_a_program_json(
    client: Client, spa: Application, path: str, query: dict[str, Any]
) -> None:
    """A browser showed raw JSON to whoever came by a link with a mistake in it."""
    asked = {"client_id": spa.id, **query}
    page = client.get(path, asked, headers={**HTML, "accept-language": "de"})
    assert page.status_code == 400
    assert page["Content-Type"].startswith("text/html")
    assert page["Cache-Control"] == "no-store"
    body = client.get(path, asked, headers={"accept": "application/json"}).json()
    assert body["code"] in page.content.decode()
    assert 'lang="de"' in page.content.decode()


@pytest.mark.parametrize("is_development", [True, False])
def test_only_a_development_installation_says_what_is_registered(
    client: Client, spa: Application, settings: Any, is_development: bool
) -> None:
    settings.DEVELOPMENT_MAILBOX = is_development
    html = client.get("/oidc/auth", {"client_id": spa.id, "redirect_uri": EVIL}, headers=HTML).content.decode()
    assert ("https://spa.example.com/callback" in html) is is_development
    assert (EVIL in html) is is_development


def test_the_trace_id_is_in_the_log(client: Client, spa: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    traces: list[str] = []
    monkeypatch.setattr(error_page.logger, "warning", lambda *_, extra: traces.append(extra["trace_id"]))
    html = client.get("/oidc/auth", {"client_id": spa.id, "redirect_uri": EVIL}, headers=HTML).content.decode()
    assert len(traces) == 1
    assert traces[0] in html


def test_a_refusal_leads_nowhere_by_itself_if_nobody_has_checked_the_client(browser: Browser, spa: Application) -> None:
    """`prompt=none` made the provider an open redirector for whoever registers a client (RFC 9700 section 4.11.2)."""
    request = browser.request_of(spa.id, prompt="none")
    assert browser.client.get("/oidc/auth", request, headers=HTML).status_code == 303, "a developer's client is trusted"
    spa.registration_source = Application.RegistrationSource.DCR
    spa.save()
    page = browser.client.get("/oidc/auth", request, headers=HTML)
    assert page.status_code == 400
    assert "Location" not in page.headers
    assert 'href="https://spa.example.com/callback?error=login_required' in page.content.decode()


def test_the_refusal_is_in_the_audit_log_under_its_trace_id(client: Client, spa: Application) -> None:
    html = client.get("/oidc/auth", {"client_id": spa.id, "redirect_uri": EVIL}, headers=HTML).content.decode()
    entry = AuditLog.objects.get(key="Interaction.Refused")
    assert entry.payload["traceId"] in html
    assert entry.id == entry.payload["traceId"]
    assert f"http://admin.localhost:8000/console/default/sign-in-traces/trace/?id={entry.id}" in html
    assert entry.application_id == spa.id
    assert entry.payload["sent"] == {"client_id": spa.id, "redirect_uri": EVIL}
    assert entry.payload["error"]["code"] == "oidc.invalid_redirect_uri"


def test_what_a_program_is_refused_is_no_entry(client: Client, spa: Application) -> None:
    client.get("/oidc/auth", {"client_id": spa.id, "redirect_uri": EVIL}, headers={"accept": "application/json"})
    assert not AuditLog.objects.filter(key="Interaction.Refused").exists()


def test_refusals_beyond_the_limit_are_not_recorded(
    client: Client, spa: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever repeats a bad request does not fill the log."""

    def refuse(_kind: Any) -> None:
        raise TooManyRequestsError(1)

    monkeypatch.setattr(error_page, "throttle", refuse)
    page = client.get("/oidc/auth", {"client_id": spa.id, "redirect_uri": EVIL}, headers=HTML)
    assert page.status_code == 400
    assert "/console/" not in page.content.decode()
    assert not AuditLog.objects.filter(key="Interaction.Refused").exists()


def test_the_page_has_the_tenants_look(client: Client, spa: Application) -> None:
    update_sign_in_experience(
        {
            "branding": {"logoUrl": "https://cdn.example/logo.svg"},
            "color": {"primaryColor": "#0a7f3f", "isDarkModeEnabled": False, "darkPrimaryColor": "#0a7f3f"},
        },
        actor=SYSTEM,
    )
    page = client.get("/oidc/auth", {"client_id": "nobody"}, headers=HTML)
    html = page.content.decode()
    assert 'src="https://cdn.example/logo.svg"' in html
    assert "--accent:#0a7f3f" in html
    policy = page["Content-Security-Policy"]
    assert "img-src https://cdn.example;" in policy
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    assert base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode() in policy
