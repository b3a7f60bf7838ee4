"""How many requests of the Management API a client and a tenant may make, and how callers are told."""

import time
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from limits import parse

from common import quotas, rates
from management_api.rate_limits import API_LIMITS_SETTING
from tenants import rate_limits
from tenants.context import enter_tenant
from tenants.services.settings import get_setting
from tests.management_api.conftest import api_client, make_backend
from tests.responses import ClientResponse

URL = "/api/users"


@pytest.fixture(params=["", None], ids=["in process", "shared"])
def limited(request: pytest.FixtureRequest, settings: Any) -> Any:
    """Set the limits of a test, in both places where requests are counted."""
    if request.param is None and not settings.REDIS_URL:
        pytest.skip("there is no Redis here")

    def limit(*, per_client: str = "", per_tenant: str = "") -> None:
        settings.MANAGEMENT_LIMIT_PER_CLIENT, settings.MANAGEMENT_LIMIT_PER_TENANT = per_client, per_tenant
        if request.param is not None:
            settings.REDIS_URL = request.param
        rate_limits.forget()

    return limit


def assert_refused(response: ClientResponse, policy: str) -> None:
    assert (response.status_code, response.json()["code"]) == (429, "request.rate_limited")
    assert 0 < int(response.headers["Retry-After"]) <= 60
    assert response.headers["RateLimit"] == f'"{policy}";r=0;t={response.headers["Retry-After"]}'
    assert f'"{policy}";q=' in response.headers["RateLimit-Policy"]


def test_a_client_is_refused_beyond_its_limit_and_another_is_not(limited: Any, api: Client) -> None:
    limited(per_client="2/minute")
    first, second, third = (api.get(URL) for _ in range(3))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.headers["RateLimit-Policy"] == '"client";q=2;w=60'
    assert first.headers["RateLimit"].startswith('"client";r=1;t=')
    assert second.headers["RateLimit"].startswith('"client";r=0;t=')
    assert_refused(third, "client")
    with enter_tenant("default"):
        assert api_client(make_backend()).get(URL).status_code == 200


def test_the_clients_of_a_tenant_have_a_limit_together(limited: Any, api: Client, acme_api: Client) -> None:
    limited(per_client="100/minute", per_tenant="2/minute")
    with enter_tenant("default"):
        other = api_client(make_backend())
    assert [client.get(URL).status_code for client in (api, other)] == [200, 200]
    assert_refused(other.get(URL), "tenant")
    assert acme_api.get(URL).status_code == 200


def test_there_is_room_again_in_the_next_minute(limited: Any, api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(per_client="1/minute")
    assert api.get(URL).status_code == 200
    refused = api.get(URL)
    moment = time.time() + int(refused.headers["Retry-After"])
    monkeypatch.setattr(time, "time", lambda: moment)
    assert api.get(URL).status_code == 200


def test_processes_share_a_limit(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process has counted is known near the limit at the latest."""
    if not settings.REDIS_URL:
        pytest.skip("there is no Redis here")
    limit = parse("10/minute")
    assert not any(quotas.spend(limit, "a", "key").is_exceeded for _ in range(9))
    monkeypatch.setattr(quotas, "_counts", {})  # another process, which has counted nothing
    assert [quotas.spend(limit, "a", "key").is_exceeded for _ in range(3)] == [False, True, True]


def test_far_from_the_limit_redis_is_rarely_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    def add(key: str, amount: int, *, seconds: int) -> int:
        told.append(amount)
        return sum(told)

    monkeypatch.setattr(rates, "add", add)
    limit = parse("1000/minute")
    for _ in range(1010):
        quotas.spend(limit, "b", "key")
    assert told[:40] == [20] * 40
    assert set(told[41:]) == {1}
    assert sum(told) == 1001


def test_callers_that_are_counted_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "_MOST_CALLERS", 10)
    limit = parse("1000/year")
    for number in range(100):
        quotas.spend(limit, "c", str(number))
        quotas.spend(limit, "d", "one")
    assert len(quotas._counts["c"]) <= 10
    # Strangers with many addresses made every client's count begin again.
    assert quotas.spend(limit, "d", "one").remaining == 1000 - 101


def test_refused_tokens_are_counted_by_address_and_good_ones_never(api: Client, settings: Any) -> None:
    settings.ANONYMOUS_LIMIT_PER_ADDRESS = "2/minute"
    rate_limits.forget()
    stranger = Client(HTTP_HOST="localhost:8000", headers={"authorization": "Bearer nonsense"})
    assert [stranger.get(URL).status_code for _ in range(3)] == [401, 401, 429]
    assert int(stranger.get(URL).headers["Retry-After"]) > 0
    assert api.get(URL).status_code == 200


def test_the_operator_gives_a_tenant_limits_of_its_own(limited: Any, api: Client, acme_api: Client) -> None:
    limited(per_client="1/minute")
    said = StringIO()
    call_command("limit_management_api", "acme", "--per-client", "3", "--per-tenant", "0", stdout=said)
    assert said.getvalue() == "perClient: 3\nperTenant: none\n"
    assert [acme_api.get(URL).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [api.get(URL).status_code for _ in range(2)] == [200, 429]
    call_command("limit_management_api", "acme", "--reset", stdout=StringIO())
    with enter_tenant("acme"):
        assert get_setting(API_LIMITS_SETTING) == {}


@pytest.mark.parametrize(
    "arguments", [["nowhere"], ["default", "--per-client", "-1"], ["default", "--per-tenant", "9999999"]]
)
def test_limits_that_are_none_are_refused(tenants: Any, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("limit_management_api", *arguments, stdout=StringIO())


def test_without_limits_nothing_is_told(limited: Any, api: Client) -> None:
    limited()
    assert "RateLimit" not in api.get(URL).headers
