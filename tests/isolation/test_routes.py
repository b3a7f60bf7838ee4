"""No route of the Management API shows or changes another tenant's rows: generated over the URL configuration."""

from __future__ import annotations

import json
from http import HTTPStatus
from itertools import product
from typing import Any

import pytest
from django.db import connection, models
from django.http import HttpResponse
from django.test import Client

from access.models import Resource, Role, Scope
from applications.models import Application
from identity.models import User
from oidc.models import AuthorizationRequest
from organizations.models import Organization, OrganizationRole, OrganizationScope
from tenants.context import enter_tenant
from tenants.isolation import tenant_models
from tests.isolation.routes import OUTSIDE, Route, every_route, management_routes, routes_with_owned_ids
from tests.isolation.rows import Rows, snapshot
from tests.management_api.conftest import access_token, api_client, make_backend
from tests.responses import ClientResponse
from tests.snapshots import Snapshot

JSON = "application/json"
REFUSALS = {403, 404, 422}

# A list of ids in a body, and whose ids they are.
_IDS: dict[str, type[models.Model]] = {
    "applicationIds": Application,
    "organizationIds": Organization,
    "organizationResourceScopes": Scope,
    "organizationRoleIds": OrganizationRole,
    "organizationScopeIds": OrganizationScope,
    "organizationScopes": OrganizationScope,
    "resourceScopeIds": Scope,
    "resourceScopes": Scope,
    "roleIds": Role,
    "scopeIds": Scope,
    "userIds": User,
    "userRoleIds": Role,
}

# Everything a body can need; what a route does not know it drops.
_VALUES: dict[str, Any] = {
    "name": "anything",
    "description": "anything",
    "customData": {"any": "thing"},
    "profile": {"nickname": "any"},
    "password": "correct horse battery staple",
    "isSuspended": True,
    "isExpired": True,
    "isDefault": True,
    "emailDomain": "any.example",
    "emailDomains": ["any.example"],
    "config": {},
    "subject": "anything",
    "content": "anything",
}

routes = pytest.mark.parametrize("route", routes_with_owned_ids(), ids=lambda route: route.path)


def body_with_ids_of(rows: Rows) -> dict[str, Any]:
    ids = {key: [str(rows.of(model).pk)] for key, model in _IDS.items()}
    rule = {"organizationId": ids["organizationIds"][0], "organizationRoleIds": ids["organizationRoleIds"]}
    return {**_VALUES, **ids, "organizationRoleRules": [rule]}


def ids_in(body: dict[str, Any]) -> set[str]:
    """Return the ids of a body's lists."""
    return {key for keys in body.values() if isinstance(keys, list) for key in keys if isinstance(key, str)}


def call(client: Client, method: str, address: str, body: dict[str, Any]) -> ClientResponse:
    response: ClientResponse = getattr(client, method)(address, None if method == "get" else body, content_type=JSON)
    return response


def is_empty_list(method: str, response: ClientResponse) -> bool:
    """Whether a list was asked for and has nothing in it, bare or as the answer's only member."""
    if method != "get" or response.status_code != 200:
        return False
    found = json.loads(response.content)
    return found == [] or (isinstance(found, dict) and list(found.values()) == [[]])


_FILLED = Snapshot("filled")


def _fill() -> tuple[Rows, Rows]:
    both = Rows("default"), Rows("acme")
    for rows in both:
        rows.fill()
    return both


@pytest.fixture
def filled(tenants: object) -> tuple[Rows, Rows]:
    """A row of every model in both tenants."""
    return _FILLED.restore_or_make(_fill)


@pytest.fixture
def caller(filled: tuple[Rows, Rows]) -> Client:
    """A backend of tenant `default` that may do everything there."""
    with enter_tenant("default"):
        return api_client(make_backend())


def assert_nothing_theirs(response: ClientResponse | HttpResponse, theirs: Rows, sent: set[str]) -> None:
    """No row of tenant `acme`, nor its tenant, shows in the answer, other than what the caller sent."""
    shown = response.getvalue().decode()
    assert '"tenantId":"acme"' not in shown
    for model in tenant_models():
        key = str(theirs.of(model).pk)
        assert len(key) < 12 or key in sent or key not in shown


