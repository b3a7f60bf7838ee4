"""The number of SQL statements of a password sign-in, savepoints left out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from experience.actions.configuration import ActionType, find_action
from identity.models import User
from tests.experience.conftest import Browser


def statements(call: Callable[[], Any]) -> int:
    """How many statements a call runs."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return sum("SAVEPOINT" not in query["sql"] for query in captured.captured_queries)


@pytest.fixture
def warm(browser: Browser, alice: User) -> Browser:
    """A journey whose settings have been read."""
    browser.start()
    browser.give_password("username", "alice")
    find_action(ActionType.POST_SIGN_IN)
    return browser


def test_password(warm: Browser) -> None:
    assert statements(lambda: warm.give_password("username", "alice")) == 10


def test_identification_and_submission(warm: Browser) -> None:
    verification_id = warm.give_password("username", "alice")
    assert statements(lambda: warm.identify(verification_id)) == 7
    assert statements(lambda: warm.submit()) == 10
