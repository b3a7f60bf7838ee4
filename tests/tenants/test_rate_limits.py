"""Unauthenticated callers may make a tenant write rows only so often."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory
from redis.exceptions import ConnectionError as RedisConnectionError

from common import rates
from common.request_context import set_request
from tenants import rate_limits
from tenants.context import enter_tenant
from tenants.rate_limits import Kind, TooManyRequestsError, configured_limits, throttle


@pytest.fixture
def limited(settings: Any) -> Callable[..., None]:
    """Set the limits of a test."""

    def limit(*, per_address: str = "", per_tenant: str = "", redis_url: str | None = None) -> None:
        settings.ANONYMOUS_LIMIT_PER_ADDRESS, settings.ANONYMOUS_LIMIT_PER_TENANT = per_address, per_tenant
        if redis_url is not None:
            settings.REDIS_URL = redis_url
        rate_limits.forget()

    return limit


def call(address: str = "198.51.100.1", *, kind: Kind = Kind.SIGN_IN, tenant: str = "default") -> bool:
    """Whether a request from the address is let through."""
    set_request(RequestFactory().get("/", REMOTE_ADDR=address))
    with enter_tenant(tenant):
        try:
            throttle(kind)
        except TooManyRequestsError:
            return False
    return True


@pytest.fixture(params=["", None], ids=["in process", "shared"])
def counters(request: pytest.FixtureRequest, limited: Callable[..., None], settings: Any) -> Any:
    """Both places where requests are counted."""
    if request.param is None and not settings.REDIS_URL:
        pytest.skip("there is no Redis here")
    return lambda **limits: limited(redis_url=request.param, **limits)


def test_an_address_is_refused_beyond_its_limit_and_others_are_not(counters: Any) -> None:
    counters(per_address="2/minute")
    assert [call() for _ in range(3)] == [True, True, False]
    assert call("198.51.100.2")


def test_a_refusal_says_when_to_come_again(counters: Any) -> None:
    counters(per_address="1/minute")
    assert call()
    set_request(RequestFactory().get("/", REMOTE_ADDR="198.51.100.1"))
    with enter_tenant("default"), pytest.raises(TooManyRequestsError) as refusal:
        throttle(Kind.SIGN_IN)
    assert (refusal.value.code, refusal.value.status) == ("request.rate_limited", 429)
    assert 1 <= int(refusal.value.headers["Retry-After"]) <= 120


def test_a_tenant_is_limited_as_a_whole_and_apart_from_others(counters: Any) -> None:
    counters(per_tenant="2/minute")
    assert [call(f"198.51.100.{number}") for number in range(3)] == [True, True, False]
    assert call("198.51.100.9", tenant="acme")


def test_one_address_does_not_use_up_its_tenants_limit(counters: Any) -> None:
    counters(per_address="1/minute", per_tenant="3/minute")
    assert [call() for _ in range(5)] == [True, False, False, False, False]
    assert call("198.51.100.2")


def test_kinds_are_counted_apart(counters: Any) -> None:
    counters(per_address="1/minute")
    assert call(kind=Kind.SIGN_IN)
    assert call(kind=Kind.DEVICE)


def test_a_network_of_ipv6_is_one_caller(counters: Any) -> None:
    counters(per_address="1/minute")
    assert call("2001:db8:0:1::1")
    assert not call("2001:db8:0:1:ffff::2")
    assert call("2001:db8:0:2::1")


def test_without_limits_nobody_is_refused(limited: Callable[..., None]) -> None:
    limited()
    assert all(call() for _ in range(50))


def test_redis_that_does_not_answer_keeps_nobody_out(
    limited: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    limited(per_address="1/minute", redis_url="redis://127.0.0.1:1/0")
    assert call()
    assert not call()
    asked: list[Any] = []

    def fail(*args: Any) -> int:
        asked.append(args)
        raise RedisConnectionError

    shared = rates._counters()._shared
    assert shared is not None
    monkeypatch.setattr(shared, "hit", fail)
    assert not call()
    assert asked == []


@pytest.mark.parametrize("value", ["many", "600", "0/never"])
def test_a_limit_that_cannot_be_read_stops_the_start(limited: Callable[..., None], value: str) -> None:
    limited(per_address=value)
    with pytest.raises(ImproperlyConfigured):
        configured_limits()
    limited()
