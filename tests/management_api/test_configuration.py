"""`/api/configuration`: export, plan and apply on the wire."""

from typing import Any

import pytest
from django.test import Client

from access.models import Role
from configuration.document import read_document
from events.models import AuditLog
from tenants.context import enter_tenant
from tests.configuration.whole import SECRETS, WHOLE

JSON = "application/json"
URL = "/api/configuration"
FILE = """version: 1
roles:
  - name: Picker
    description: Picks what is ripe
"""


def send(api: Client, action: str, configuration: Any, **body: Any) -> Any:
    return api.post(f"{URL}/{action}", {"configuration": configuration, **body}, content_type=JSON)


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_a_file_is_planned_and_applied(api: Client) -> None:
    planned = send(api, "plan", FILE).json()
    assert (planned["hasChanges"], planned["summary"]) == (True, {"create": 1, "change": 0, "delete": 0})
    assert not Role.objects.filter(name="Picker").exists()
    applied = send(api, "apply", FILE, version=planned["version"])
    assert (applied.status_code, applied.json()["steps"]) == (200, planned["steps"])
    assert Role.objects.get(name="Picker").description == "Picks what is ripe"
    entry = AuditLog.objects.get(key="Tenant.Configuration.Applied")
    assert entry.payload["actor"]["kind"] == "application"
    assert entry.payload["summary"] == {"create": 1, "change": 0, "delete": 0}
    assert entry.payload["changed"] == ["create roles: Picker"]
    assert send(api, "plan", FILE).json()["hasChanges"] is False


def test_an_apply_needs_the_version_of_its_plan(api: Client) -> None:
    version = send(api, "plan", FILE).json()["version"]
    assert refused(send(api, "apply", FILE)) == (400, "guard.invalid_input")
    api.post("/api/roles", {"name": "Other", "description": "Other"}, content_type=JSON)
    assert refused(send(api, "apply", FILE, version=version)) == (409, "configuration.tenant_changed")
    assert not Role.objects.filter(name="Picker").exists()


def test_the_export_is_json_or_yaml(api: Client) -> None:
    as_json = api.get(URL).json()
    response = api.get(URL, headers={"accept": "application/yaml"})
    assert response.headers["Content-Type"] == "application/yaml"
    assert read_document(response.content.decode()).content == as_json
    assert api.get(f"{URL}?format=yaml").content == response.content
    assert "organizations" not in as_json
    assert api.get(f"{URL}?organizations=true").json()["organizations"] == []
    assert {application["name"]: application["id"] for application in api.get(f"{URL}?ids=1").json()["applications"]}


def test_an_object_is_a_file_too(api: Client) -> None:
    exported = api.get(URL).json()
    assert send(api, "plan", exported).json()["hasChanges"] is False


def test_secrets_come_with_the_request(api: Client) -> None:
    planned = send(api, "plan", WHOLE, secrets=SECRETS)
    assert planned.status_code == 200, planned.content
    assert not any(secret in planned.content.decode() for secret in SECRETS.values())
    missing = send(api, "plan", WHOLE)
    assert refused(missing) == (422, "configuration.invalid_file")
    assert {issue["path"] for issue in missing.json()["data"]["issues"]} >= {"emailConnector.config.auth.pass"}


@pytest.mark.parametrize("reference", ["${file:/etc/hostname}", "${file:/proc/self/environ}"])
def test_no_file_of_the_server_is_read(api: Client, reference: str) -> None:
    file = f"version: 1\ncaptcha: {{type: Turnstile, config: {{siteKey: a, secretKey: '{reference}'}}}}"
    response = send(api, "plan", file)
    assert refused(response) == (422, "configuration.invalid_file")
    assert response.json()["data"]["issues"][0]["path"] == "captcha.config.secretKey"


def test_the_environment_of_the_server_is_not_read(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHARD", "a-secret-of-the-server")
    file = "version: 1\ncaptcha: {type: Turnstile, config: {siteKey: a, secretKey: '${env:ORCHARD}'}}"
    assert refused(send(api, "plan", file)) == (422, "configuration.invalid_file")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"configuration": 1},
        {"configuration": FILE, "secrets": ["a"]},
        {"configuration": FILE, "prune": "yes"},
    ],
)
def test_a_body_of_another_shape_is_refused(api: Client, body: Any) -> None:
    assert refused(api.post(f"{URL}/plan", body, content_type=JSON)) == (400, "guard.invalid_input")


def test_another_tenant_is_not_touched(api: Client, acme_api: Client) -> None:
    version = send(api, "plan", FILE).json()["version"]
    send(api, "apply", FILE, version=version)
    assert "Picker" not in acme_api.get(URL).content.decode()
    with enter_tenant("acme"):
        assert not Role.objects.filter(name="Picker").exists()
