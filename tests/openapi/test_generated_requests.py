"""Requests that schemathesis generates from the document of the Management API, answered in this process.

Every operation is called with values that its schema allows and with bodies that it refuses, at addresses of rows that
exist: nothing may fail, every answer is the declared one (`tests.openapi.agreement`), and a refused body is refused.
`SCHEMATHESIS_EXAMPLES=200 pytest tests/openapi/test_generated_requests.py` looks longer.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode

from common.rest.operations import find_operation
from management_api.openapi.inspection import path_on_the_wire
from management_api.openapi.texts import MANAGEMENT
from tenants import configuration
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.isolation.routes import Route, every_route, routes_with_owned_ids
from tests.isolation.rows import Rows
from tests.management_api.conftest import api_client, make_backend
from tests.openapi.test_documents import read

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "1"))
SEED = int(os.environ.get("SCHEMATHESIS_SEED", "0"))
METHODS = ("get", "post", "put", "patch", "delete")

# Bodies that a service reads itself: what it passes over is its own to say.
_OPEN_BODIES = {
    "TestJwtCustomizer": "a script's input",
}
# What ends this caller's own rights.
_SPARED = {"RotateOidcKeys", "DeleteOidcKey"}


def _json_operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield what takes JSON or nothing, and asks for a token."""
    for path, operations in document["paths"].items():
        for method, found in operations.items():
            content = found.get("requestBody", {}).get("content", {"application/json": {}})
            if found.get("security") != [] and "application/json" in content and found["operationId"] not in _SPARED:
                yield path, method, found


def _path_of(route: Route) -> str:
    return path_on_the_wire("/" + route.path.replace("<str:", "{").replace("<path:", "{").replace(">", "}"))


def _ids(ours: Rows) -> dict[str, dict[str, str]]:
    """Return the ids of rows that exist, by the paths that name them."""
    return {
        _path_of(route): dict(
            zip(
                [path_on_the_wire("{" + name + "}")[1:-1] for name in route.parameters],
                [source(ours) for source in route.sources()],
                strict=True,
            )
        )
        for route in routes_with_owned_ids()
    }


class _Caller:
    """Calls operations with generated values, and keeps what went wrong."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.wrong: list[str] = []

    def call(self, case: Any, operation_id: str, mode: GenerationMode) -> None:
        """Send one request, of which nothing stays."""
        has_body = isinstance(case.body, dict | list | str | int | float | bool | None)
        sent = json.dumps(case.body) if has_body else ""
        configuration.forget()
        try:
            with transaction.atomic():
                response = self.client.generic(
                    case.method,
                    case.formatted_path,
                    sent,
                    content_type="application/json",
                    query_params=case.query or None,
                )
                transaction.set_rollback(True)
        except Exception as error:  # noqa: BLE001 - every failure is told together
            self.wrong.append(f"{operation_id} {case.formatted_path} {case.query} {sent[:300]}: {error!r}"[:900])
            return
        if response.status_code == 500:
            self.wrong.append(f"{operation_id} {case.formatted_path} {case.query} {sent[:300]}: 500")
        # No body at all counts as an empty object, as `null` does.
        if (
            sent not in ("", "null")
            and mode == GenerationMode.NEGATIVE
            and response.status_code < 400
            and operation_id not in _OPEN_BODIES
        ):
            self.wrong.append(f"{operation_id} accepts {sent[:300]}: {response.status_code}")


def _run(strategy: Any, caller: _Caller, operation_id: str, mode: GenerationMode) -> None:
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def send(case: Any) -> None:
        caller.call(case, operation_id, mode)

    send()


@pytest.fixture
def ours(tenants: dict[str, Tenant]) -> Rows:
    """Rows of tenant `default`."""
    return Rows("default")


@pytest.fixture
def caller(ours: Rows, monkeypatch: pytest.MonkeyPatch) -> _Caller:
    """A backend of a tenant with a row of every model, which reaches no other host."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise socket.gaierror

    ours.fill()
    with enter_tenant("default"):
        client = api_client(make_backend())
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return _Caller(client)


def _declared_bodies() -> set[str]:
    """Return the operations whose bodies a serializer or a shape reads: what these refuse must be refused."""
    return {
        found.id
        for route in every_route()
        for method in METHODS
        if (found := find_operation(route.view, method)) is not None and found.body is not None
    }


def test_generated_requests_are_answered_as_declared(caller: _Caller, ours: Rows) -> None:
    document = read(MANAGEMENT)
    schema = schemathesis.openapi.from_dict(document)
    known, bodies = _ids(ours), _declared_bodies()
    count = 0
    for path, method, found in _json_operations(document):
        operation, operation_id = schema[path][method], found["operationId"]
        fixed: dict[str, Any] = {"path_parameters": known.get(path), "headers": {}}
        _run(operation.as_strategy(GenerationMode.POSITIVE, **fixed), caller, operation_id, GenerationMode.POSITIVE)
        if operation_id in bodies and "requestBody" in found:
            strategy = operation.as_strategy(GenerationMode.NEGATIVE, query={}, **fixed)
            _run(strategy, caller, operation_id, GenerationMode.NEGATIVE)
        count += 1
    assert count > 230
    assert not caller.wrong, "\n".join(caller.wrong)
