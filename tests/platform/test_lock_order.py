"""Deletions that meet in the same rows wait for one another in one order, and who lost a conflict is run again."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import OperationalError, connection, transaction

from applications.services.applications import delete_application
from common.actors import SYSTEM
from identity.models import User
from identity.services.users import create_user, delete_user
from oidc.models import Grant, RefreshToken
from tenants.context import enter_tenant
from tenants.database.conflicts import atomic_with_retries
from tenants.services.tenants import create_tenant
from tests.oidc.tokens.parties import Party, authorize, make_application
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_user_and_their_applications_are_deleted_at_once() -> None:
    """A user was deleted while three applications they had tokens for were: a deadlock in 17 of 40 rounds."""
    create_tenant("default", name="Default")
    with enter_tenant("default"):
        for number in range(5):
            alice = create_user(username=f"alice{number}", actor=SYSTEM)
            applications = [make_application("SPA") for _ in range(3)]
            for application in applications:
                for _ in range(4):
                    Party(application).redeem(authorize(alice, application))
            assert RefreshToken.objects.exists()
            deletions = [lambda user=alice: delete_user(user, actor=SYSTEM)]
            deletions += [lambda doomed=doomed: delete_application(doomed, actor=SYSTEM) for doomed in applications]
            assert race(deletions) == [None] * 4
            assert not any(model.objects.exists() for model in (User, Grant, RefreshToken))


def test_who_was_ended_for_another_transaction_begins_again() -> None:
    """Two transactions lock two users in opposite order; the one that PostgreSQL ends succeeds all the same."""
    create_tenant("default", name="Default")
    with enter_tenant("default"):
        ids = [create_user(username=name, actor=SYSTEM).id for name in ("alice", "bob")]

        meeting = Barrier(2, timeout=2)

        @atomic_with_retries
        def lock_both(first: str, second: str) -> str:
            User.objects.select_for_update().get(id=first)
            with suppress(BrokenBarrierError):
                meeting.wait()
            User.objects.select_for_update().get(id=second)
            return "done"

        outcomes = race([lambda: lock_both(*ids), lambda: lock_both(*reversed(ids))])
        assert outcomes == ["done", "done"]


def test_inside_of_a_transaction_the_conflict_is_its_owners() -> None:
    calls = []

    @atomic_with_retries
    def fail() -> None:
        calls.append(1)
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$")

    with pytest.raises(OperationalError), transaction.atomic():
        fail()
    assert len(calls) == 1
    with pytest.raises(OperationalError):
        fail()
    assert len(calls) == 4
