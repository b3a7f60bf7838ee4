"""Addresses that clients name are called by threads that serve nobody; a request waits for a moment at most.

Twenty self-registered clients with a slow `jwks_uri` once held every thread of a worker for three seconds each: other
tenants' requests waited as long.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from applications import outbound
from applications.call_pool import CallPool, PoolFullError
from applications.client_keys import forget_fetched_keys
from applications.services.applications import create_application
from common.actors import SYSTEM
from common.http import OutboundRequestError, Response
from tenants.context import enter_tenant
from tenants.services.tenants import create_tenant
from tests.oidc.tokens.proofs import Key, assertion_of, key_set

MACHINES = 5


class SlowSite:
    """A client's site that answers when it is let; `asked` is set with the first call."""

    def __init__(self) -> None:
        self.asked, self.may_answer = Event(), Event()
        self.calls = 0

    def fetch(self, method: str, url: str, **options: Any) -> Response:
        self.calls += 1
        self.asked.set()
        assert self.may_answer.wait(30)
        return Response(200, {}, json.dumps(key_set(Key())).encode())


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowSite]:
    """A slow site; the pool is one of the test's own."""
    site = SlowSite()
    monkeypatch.setattr(outbound, "fetch", site.fetch)
    pool = CallPool(threads=2, threads_of_tenant=1, places=3, places_of_tenant=2)
    monkeypatch.setattr(outbound, "_pool", pool)
    forget_fetched_keys()
    yield site
    site.may_answer.set()


def ask(tenant_id: str, number: int = 1) -> Any:
    """Have an address called as a request of a tenant does; the result is the answer's status, or why there is none."""

    def status_of(answer: Response | OutboundRequestError) -> Any:
        return answer.status if isinstance(answer, Response) else str(answer)

    with enter_tenant(tenant_id):
        url = f"https://client-{number}.example/jwks.json"
        return outbound.ask_client(url, max_bytes=100, is_unverified=True, then=status_of)


class TestWaiting:
    @pytest.fixture(autouse=True)
    def _impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outbound, "_PATIENCE", 0.05)

    def test_what_is_slow_is_not_waited_for_and_is_made_once(self, tenants: Any, site: SlowSite) -> None:
        assert [ask("acme") for _ in range(3)] == [None] * 3
        assert site.calls == 1
        site.may_answer.set()

    def test_a_tenants_slow_addresses_leave_a_thread_to_another(self, tenants: Any, site: SlowSite) -> None:
        assert [ask("acme", number) for number in range(5)] == [None] * 5
        assert site.asked.wait(10)
        with pytest.raises(PoolFullError):
            outbound._pool.submit("acme", "one more", lambda: None)
        assert outbound._pool.submit("default", "the first", lambda: "made").result(10) == "made"
        assert site.calls == 1

    def test_a_failure_is_an_answer(self, tenants: Any, site: SlowSite, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: Any, **__: Any) -> Response:
            raise OutboundRequestError("nobody is there")

        monkeypatch.setattr(outbound, "fetch", refuse)
        monkeypatch.setattr(outbound, "_PATIENCE", 10)
        assert ask("acme") == "nobody is there"

    def test_a_fault_of_ours_reaches_who_waits_and_frees_the_thread(
        self, tenants: Any, site: SlowSite, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outbound, "_PATIENCE", 10)
        site.may_answer.set()

        def fail(_: Any) -> None:
            raise ZeroDivisionError

        for _ in range(3):
            with enter_tenant("acme"), pytest.raises(ZeroDivisionError):
                outbound.ask_client("https://client.example/", max_bytes=1, is_unverified=True, then=fail)
        assert ask("acme") == 200


def test_one_request_of_a_tenant_waits_and_two_in_all(
    tenants: Any, site: SlowSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "_PATIENCE", 30)
    with ThreadPoolExecutor(3) as threads:
        first = [threads.submit(ask, name) for name in ("acme", "default")]
        while outbound._waiting.total() < 2:
            wait(first, timeout=0.01)
        assert ask("acme") is None
        assert ask("admin") is None
        site.may_answer.set()
        assert [call.result(10) for call in first] == [200, 200]
    assert ask("acme") == 200
    assert outbound._waiting.total() == 0


@pytest.mark.django_db(transaction=True)
class TestTokenEndpoint:
    @pytest.fixture
    def machines(self, transactional_db: None) -> list[str]:
        """Clients of tenant `acme` whose keys are at slow addresses."""
        for name in ("default", "acme"):
            create_tenant(name, name=name)
        with enter_tenant("acme"):
            return [self._machine(number).id for number in range(MACHINES)]

    def _machine(self, number: int) -> Any:
        keys = {"tokenEndpointAuthMethod": "private_key_jwt", "jwksUri": f"https://client-{number}.example/jwks"}
        return create_application(name="Job", type="MachineToMachine", custom_client_metadata=keys, actor=SYSTEM)

    def _token(self, client_id: str) -> Any:
        http = Client(HTTP_HOST="acme.localhost:8000")
        assertion = Key().assertion(client_id, aud="http://acme.localhost:8000/oidc")
        body = {"grant_type": "client_credentials", "resource": "https://none.example", **assertion_of(assertion)}
        try:
            return http.post("/oidc/token", body)
        finally:
            connection.close()

    def test_slow_keys_hold_nobody_up(
        self, machines: list[str], site: SlowSite, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """While one request waits, all others are answered, whether they need slow keys or are another tenant's."""
        monkeypatch.setattr(outbound, "_PATIENCE", 30)
        with ThreadPoolExecutor(MACHINES) as threads:
            waiting = threads.submit(self._token, machines[0])
            assert site.asked.wait(10)
            while not outbound._waiting:
                wait([waiting], timeout=0.01)
            for answer in threads.map(self._token, machines[1:]):
                assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
                assert answer["Retry-After"] == "2"
            assert Client(HTTP_HOST="localhost:8000").get("/oidc/jwks").status_code == 200
            assert not waiting.done()
            site.may_answer.set()
            assert waiting.result(10).json()["error"] == "invalid_target", "its assertion was verified"

    def test_who_comes_back_finds_the_keys(
        self, machines: list[str], site: SlowSite, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outbound, "_PATIENCE", 0.05)
        assert [self._token(machines[0]).status_code for _ in range(2)] == [503, 503]
        assert site.calls == 1
        site.may_answer.set()
        monkeypatch.setattr(outbound, "_PATIENCE", 30)
        assert self._token(machines[0]).json()["error"] == "invalid_target"

    def test_old_keys_are_good_while_newer_ones_are_fetched(
        self, machines: list[str], site: SlowSite, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site.may_answer.set()
        monkeypatch.setattr(outbound, "_PATIENCE", 30)
        self._token(machines[0])
        site.may_answer.clear()
        monkeypatch.setattr(outbound, "_PATIENCE", 0.05)
        monkeypatch.setattr("applications.client_keys._FRESH_FOR", -1.0)
        monkeypatch.setattr("applications.client_keys._PAUSE", -1.0)
        assert self._token(machines[0]).json()["error"] == "invalid_target"
        assert site.asked.wait(10)
