"""The first set-up: everything the tutorial needs, the same on every run, and nothing a developer changed is undone."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from access.models import Role
from applications.models import Application
from console.bootstrap import BootstrapOptions, bootstrap
from console.tenancy import ConsoleRole, list_tenant_access
from identity.selectors import find_user_by_identifier
from identity.services.passwords import verify_user_password
from organizations.models import OrganizationRole
from tenants.context import enter_tenant
from tests.oidc.tokens.parties import basic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def printed() -> dict[str, Any]:
    out = StringIO()
    call_command("bootstrap", "--json", stdout=out)
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


def test_it_prints_the_same_on_every_run() -> None:
    first = printed()
    assert printed() == first
    assert first["issuer"] == "http://localhost:8000/oidc"
    assert first["console"]["url"] == "http://admin.localhost:8000/console/"
    assert first["managementApi"]["resource"] == "https://default.logto.app/api"


def test_the_generated_password_opens_the_account_and_is_kept_private(data_dir: Path) -> None:
    console = printed()["console"]
    kept = data_dir / "developer_password"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.read_text() == console["password"]
    with enter_tenant("admin"):
        developer = find_user_by_identifier("username", console["username"])
        assert verify_user_password(developer, console["password"])
    assert developer is not None
    access = {entry.tenant.id: entry.role for entry in list_tenant_access(developer.id)}
    assert access == {"admin": ConsoleRole.ADMIN, "default": ConsoleRole.ADMIN}


def test_the_environment_can_fix_everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a-secret-of-the-environment\n")
    monkeypatch.setenv("DEVELOPER_USERNAME", "carol")
    monkeypatch.setenv("DEVELOPER_PASSWORD", "correct horse battery")
    monkeypatch.setenv("MANAGEMENT_CLIENT_ID", "backend")
    monkeypatch.setenv("MANAGEMENT_CLIENT_SECRET_FILE", str(secret))
    monkeypatch.setenv("DEMO_CLIENT_ID", "documind")
    result = printed()
    assert result["console"]["username"] == "carol"
    assert result["console"]["password"] == "correct horse battery"
    assert result["managementApi"]["clientId"] == "backend"
    assert result["managementApi"]["clientSecret"] == "a-secret-of-the-environment"
    assert result["demoApp"]["clientId"] == "documind"


def test_what_a_developer_changed_stays() -> None:
    result = bootstrap(BootstrapOptions.from_environment())
    with enter_tenant("default"):
        OrganizationRole.objects.filter(name="Collaborator").delete()
        demo = Application.objects.get(id=result["demoApp"]["clientId"])
        demo.oidc_client_metadata = {"redirectUris": ["https://documind.example/callback"]}
        demo.save()
        Role.objects.filter(name="Workspace creator").update(is_default=False)
    bootstrap(BootstrapOptions.from_environment())
    with enter_tenant("default"):
        assert list(OrganizationRole.objects.values_list("name", flat=True)) == ["Admin"]
        assert Application.objects.get(id=demo.id).redirect_uri_list == ["https://documind.example/callback"]
        assert not Role.objects.get(name="Workspace creator").is_default


def test_the_console_stays_reachable_where_it_was(settings: Any) -> None:
    printed()
    settings.BASE_URL = "http://localhost:9000"
    printed()
    with enter_tenant("admin"):
        console = Application.objects.get(id="admin-console")
    assert console.redirect_uri_list == [
        "http://admin.localhost:8000/console/callback",
        "http://admin.localhost:9000/console/callback",
    ]


def created(*arguments: str) -> str:
    out = StringIO()
    call_command("create_tenant", *arguments, stdout=out)
    return out.getvalue()


def test_a_further_tenant_is_created_by_command() -> None:
    """And the command says how its Management API is called: it printed an address and nothing else."""
    bootstrap(BootstrapOptions.from_environment())
    place, advice = created("acme", "--name", "Acme").splitlines()
    assert place == "Acme is at http://acme.localhost:8000"
    assert "Logto Management API access" in advice
    with enter_tenant("admin"):
        developer = find_user_by_identifier("username", "admin")
    assert developer is not None
    assert "acme" in {entry.tenant.id for entry in list_tenant_access(developer.id)}
    with enter_tenant("acme"):
        assert not Application.objects.exists(), "nobody would know the secret"


def test_a_further_tenant_comes_with_a_management_api_client_that_works() -> None:
    """`--json` prints what `bootstrap --json` prints of tenant `default`, and no other tenant takes the client."""
    first = bootstrap(BootstrapOptions.from_environment())
    result = json.loads(created("acme", "--json"))
    management = result["managementApi"]
    assert result == {
        "endpoint": "http://acme.localhost:8000",
        "issuer": "http://acme.localhost:8000/oidc",
        "managementApi": {
            "tokenEndpoint": "http://acme.localhost:8000/oidc/token",
            "clientId": management["clientId"],
            "clientSecret": management["clientSecret"],
            "resource": "https://acme.logto.app/api",
        },
    }
    assert management.keys() == first["managementApi"].keys()
    credentials = basic(management["clientId"], management["clientSecret"])
    request = {"grant_type": "client_credentials", "resource": management["resource"], "scope": "all"}
    acme = Client(HTTP_HOST="acme.localhost:8000")
    answer = acme.post("/oidc/token", request, headers={"Authorization": credentials})
    assert answer.status_code == 200, answer.content
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert acme.get("/api/applications", headers=bearer).json()[0]["id"] == management["clientId"]
    other = Client(HTTP_HOST="localhost:8000")
    refused = other.post("/oidc/token", request, headers={"Authorization": credentials})
    assert refused.json()["error"] == "invalid_client"
    assert other.get("/api/applications", headers=bearer).status_code == 401


@pytest.mark.parametrize(("tenant", "code"), [("default", "tenant.id_in_use"), ("www", "tenant.invalid_id")])
def test_a_tenant_that_cannot_be_created_is_refused(tenant: str, code: str) -> None:
    bootstrap(BootstrapOptions.from_environment())
    with pytest.raises(CommandError, match=code):
        created(tenant, "--json")
