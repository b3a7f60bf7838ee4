"""An id in the path that names nothing is said so before the body is looked at: generated over the Management API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tenants.context import enter_tenant
from tests.isolation.routes import Route, management_routes, routes_with_owned_ids
from tests.isolation.rows import Rows
from tests.management_api.conftest import api_client, make_backend

MALFORMED = ["{", "[]", '"text"', '{"name": 7, "scopeIds": "all", "config": 1, "value": {}}']

# What is named last is made if it is not there: nothing can be unknown.
MAKES_WHAT_IT_NAMES = {"api/users/<str:user_id>/identities/<str:target>"}


@pytest.fixture
def caller(ours: Rows) -> Client:
    ours.fill()
    with enter_tenant("default"):
        return api_client(make_backend())


def _refusals(caller: Client, route: Route, addresses: list[str]) -> list[tuple[Any, ...]]:
    """What is answered otherwise than that the path names nothing."""
    wrong = []
    for method in set(route.methods) - {"get", "delete"}:
        for address in addresses:
            for body in MALFORMED:
                response = getattr(caller, method)(address, body, content_type="application/json")
                answer: dict[str, Any] = json.loads(response.content or b"{}")
                if response.status_code not in (404, 422) or str(answer.get("code")).startswith("guard."):
                    wrong.append((method, address, body, response.status_code, answer.get("code")))
    return wrong


@pytest.mark.parametrize("route", routes_with_owned_ids(), ids=lambda route: route.path)
def test_an_unknown_id_is_refused_before_a_malformed_body(route: Route, ours: Rows, caller: Client) -> None:
    """`PATCH /api/applications/not-found` with a malformed body was a bad request: 400 instead of 404."""
    sources = route.sources()
    addresses = []
    for place in range(len(sources) - (route.path in MAKES_WHAT_IT_NAMES)):
        ids = [source(ours) if other != place else "not-found" for other, source in enumerate(sources)]
        addresses.append(route.address(ids))
    assert not _refusals(caller, route, addresses)


def test_an_unknown_kind_is_refused_before_a_malformed_body(caller: Client) -> None:
    """Kinds of keys and of tokens are words of the contract: another one is itself no valid input."""
    route = next(route for route in management_routes() if route.path == "api/connectors/<str:factory_id>/test")
    assert not _refusals(caller, route, [route.address(["not-found"])])
