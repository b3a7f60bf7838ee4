"""Calls to addresses that clients name hold few threads, and those of one tenant leave room for the others."""

from threading import Event, Thread
from typing import Any

import pytest

from applications import outbound
from applications.outbound import TooManyCallsError, get_from_client
from common.http import Response
from tenants.context import enter_tenant

ANSWER = Response(200, {}, b"{}")


def call(tenant_id: str) -> Response:
    with enter_tenant(tenant_id):
        return get_from_client("https://client.example/jwks.json", max_bytes=100, is_unverified=True)


@pytest.mark.django_db
def test_slow_addresses_of_one_tenant_keep_no_other_from_its_clients(
    tenants: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty self-registered clients with a slow `jwks_uri` took every place, and others waited a second for each."""
    arrived, answered = [Event(), Event()], Event()
    waiting = iter(arrived)

    def slow(*args: Any, **options: Any) -> Response:
        next(waiting).set()
        assert answered.wait(10)
        return ANSWER

    monkeypatch.setattr(outbound, "fetch", slow)
    threads = [Thread(target=call, args=("acme",)) for _ in arrived]
    for thread in threads:
        thread.start()
    assert all(event.wait(10) for event in arrived)
    with pytest.raises(TooManyCallsError):
        call("acme")
    monkeypatch.setattr(outbound, "fetch", lambda *args, **options: ANSWER)
    assert call("default") == ANSWER
    answered.set()
    for thread in threads:
        thread.join()
    assert call("acme") == ANSWER, "the places are given back"
