"""Which tests `make test-fast` leaves out: those marked `slow` here, by what they are."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent

# Whole protocols from outside, generated walks over every model and route, browsers and published clients.
SLOW_FOLDERS = frozenset({"bench", "browser", "clients", "console", "history", "incidents", "isolation", "sdk", "spec"})
# They empty every table afterwards, start a server, or start a process.
SLOW_FIXTURES = frozenset({"live_server", "transactional_db", "data_dir"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow tests."""
    for item in items:
        if _is_slow(item):
            item.add_marker(pytest.mark.slow)


def _is_slow(item: pytest.Item) -> bool:
    database = item.get_closest_marker("django_db")
    return (
        item.path.relative_to(HERE).parts[0] in SLOW_FOLDERS
        or not SLOW_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
        or (database is not None and bool(database.kwargs.get("transaction")))
    )
