"""Actions and the hosted pages."""

from typing import Any

import pytest
from django.db import connection

from common.sandbox import running
from identity.models import User
from tests.experience.actions.conftest import SIGN_IN, install
from tests.experience.legacy import Legacy
from tests.experience.pages.conftest import Visitor
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(application: Any) -> Visitor:
    return Visitor(application)


def test_users_of_another_system_come_by_signing_in(visitor: Visitor, application: Any, migrating: Legacy) -> None:
    """Bob signs in with the password that he has there; the next time nobody asks there any more."""
    visitor.open().send(identifier="bobby", password="not that one")
    assert visitor.error_codes == ["session.invalid_credentials"]
    assert visitor.send(identifier="bobby", password="old password").arrive()["code"]
    assert User.objects.get().primary_email == "bob@example.com"

    asked = len(migrating.calls)
    migrating.users.clear()
    assert Visitor(application).open().send(identifier="bobby", password="old password").arrive()["code"]
    assert len(migrating.calls) == asked


def test_a_sign_in_that_is_stopped_says_so(visitor: Visitor, alice: User) -> None:
    install("throw new Error('down');", SIGN_IN)
    visitor.open().send(identifier="alice", password=PASSWORD)
    assert visitor.error_codes == ["session.verification_failed"]
    install("", SIGN_IN)
    assert visitor.send(identifier="alice", password=PASSWORD).arrive()["code"]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_waits_for_a_script(visitor: Visitor, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages run several steps in one transaction otherwise."""
    held: list[tuple[str, bool]] = []

    def watch(script: str, *arguments: Any, **options: Any) -> Any:
        held.append((script[:6], connection.in_atomic_block))
        return running.Returned(None, is_undefined=True)

    monkeypatch.setattr("common.sandbox.running.run_script", watch)
    install("const runAction = 1")
    install("let runAction = 2", SIGN_IN)
    visitor.open().send(identifier="alice", password="wrong")
    assert visitor.send(identifier="alice", password=PASSWORD).arrive()["code"]
    assert held == [("const ", False), ("let ru", False)]
