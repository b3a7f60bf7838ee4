"""Every operation of the contract: who may call it, what it answers with, and what it refuses.

All operations are tried on one world (`world.py`), each in a transaction that is taken back. What is found otherwise
than the contract has it stands in `differences.py`, or it is a fault.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from tenants import configuration
from tenants.context import enter_tenant
from tests.contract.__main__ import unrouted
from tests.contract.cases import CASES, furnish
from tests.contract.differences import DIFFERENCES, NOT_ROUTED, Difference
from tests.contract.inventory import Operation, operations, shapes
from tests.contract.notation import WRONG, Shape, differences
from tests.contract.world import Caller, Case, World, undone
from tests.responses import ClientResponse

pytestmark = pytest.mark.django_db

_met: set[Difference] = set()
_tried: set[str] = set()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Both tenants, with what the operations need."""
    domains = override_settings(CUSTOM_DOMAIN_TARGET="edge.example", CUSTOM_DOMAIN_RESOLVERS=["127.0.0.1:1"])
    with django_db_blocker.unblock(), domains, undone():
        configuration.forget()
        made = World()
        with enter_tenant("default"):
            furnish(made)
        yield made


def refusal(what: str, response: ClientResponse, *expected: int) -> list[str]:
    """What is wrong with a refusal: its status, or a body that is not one."""
    if response.status_code not in expected:
        said = response.content.decode(errors="replace")[:300]
        return [f"{what}: {response.status_code} instead of {' or '.join(map(str, expected))} {said}"]
    if response.status_code >= 400 and not {"code", "message"} <= json.loads(response.content).keys():
        return [f"{what}: has no code"]
    return []


def success(operation: Operation, response: ClientResponse) -> list[str]:
    """What is wrong with an answer to a good request: its status, or the shape of its body."""
    shape = operation.answers.get(response.status_code)
    if shape is None:
        said = response.content.decode(errors="replace")[:600]
        return [f"success: {response.status_code} instead of {' or '.join(map(str, operation.answers))} {said}"]
    if shape.kind == "none":
        is_empty = not response.content or response.headers.get("Content-Type", "").startswith("text/plain")
        return [] if is_empty else ["success: has a body"]
    if response.headers.get("Content-Type") != "application/json":
        return [f"success: is {response.headers.get('Content-Type')}"]
    return [f"shape: {line}" for line in differences(shape, response.json(), shapes())]


def pages(operation: Operation, caller: Caller, ids: list[str]) -> list[str]:
    """What is wrong with the headers of pages."""
    if not operation.pages:
        return []
    found = []
    query = caller.case.query
    page = caller.send(caller.world.api, ids, query=f"page=1&page_size=1&{query}".rstrip("&"))
    if not page.headers.get("Total-Number", "").isdigit() or 'rel="first"' not in page.headers.get("Link", ""):
        found.append("pages: no Total-Number and Link")
    for wrong in ("page=0", "page_size=0", "page_size=101", "page=x"):
        found += refusal(f"pages: {wrong}", caller.send(caller.world.api, ids, query=wrong), 400)
    whole = caller.send(caller.world.api, ids, query=query)
    if ("Total-Number" in whole.headers) != (operation.pages == "always"):
        found.append("pages: a request without a page")
    return found


def bodies(operation: Operation, caller: Caller, ids: list[str]) -> list[str]:
    """What is wrong with how bodies are refused: broken ones, members of a wrong type, and unknown ones."""
    shape, good = operation.body, caller.case.body(caller.world)
    if shape is None or operation.takes_file:
        return []
    world = caller.world
    found = refusal("body that is no JSON", caller.send(world.api, ids, "{"), 400)
    shape = shapes()[shape.value] if shape.kind == "name" else shape
    if shape.kind != "{" or not isinstance(good, dict):
        return found
    for name, (is_required, member) in shape.members.items():
        if (wrong := _wrong(member)) is not None:
            with undone():
                answer = caller.send(world.api, ids, {**good, name: wrong})
            found += refusal(f"body with a wrong {name}", answer, 400)
        if is_required:
            with undone():
                answer = caller.send(world.api, ids, {key: value for key, value in good.items() if key != name})
            found += refusal(f"body without {name}", answer, 400)
    if shape.members and shape.others is None:
        with undone():
            answer = caller.send(world.api, ids, {**good, "unknownMember": "x"})
        if shape.is_closed:
            found += refusal("body with an unknown member", answer, 400)
        elif answer.status_code not in operation.answers or b"unknownMember" in answer.content:
            found.append(f"body with an unknown member: {answer.status_code}")
    return found


