"""A tenant changes its mind about the case of usernames."""

import pytest

from common.actors import SYSTEM
from identity import username_case
from identity.models import User
from identity.selectors import find_user_by_identifier
from identity.services.usernames import apply_case_sensitivity, find_case_conflicts
from identity.services.users import create_user
from tenants.context import enter_tenant
from tests.racing import outcome

pytestmark = pytest.mark.django_db


def test_case_can_be_ignored_and_minded_again(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    carol = create_user(username="Carol", actor=SYSTEM)
    with enter_tenant("acme"):
        theirs = create_user(username="Mallory", actor=SYSTEM)
    apply_case_sensitivity(case_sensitive=False)
    monkeypatch.setattr(username_case, "_rule", lambda: False)
    assert find_user_by_identifier("username", "cAROL") == carol
    assert outcome(lambda: create_user(username="CAROL", actor=SYSTEM)) == ("user.username_already_in_use")
    apply_case_sensitivity(case_sensitive=True)
    monkeypatch.setattr(username_case, "_rule", lambda: True)
    assert find_user_by_identifier("username", "Carol") == carol
    with enter_tenant("acme"):
        assert find_user_by_identifier("username", "Mallory") == theirs


def test_names_that_clash_are_named_and_nothing_changes(alice: User, bob: User) -> None:
    create_user(username="Alice", actor=SYSTEM)
    create_user(username="BOB", actor=SYSTEM)
    create_user(actor=SYSTEM)
    assert find_case_conflicts(limit=1) == (2, ["alice"])
    assert outcome(lambda: apply_case_sensitivity(case_sensitive=False)) == "user.username_already_in_use"
    assert find_user_by_identifier("username", "alice") == alice
