"""Figures are counted as in production, and written when the test says so."""

from collections.abc import Iterator
from typing import Any

import pytest

from events.figures import counting


@pytest.fixture
def counted(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.FIGURES_DELAY = 60
    monkeypatch.setattr(counting._writer, "start", lambda: None)
    _forget()
    yield
    _forget()


def _forget() -> None:
    for kept in (counting._counts, counting._active, counting._remembered):
        kept.clear()
