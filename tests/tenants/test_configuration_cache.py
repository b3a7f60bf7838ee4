"""What is cached of a tenant's configuration is what was committed, also after a rollback."""

import pytest
from django.db import transaction

from applications.models import Application
from tenants.configuration import cached
from tenants.models import Tenant

pytestmark = pytest.mark.django_db(transaction=True)


class RefusedError(Exception):
    pass


def names() -> tuple[str, ...]:
    return cached("tests.names", None, lambda: tuple(Application.objects.values_list("name", flat=True)))


@pytest.fixture
def application(tenant: Tenant) -> Application:
    return Application.objects.create(name="old", type="SPA")


def rename(application: Application, name: str) -> None:
    application.name = name
    application.save()


def test_a_write_that_is_taken_back_leaves_nothing(application: Application) -> None:
    with pytest.raises(RefusedError), transaction.atomic():
        rename(application, "new")
        assert names() == ("new",)
        raise RefusedError
    assert names() == ("old",)


def test_a_savepoint_keeps_what_was_written_before_it_and_the_end_takes_both_back(application: Application) -> None:
    with pytest.raises(RefusedError), transaction.atomic():
        rename(application, "before")
        with pytest.raises(RefusedError), transaction.atomic():
            rename(application, "within")
            assert names() == ("within",)
            raise RefusedError
        assert names() == ("before",)
        raise RefusedError
    assert names() == ("old",)


def test_a_rollback_of_nothing_drops_nothing(application: Application) -> None:
    """A silent sign-in (`prompt=none`) that is refused rolls back: whoever sent some emptied the tenant's cache."""
    with pytest.raises(RefusedError), transaction.atomic():
        raise RefusedError
    held = names()
    with pytest.raises(RefusedError), transaction.atomic():
        assert Application.objects.filter(name="old").exists()
        raise RefusedError
    assert names() is held


def test_a_rollback_long_after_a_write_drops_nothing(application: Application) -> None:
    """A sign-in that lacks a second factor takes a savepoint back; its thread may have written configuration once."""
    with transaction.atomic():
        rename(application, "new")
    held = names()
    with transaction.atomic(), pytest.raises(RefusedError), transaction.atomic():
        raise RefusedError
    assert names() is held


def test_a_write_after_a_savepoint_that_was_taken_back_is_taken_back_too(application: Application) -> None:
    with pytest.raises(RefusedError), transaction.atomic():
        rename(application, "before")
        with pytest.raises(RefusedError), transaction.atomic():
            raise RefusedError
        assert names() == ("before",)
        raise RefusedError
    assert names() == ("old",)
