"""The console's page for the configuration file: download, plan, apply."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access.models import Role
from connectors.models import Connector
from connectors.selectors import config_of
from events.models import AuditLog
from identity.models import User
from tenants.context import enter_tenant
from tests.console.conftest import browser_of

pytestmark = pytest.mark.django_db

PAGE = "/console/default/tenant/configuration/"
FILE = """version: 1
roles:
  - {name: Picker, description: "<b>Picks</b>"}
emailConnector:
  connector: sendgrid-email-service
  config: {apiKey: "${env:KEY}", fromEmail: a@a.example}
"""


def upload(console: Client, text: str, **fields: Any) -> Any:
    return console.post(PAGE, {"file": SimpleUploadedFile("acme.yaml", text.encode()), **fields})


def hidden_fields(page: str) -> dict[str, str]:
    """What the form of a plan sends."""
    fields = dict(re.findall(r'<input type="hidden" name="(version|sealed|prune)" value="([^"]*)"', page))
    [text] = re.findall(r'<textarea name="text" hidden>\n(.*?)</textarea>', page, re.DOTALL)
    return {**fields, "text": unescape(text), "action": "apply"}


def apply(console: Client, fields: dict[str, str]) -> Any:
    return console.post(PAGE, urlencode(fields), content_type="application/x-www-form-urlencoded")


def test_a_file_is_downloaded(console: Client) -> None:
    assert console.get(PAGE).status_code == 200
    response = console.get(f"{PAGE}?download=yes&ids=yes")
    assert response.headers["Content-Disposition"] == 'attachment; filename="default.yaml"'
    assert response.content.startswith(b"version: 1\n")
    assert b"\norganizations:" not in response.content
    assert b"\norganizations:" in console.get(f"{PAGE}?download=yes&organizations=yes").content


def test_a_file_is_planned_and_applied(console: Client) -> None:
    page = upload(console, FILE, secrets="KEY = the-key-of-sendgrid\nOTHER").content.decode()
    assert "+ roles: Picker" in page
    assert "&lt;b&gt;Picks&lt;/b&gt;" in page
    assert "the-key-of-sendgrid" not in page
    with enter_tenant("default"):
        assert not Role.objects.filter(name="Picker").exists()
    applied = apply(console, hidden_fields(page))
    assert applied.status_code == 302
    with enter_tenant("default"):
        assert Role.objects.filter(name="Picker").exists()
        assert config_of(Connector.objects.get(factory_id="sendgrid-email-service"))["apiKey"] == "the-key-of-sendgrid"
        entry = AuditLog.objects.get(key="Tenant.Configuration.Applied")
        assert entry.payload["actor"]["kind"] == "developer"
    assert "No changes" in upload(console, FILE).content.decode()


def test_a_plan_that_is_out_of_date_is_refused(console: Client) -> None:
    fields = hidden_fields(upload(console, FILE, secrets="KEY=k").content.decode())
    apply(console, fields)
    assert "Plan again" in apply(console, fields).content.decode()


def test_a_refused_file_is_told_line_by_line(console: Client) -> None:
    page = upload(console, "version: 1\nroles:\n  - {nam: A}\n").content.decode()
    assert re.search(r">3</td><td[^>]*><code>roles\[0\].nam</code>", page)
    assert "not a text" in console.post(PAGE, {"file": SimpleUploadedFile("a", b"\xff")}, follow=True).content.decode()
    assert apply(console, {"secrets": "A=B"}).status_code == 404


def test_pruning_is_asked_for_and_told(console: Client) -> None:
    apply(console, hidden_fields(upload(console, FILE, secrets="KEY=k").content.decode()))
    kept = upload(console, "version: 1\nroles: []\n").content.decode()
    assert "Not in the file, and kept: roles Picker" in kept
    page = upload(console, "version: 1\nroles: []\n", prune="yes").content.decode()
    assert "- roles: Picker" in page
    apply(console, hidden_fields(page))
    with enter_tenant("default"):
        assert not Role.objects.filter(name="Picker").exists()


def test_collaborators_do_not_see_it(dave: User) -> None:
    assert browser_of(dave).get(PAGE).status_code == 403


def test_the_token_of_the_form_is_needed(carol: User) -> None:
    strict = browser_of(carol, csrf=True)
    assert upload(strict, FILE).status_code == 403
    assert apply(strict, {"action": "apply", "text": FILE, "version": "x"}).status_code == 403