def assert_references_hold() -> None:
    """The deferred composite foreign keys would let the transaction commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@routes
def test_foreign_ids_in_the_path(route: Route, filled: tuple[Rows, Rows], caller: Client) -> None:
    """With any of its parameters another tenant's, a route finds nothing and changes nothing there."""
    ours, theirs = filled
    before = snapshot("acme")
    sources = route.sources()
    own = [source(ours) for source in sources]
    for owners in product((ours, theirs), repeat=len(sources)):
        ids = [source(rows) for source, rows in zip(sources, owners, strict=True)]
        if ids == own:
            continue
        for method in route.methods:
            response = call(caller, method, route.address(ids), body_with_ids_of(ours))
            what = f"{method.upper()} {route.address(ids)}: {response.status_code} {response.content!r}"
            assert response.status_code in REFUSALS or is_empty_list(method, response), what
            assert_nothing_theirs(response, theirs, set(ids))
            assert_references_hold()
            assert snapshot("acme") == before, what


@routes
def test_foreign_ids_in_the_body(route: Route, filled: tuple[Rows, Rows], caller: Client) -> None:
    """Ids of another tenant in a body are refused, or dropped by a route that knows no such key."""
    ours, theirs = filled
    before = snapshot("acme")
    body = body_with_ids_of(theirs)
    for method in set(route.methods) - {"get", "delete"}:
        address = route.address([source(ours) for source in route.sources()])
        response = call(caller, method, address, body)
        what = f"{method.upper()} {address}: {response.status_code} {response.content!r}"
        assert response.status_code < 500, what
        assert_nothing_theirs(response, theirs, ids_in(body))
        assert_references_hold()
        assert snapshot("acme") == before, what


@pytest.mark.parametrize(
    "route",
    [route for route in management_routes() if not route.parameters],
    ids=lambda route: route.path,
)
def test_lists_show_nothing_foreign(route: Route, filled: tuple[Rows, Rows], caller: Client) -> None:
    """What needs no id answers with rows of the caller's tenant alone, and takes no foreign ids."""
    _, theirs = filled
    before = snapshot("acme")
    body = body_with_ids_of(theirs)
    sent = ids_in(body)
    for method in route.methods:
        response = call(caller, method, route.address([]), body)
        assert response.status_code < 500 or response.status_code == HTTPStatus.NOT_IMPLEMENTED, response.content
        assert_nothing_theirs(response, theirs, sent if method != "get" else set())
        assert_references_hold()
        assert snapshot("acme") == before


@pytest.mark.parametrize("route", management_routes(), ids=lambda route: route.path)
def test_a_token_of_this_tenant_is_asked_for(route: Route, tenants: object) -> None:
    address = route.address(["any"] * len(route.parameters))
    foreign = access_token("any", tenant_id="acme")
    disguised = access_token("any", tenant_id="acme", aud="https://default.logto.app/api")
    for method in route.methods:
        anonymous = call(Client(HTTP_HOST="localhost:8000"), method, address, {})
        assert (anonymous.status_code, anonymous.json()["code"]) == (401, "auth.authorization_header_missing")
        for token in (foreign, disguised):
            client = Client(HTTP_HOST="localhost:8000", headers={"authorization": f"Bearer {token}"})
            response = call(client, method, address, {})
            assert (response.status_code, response.json()["code"]) == (401, "auth.unauthorized")


def test_another_tenants_pending_request_is_unknown(filled: tuple[Rows, Rows]) -> None:
    _, theirs = filled
    before = snapshot("acme")
    pending = theirs.of(AuthorizationRequest)
    response = Client(HTTP_HOST="localhost:8000").get(f"/oidc/auth/{pending.pk}")
    assert 400 <= response.status_code < 500
    assert_nothing_theirs(response, theirs, {str(pending.pk)})
    assert snapshot("acme") == before


def test_every_route_with_parameters_is_covered_or_excused() -> None:
    strays = [
        route.path
        for route in every_route()
        if route.parameters and not route.is_management and not route.path.startswith(tuple(OUTSIDE))
    ]
    strays = [path for path in strays if not any(part in path for part in OUTSIDE if part.startswith("^"))]
    assert not strays, f"say in OUTSIDE of tests/isolation/routes.py what these parameters name: {strays}"
    assert len(routes_with_owned_ids()) > 40


def test_a_route_without_a_known_id_says_so() -> None:
    with pytest.raises(AssertionError, match="say in PARAMETERS"):
        Route("api/novelties/<str:id>", None).sources()


def test_the_walk_notices_a_leak(filled: tuple[Rows, Rows]) -> None:
    """A view that forgets both locks would fail the tests above."""
    _, theirs = filled
    organization = theirs.of(Organization)
    leak = HttpResponse(json.dumps({"id": organization.pk}))
    with pytest.raises(AssertionError):
        assert_nothing_theirs(leak, theirs, set())
    before = snapshot("acme")
    with enter_tenant("acme"):
        Resource.objects.update(name="changed")
    assert snapshot("acme") != before
