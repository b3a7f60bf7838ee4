"""The benchmark's walks, once each: what it measures is what is served."""

from typing import Any

import pytest

from bench import fixtures, paths
from bench.flows import walk
from events.figures import counting
from tenants.configuration import settle

HOST = "localhost:8000"


@pytest.fixture
def scene(
    db: Any, django_capture_on_commit_callbacks: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    # Figures are counted as in production; what writes them is not part of any walk.
    settings.FIGURES_DELAY = 60
    monkeypatch.setattr(counting._writer, "start", lambda: None)
    # As if it had been committed: a refusal within a walk takes nothing of it back.
    with django_capture_on_commit_callbacks(execute=True):
        return fixtures.build(crowd=0, accounts=4)


@pytest.mark.parametrize("path", paths.GATEHOUSE)
def test_a_walk_comes_to_its_end(scene: dict[str, Any], path: str) -> None:
    """Twice by each of two people: single-use tokens go on where a walk leaves off."""
    for number in range(2):
        user = paths.GATEHOUSE[path](scene, number)
        for _ in range(2):
            assert len(walk(user, host=HOST)) == len(user["steps"])


def test_the_scene_can_be_found_again(scene: dict[str, Any]) -> None:
    """What counts the statements begins with the database that a run has left; a path that was added had no token."""
    again = fixtures.signed_in_once()
    for users in paths.GATEHOUSE.values():
        user = users(again, 0)
        assert len(walk(user, host=HOST)) == len(user["steps"])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        # Its audit entry, which waits for others where entries may wait.
        (paths.CLIENT_CREDENTIALS, [1]),
        (paths.REFRESH, [2]),
        (paths.USERINFO, [1]),
        (paths.INTROSPECTION, [1]),
        (paths.DISCOVERY, [0]),
        (paths.JWKS, [0]),
        (paths.USER, [1]),
        # The total, which the database keeps, and the page.
        (paths.USERS, [2]),
        # Begin, session, place, code, commit.
        (paths.AUTHORIZE, [5]),
        # The request kept; the page; the attempt counted, and the journey; session, grant and code; the tokens.
        # Begin and commit count, and each is there once but for the attempt's, which a refusal must not undo.
        (paths.SIGN_IN, [4, 1, 18, 14, 2]),
        # The journey begun, the password proved, the user identified, all submitted: one call after the other. The
        # first joins the transaction of this test, so that its begin and commit are missing.
        (paths.SIGN_IN_API, [4, 1, 5, 13, 8, 11, 14, 2, 1]),
        # As the plain sign-in, but that the form leads to the page of the code. That reads request, journey, user and
        # factors; its form the app too, it spends the code, counts the attempt, and submits the journey.
        (paths.AUTHENTICATOR, [4, 1, 17, 4, 23, 14, 2]),
    ],
)
def test_statements(scene: dict[str, Any], settings: Any, path: str, expected: list[int]) -> None:
    """Warm, and with a stamp that was read a moment ago."""
    settle()
    settings.CONFIGURATION_LEASE = 60
    user = paths.GATEHOUSE[path](scene, 0)
    walk(user, host=HOST)
    assert walk(user, host=HOST) == expected


def test_a_walk_that_fails_says_so(scene: dict[str, Any]) -> None:
    user = paths.GATEHOUSE[paths.USERINFO](scene, 0)
    user["steps"][0]["headers"]["Authorization"] = "Bearer nothing"
    with pytest.raises(AssertionError, match="401"):
        walk(user, host=HOST)