def _wrong(shape: Shape) -> Any:
    """Return a value of another type, `None` if none is sure to be wrong."""
    if shape.kind == "?":
        return _wrong(shape.parts[0])
    if shape.kind == "name":
        return _wrong(shapes()[shape.value])
    if shape.kind == "{" and not shape.members and shape.others is None:
        return None
    return WRONG.get(shape.kind)


def repeated(operation: Operation, caller: Caller, ids: list[str]) -> list[str]:
    """What is wrong with a request that is sent twice under one `Idempotency-Key`."""
    if operation.is_public or operation.takes_file or operation.method not in ("POST", "PATCH"):
        return []
    body, headers = caller.case.body(caller.world), {"Idempotency-Key": operation.path[:200]}
    with undone():
        first, second = (caller.send(caller.world.api, ids, body, headers=headers) for _ in range(2))
    if "Idempotent-Replayed" not in second.headers or (first.status_code, first.content) != (
        second.status_code,
        second.content,
    ):
        return [f"repeated: {first.status_code} and {second.status_code} {second.content.decode()[:200]}"]
    return []


def findings(world: World, operation: Operation, case: Case) -> list[str]:
    """Return everything in which an operation does not answer as the contract has it."""
    caller, found = Caller(world, operation, case), []
    if case.elsewhere and operation.is_public:
        return []
    with enter_tenant("default"):
        case.before(world)
        ids = caller.own_ids()
    body = case.body(world)
    if not operation.is_public:
        found += refusal("without a token", caller.send(world.anonymous, ids, body), 401)
        found += refusal("without the scope", caller.send(world.powerless, ids, body), 403)
        if 404 in operation.errors and operation.parameters and case.is_owned:
            with undone():
                found += refusal("another tenant's", caller.send(world.api, caller.foreign_ids(), body), 404)
    if case.elsewhere:
        return found
    with undone():
        found += success(operation, caller.send(world.api, ids, body, query=case.query))
    if found and found[-1].startswith("success: "):
        return found
    with undone():
        found += pages(operation, caller, ids)
        found += bodies(operation, caller, ids)
        found += repeated(operation, caller, ids)
    return found


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)
def test_operation(world: World, operation: Operation) -> None:
    if operation.name in NOT_ROUTED:
        return
    expected = [row for row in DIFFERENCES if fnmatchcase(operation.name, row.operation)]
    with undone():
        found = findings(world, operation, CASES.get(operation.name, Case()))
    _tried.add(operation.name)
    faults = []
    for line in found:
        rows = [row for row in expected if fnmatchcase(line, row.finding)]
        _met.update(rows)
        if not rows:
            faults.append(line)
    assert not faults, "\n" + "\n".join(faults)


def test_what_is_tried_elsewhere_is_there() -> None:
    assert CASES.keys() <= {operation.name for operation in operations()}
    assert [case.elsewhere for case in CASES.values() if not Path(case.elsewhere).exists()] == []


def test_every_operation_is_routed_or_said_not_to_be() -> None:
    missing = {name for names in unrouted().values() for name in names}
    assert missing == set(NOT_ROUTED)


def test_every_difference_still_occurs() -> None:
    if not {operation.name for operation in operations()} <= _tried | set(NOT_ROUTED):
        pytest.skip("not every operation was tried")
    assert [row for row in DIFFERENCES if row not in _met] == []


def test_the_notation_tells_differences() -> None:
    """A shape that everything fits would make the tests above useless."""
    shape = next(operation for operation in operations() if operation.name == "GET /api/roles/{id}").answers[200]
    role = {"tenantId": "t", "id": "r", "name": "n", "description": "d", "type": "User", "isDefault": False}
    assert differences(shape, role, shapes()) == []
    assert differences(shape, {**role, "secret": 1}, shapes()) == [".secret: is not declared"]
    assert differences(shape, {**role, "isDefault": 0}, shapes()) == [".isDefault: is no b"]
    assert differences(shape, {**role, "type": "user"}, shapes()) != []
    assert differences(shape, {key: role[key] for key in role if key != "name"}, shapes()) == [".name: is missing"]
