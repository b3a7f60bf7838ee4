"""Userinfo asks the database for no more than a token wants, and asks every time."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import Role
from identity.models import User, UserRole
from oidc.token import statements
from tests.oidc.tokens.parties import Party

pytestmark = pytest.mark.django_db


def is_asked_for_roles(spa: Party, token: str) -> bool:
    with CaptureQueriesContext(connection) as captured:
        assert spa.userinfo(token).status_code == 200
    return any("identity_userrole" in query["sql"] for query in captured)


def test_a_token_that_wants_no_relation(spa: Party, alice: User) -> None:
    """PostgreSQL spends half of the statement on relations that nobody wants."""
    token = spa.sign_in(alice, scope="openid profile")["access_token"]
    first = spa.userinfo(token).json()
    assert not is_asked_for_roles(spa, token)
    User.objects.filter(id=alice.id).update(name="Alice Kingsleigh")
    assert spa.userinfo(token).json() == first | {"name": "Alice Kingsleigh"}


def test_a_token_that_wants_one(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice, scope="openid roles")["access_token"]
    assert spa.userinfo(token).json()["roles"] == ["reader"]
    assert is_asked_for_roles(spa, token)
    UserRole.objects.create(user=alice, role=Role.objects.create(name="editor", type="User"))
    assert spa.userinfo(token).json()["roles"] == ["editor", "reader"]


def test_a_suspended_user_is_refused_all_the_same(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice, scope="openid")["access_token"]
    assert spa.userinfo(token).status_code == 200
    User.objects.filter(id=alice.id).update(is_suspended=True)
    assert spa.userinfo(token).status_code == 401


def test_what_is_known_is_bounded(spa: Party, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "_MOST_DIGESTS", 2)
    for _ in range(3):
        spa.userinfo(spa.sign_in(alice, scope="openid")["access_token"])
    assert len(statements._without_relations) == 1
