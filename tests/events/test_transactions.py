"""Several services in one transaction: what a refusal takes back, and what it leaves."""

import pytest
from django.db import transaction

from common.errors import AppError
from events.history import record
from events.models import AuditLog
from events.transactions import one_transaction, part
from tenants.models import Tenant


def keys() -> list[str]:
    return sorted(AuditLog.objects.filter(key__in=["Before", "Refused"]).values_list("key", flat=True))


def test_a_refused_part_takes_back_its_own(tenant: Tenant) -> None:
    with pytest.raises(AppError, match="access_denied"), one_transaction():
        record("Before")
        with part():
            record("Refused")
            raise AppError("oidc.access_denied")
    assert keys() == ["Before"]


def test_a_refusal_without_a_savepoint_undoes_everything_and_is_raised_as_it_is(tenant: Tenant) -> None:
    """The entries could not be written any more, and the refusal would have become a 500."""
    with pytest.raises(AppError, match="access_denied"), one_transaction():
        record("Before")
        with transaction.atomic(savepoint=False):
            raise AppError("oidc.access_denied")
    assert keys() == []
