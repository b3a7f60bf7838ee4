"""What all operations of the contract are tried on: two tenants with a row of every kind, made once for all tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import resolve

from applications.models import Application
from tenants.context import enter_tenant
from tenants.services.tenants import create_tenant
from tests.contract.inventory import Operation
from tests.isolation.routes import Route
from tests.isolation.rows import Rows
from tests.management_api.conftest import api_client, make_backend
from tests.responses import ClientResponse

JSON = "application/json"


@contextmanager
def undone() -> Iterator[None]:
    """Run the block in a transaction that is taken back; services may begin transactions of their own in it."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as Django's own tests do
    with block:
        yield
        transaction.set_rollback(True)


class World:
    """Tenant `default` with its caller, and tenant `acme`; `made` is what was made by API, by a name."""

    def __init__(self) -> None:
        for name in ("admin", "default", "acme"):
            create_tenant(name, name=name.title())
        self.ours, self.theirs = Rows("default"), Rows("acme")
        for rows in (self.ours, self.theirs):
            rows.fill()
        with enter_tenant("default"):
            self.backend: Application = make_backend()
            self.api = api_client(self.backend)
            self.powerless = api_client(self.backend, scope="")
        self.anonymous = Client(HTTP_HOST="localhost:8000")
        self.made: dict[str, Any] = {}

    def id_of(self, model: type[Any]) -> str:
        """Return the id of tenant `default`'s row of a model."""
        return str(self.ours.of(model).pk)

    def make(self, name: str, path: str, body: Any, *, method: str = "post") -> Any:
        """Make something by API and remember what was answered."""
        response: ClientResponse = getattr(self.api, method)(path, json.dumps(body), content_type=JSON)
        assert response.status_code < 300, f"{path}: {response.status_code} {response.content.decode()[:500]}"
        if response.headers.get("Content-Type") == JSON and response.content:
            self.made[name] = response.json()
        return self.made.get(name)

    def __getitem__(self, name: str) -> str:
        """Return the id of something that was made by API."""
        return str(self.made[name]["id"])


@dataclass(frozen=True, kw_only=True)
class Case:
    """How an operation is tried: what it needs, by functions of the world.

    `ids` are for parameters of the path, besides those of the rows that are there. `before` makes what the others need.
    `is_owned` is false if the path names nothing that a tenant owns. `elsewhere` names the test of its success, if that
    takes more than a request.
    """

    body: Callable[[World], Any] = lambda world: None
    ids: Callable[[World], dict[str, str]] = lambda world: {}
    query: str = ""
    before: Callable[[World], Any] = lambda world: None
    is_owned: bool = True
    elsewhere: str = ""
    files: Callable[[World], dict[str, Any]] | None = None


@dataclass
class Caller:
    """Sends an operation's requests."""

    world: World
    operation: Operation
    case: Case
    ids: dict[str, str] = field(default_factory=dict)

    def own_ids(self) -> list[str]:
        """Return what stands in the path for the operation's parameters."""
        given = self.case.ids(self.world)
        names = self.operation.parameters
        if all(name in given for name in names):
            return [given[name] for name in names]
        sources = self._sources()
        return [given.get(name) or source(self.world.ours) for name, source in zip(names, sources, strict=True)]

    def foreign_ids(self) -> list[str]:
        """Return another tenant's ids."""
        return [source(self.world.theirs) for source in self._sources()]

    def _sources(self) -> list[Callable[[Rows], str]]:
        path = self.path(["x"] * len(self.operation.parameters))
        return Route(resolve(path).route, None).sources()

    def path(self, ids: list[str]) -> str:
        path = self.operation.path
        for name, value in zip(self.operation.parameters, ids, strict=True):
            path = path.replace(f"{{{name}}}", value)
        return path

    def send(
        self,
        client: Client,
        ids: list[str],
        body: Any = None,
        *,
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> ClientResponse:
        """Send a request; a text is a body as it is."""
        address = self.path(ids) + (f"?{query}" if query else "")
        method = getattr(client, self.operation.method.lower())
        if self.case.files is not None:
            return method(address, self.case.files(self.world), headers=headers)
        if self.operation.method == "GET":
            return method(address, headers=headers)
        content = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        return method(address, content, content_type=JSON, headers=headers)
