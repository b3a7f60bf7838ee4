"""Rows by prepared statements behave as rows by the ORM."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from applications.models import Application
from experience.models import Interaction
from identity.models import User
from oidc.models import AuthorizationRequest, Session
from tenants.context import enter_tenant
from tenants.database import rows
from tenants.models import Tenant

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def alice(tenant: Tenant) -> User:
    return User.objects.create(id="alice", username="alice", username_key="alice")


def _session(user: User, cookie: str = "c") -> Session:
    return Session(
        user=user,
        cookie_sha256=cookie,
        authenticated_at=NOW,
        created_at=NOW,
        expires_at=NOW,
        last_submission={"a": [1]},
    )


def test_what_is_written_is_read(alice: User) -> None:
    written = rows.insert(_session(alice))
    assert not written._state.adding
    by_orm, found = Session.objects.get(), rows.find(Session, "r.cookie_sha256 = %s", "c")
    for read in (by_orm, found):
        assert read is not None
        assert {name: read.__dict__[name] for name in written.__dict__ if name[0] != "_"} == {
            name: value for name, value in written.__dict__.items() if name[0] != "_"
        }


def test_named_fields_are_saved_where_a_condition_holds(alice: User) -> None:
    session = rows.insert(_session(alice))
    session.ip, session.user_agent, session.last_submission = "10.0.0.1", "unsaved", {"b": 2}
    assert rows.save(session, "ip", "last_submission", where="r.expires_at = %s", parameters=[NOW])
    assert not rows.save(session, "user_agent", where="r.cookie_sha256 = %s", parameters=["another"])
    stored = Session.objects.get()
    assert (stored.ip, stored.user_agent, stored.last_submission) == ("10.0.0.1", "", {"b": 2})


def test_a_row_is_refreshed_or_gone(alice: User) -> None:
    session = rows.insert(_session(alice))
    Session.objects.update(ip="10.0.0.2")
    with transaction.atomic():
        assert rows.refresh(session, lock="FOR UPDATE")
    assert session.ip == "10.0.0.2"
    assert session.user is alice
    Session.objects.all().delete()
    with transaction.atomic():
        assert not rows.refresh(session, lock="FOR UPDATE")


def test_another_tenant_has_no_such_row(alice: User, tenants: dict[str, Tenant]) -> None:
    session = rows.insert(_session(alice))
    with enter_tenant("acme"):
        assert rows.find(Session, "r.id = %s", session.id) is None
        assert not rows.save(session, "ip")
        assert not rows.refresh(session, lock="")


def test_errors_are_those_of_the_orm(alice: User) -> None:
    rows.insert(_session(alice))
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(_session(alice))


@pytest.fixture
def pending(tenant: Tenant) -> list[AuthorizationRequest]:
    """Two requests, each with a journey."""
    application = Application.objects.create(name="app", type="SPA")
    shared = {"application": application, "parameters": {}, "origin": "https://a.test", "expires_at": NOW}
    found = [AuthorizationRequest.objects.create(prompt="login", reasons=[], **shared) for _ in range(2)]
    for request in found:
        Interaction.objects.create(request=request, event=Interaction.Event.SIGN_IN)
    return found


def test_a_row_is_deleted_with_what_refers_to_it(
    pending: list[AuthorizationRequest], django_assert_num_queries: Any
) -> None:
    wanted, other = pending
    with django_assert_num_queries(1):
        assert rows.delete(wanted)
    assert not rows.delete(wanted)
    assert [left.request for left in Interaction.objects.all()] == [other]
    assert list(AuthorizationRequest.objects.all()) == [other]


def test_a_row_on_which_more_depends_is_not_deleted(alice: User) -> None:
    with pytest.raises(TypeError):
        rows.delete(alice)


def test_another_tenants_row_is_not_deleted(pending: list[AuthorizationRequest], tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"):
        assert not rows.delete(pending[0])
    assert (AuthorizationRequest.objects.count(), Interaction.objects.count()) == (2, 2)


def test_all_rows_are_found_in_an_order(alice: User) -> None:
    for cookie in ("b", "a"):
        rows.insert(_session(alice, cookie))
    found = rows.find_all(Session, "r.user_id = %s", "alice", order="r.cookie_sha256")
    assert found == list(Session.objects.order_by("cookie_sha256"))
    assert found[0].last_submission == {"a": [1]}
    assert rows.find_all(Session, "r.user_id = %s", "bob", order="r.id") == []
