"""Which tests are marked `slow`, by what they are: `make test-fast` leaves them out."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent

# Journeys over HTTP, protocols from outside, walks over every model and route, browsers, published clients, servers.
SLOW = (
    "bench",
    "browser",
    "clients",
    "console",
    "experience/pages",
    "history",
    "incidents",
    "isolation",
    "management_api",
    "oidc",
    "openapi/test_generated_requests.py",
    "platform/test_embedded_postgres.py",
    "platform/test_production.py",
    "platform/test_serve.py",
    "platform/test_web_server.py",
    "platform/test_without_docker.py",
    "saml",
    "sdk",
    "spec",
)
# They empty every table afterwards, or start a server.
SLOW_FIXTURES = frozenset({"live_server", "run_openid_provider", "transactional_db"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow tests."""
    for item in items:
        if _is_slow(item):
            item.add_marker(pytest.mark.slow)


def _is_slow(item: pytest.Item) -> bool:
    database = item.get_closest_marker("django_db")
    return (
        any(item.path.is_relative_to(HERE / folder) for folder in SLOW)
        or not SLOW_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
        or (database is not None and bool(database.kwargs.get("transaction")))
    )
