"""Which services a test run takes."""

import os

import pytest

from config import embedded_postgres
from tests import services_plugin


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No variable set and nothing on the default ports; the list tells whether the embedded server was started."""
    for name in ("DATABASE_URL", "REDIS_URL", "GATEHOUSE_TEST_SERVICES", "PYTEST_XDIST_WORKER"):
        monkeypatch.setenv(name, "")  # so that the value is restored afterwards
        monkeypatch.delenv(name)
    started: list[str] = []

    def ensure() -> None:
        if not os.environ.get("DATABASE_URL"):
            started.append("embedded")
            os.environ["DATABASE_URL"] = "postgres://postgres@%2Ftmp%2Frun:5432/gatehouse"

    monkeypatch.setattr(embedded_postgres, "ensure", ensure)
    monkeypatch.setattr(services_plugin, "postgres_version", lambda url: None)
    monkeypatch.setattr(services_plugin, "redis_version", lambda url: None)
    return started


def test_a_bare_machine_takes_the_embedded_default(bare_machine: list[str]) -> None:
    services_plugin.choose()
    assert bare_machine == ["embedded"]
    assert os.environ["REDIS_URL"] == ""


def test_the_local_default_ports_are_taken_when_they_answer(
    monkeypatch: pytest.MonkeyPatch, bare_machine: list[str]
) -> None:
    monkeypatch.setattr(services_plugin, "postgres_version", lambda url: "18.6")
    monkeypatch.setattr(services_plugin, "redis_version", lambda url: "8.0.1")
    services_plugin.choose()
    assert bare_machine == []
    assert os.environ["DATABASE_URL"] == services_plugin.LOCAL_POSTGRES
    assert os.environ["REDIS_URL"] == services_plugin.LOCAL_REDIS
    header = services_plugin.pytest_report_header()
    assert header == "services: PostgreSQL 18.6 at 127.0.0.1:5432, Redis 8.0.1 at 127.0.0.1:6379"


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch, bare_machine: list[str]) -> None:
    monkeypatch.setattr(services_plugin, "postgres_version", lambda url: "18.6")
    monkeypatch.setattr(services_plugin, "redis_version", lambda url: "8.0.1")
    monkeypatch.setenv("DATABASE_URL", "postgres://alice:secret@db.test:6432/mine")
    monkeypatch.setenv("REDIS_URL", "")
    services_plugin.choose()
    header = services_plugin.pytest_report_header()
    assert header == "services: PostgreSQL 18.6 at db.test:6432, no Redis"
    assert bare_machine == []


def test_the_embedded_default_can_be_forced(monkeypatch: pytest.MonkeyPatch, bare_machine: list[str]) -> None:
    monkeypatch.setenv("GATEHOUSE_TEST_SERVICES", "embedded")
    monkeypatch.setenv("DATABASE_URL", "postgres://db.test/mine")
    monkeypatch.setenv("REDIS_URL", "redis://redis.test")
    services_plugin.choose()
    assert bare_machine == ["embedded"]
    assert os.environ["REDIS_URL"] == ""


def test_a_named_database_that_does_not_answer_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db.test/mine")
    services_plugin.choose()
    with pytest.raises(pytest.UsageError, match="db.test"):
        services_plugin.pytest_report_header()


def test_every_worker_has_a_redis_database_of_its_own() -> None:
    urls = {services_plugin.redis_url_of_worker("redis://redis.test:6379/15", worker) for worker in range(4)}
    assert urls == {f"redis://redis.test:6379/{number}" for number in (14, 13, 12, 11)}
    assert services_plugin.redis_url_of_worker("redis://redis.test", 0) == "redis://redis.test/15"
