"""How many threads may wait for providers: a slow one must not stop other ways to sign in."""

from contextlib import ExitStack, suppress

import pytest

from common.errors import AppError
from experience import provider_calls
from experience.provider_calls import provider_call
from tenants.context import enter_tenant
from tenants.models import Tenant


def _is_open(connector_id: str) -> bool:
    with suppress(AppError), provider_call(connector_id):
        return True
    return False


def test_who_is_turned_away_may_come_again(tenant: Tenant) -> None:
    with provider_call("a"), provider_call("a"), pytest.raises(AppError) as error, provider_call("a"):
        pass
    assert (error.value.code, error.value.status) == ("connector.timed_out", 503)


def test_a_slow_provider_keeps_two_threads(tenant: Tenant) -> None:
    with provider_call("slow"), provider_call("slow"):
        assert not _is_open("slow")
        assert _is_open("quick")
    assert _is_open("slow")


def test_a_tenant_of_slow_providers_leaves_threads_to_others(tenants: dict[str, Tenant]) -> None:
    with ExitStack() as stack:
        with enter_tenant("acme"):
            for connector_id in ("a", "b", "c"):
                stack.enter_context(provider_call(connector_id))
            assert not _is_open("d")
        with enter_tenant("default"):
            assert _is_open("a")


def test_a_failed_call_gives_its_place_back(tenant: Tenant) -> None:
    for _ in range(5):
        with pytest.raises(ValueError, match="broken"), provider_call("a"):
            raise ValueError("broken")
    assert _is_open("a")
    assert not provider_calls._under_way
