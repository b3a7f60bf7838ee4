"""`GET /api/authn/hasura`: a GraphQL engine asks who presents a token, and as what."""

from typing import Any

import pytest
from django.test import Client

from access.models import Role
from access.services.roles import create_role
from applications.models import Application
from applications.services.roles import assign_application_roles
from common.actors import SYSTEM
from identity.models import User
from identity.services.roles import assign_user_roles
from identity.services.users import set_user_suspended
from tests.management_api.conftest import access_token

pytestmark = pytest.mark.django_db

API = "https://graphql.example"


@pytest.fixture
def editor(alice: User) -> Role:
    """A role that alice holds."""
    role = create_role(name="editor", description="Edits", actor=SYSTEM)
    assign_user_roles(alice, role_ids=[role.id], actor=SYSTEM)
    return role


def ask(client: Client, token: str | None = None, *, role: str = "", **query: str) -> Any:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    headers |= {"expected-role": role} if role else {}
    return client.get("/api/authn/hasura", {"resource": API, **query}, headers=headers)


def token_of(user: User, backend: Application, **claims: Any) -> str:
    return access_token(user.id, **{"client_id": backend.id, "aud": API, **claims})


def test_a_user_has_the_role_that_is_asked_for(client: Client, alice: User, editor: Role, backend: Application) -> None:
    token = token_of(alice, backend)
    answer = ask(client, token, role="editor")
    assert answer.status_code == 200
    assert answer.json() == {"X-Hasura-User-Id": alice.id, "X-Hasura-Role": "editor"}
    headers = {"authorization": f"Bearer {token}", "x-hasura-role": "editor"}
    by_own_header = client.get("/api/authn/hasura", {"resource": API}, headers=headers)
    assert by_own_header.json()["X-Hasura-Role"] == "editor"


@pytest.mark.parametrize("role", ["", "admin", "Editor"])
def test_a_role_that_is_not_held_is_not_given(
    client: Client, alice: User, editor: Role, backend: Application, role: str
) -> None:
    token = token_of(alice, backend)
    refused = ask(client, token, role=role)
    assert (refused.status_code, refused.json()["code"]) == (401, "auth.expected_role_not_found")
    lesser = ask(client, token, role=role, unauthorizedRole="visitor")
    assert lesser.json() == {"X-Hasura-User-Id": alice.id, "X-Hasura-Role": "visitor"}


def test_whoever_has_no_token_is_a_visitor_or_refused(client: Client, tenant: Any) -> None:
    refused = ask(client)
    assert (refused.status_code, refused.json()["code"]) == (401, "auth.authorization_header_missing")
    assert ask(client, unauthorizedRole="visitor").json() == {"X-Hasura-Role": "visitor"}
    assert ask(client, role="admin", unauthorizedRole="visitor").json() == {"X-Hasura-Role": "visitor"}


@pytest.mark.parametrize("claims", [{"aud": "https://other.example"}, {"exp": 1}, {"iss": "https://evil.example/oidc"}])
def test_a_token_for_something_else_counts_for_nothing(
    client: Client, alice: User, editor: Role, backend: Application, claims: dict[str, Any]
) -> None:
    token = token_of(alice, backend, **claims)
    refused = ask(client, token, role="editor")
    assert (refused.status_code, refused.json()["code"]) == (401, "auth.unauthorized")
    assert ask(client, token, role="editor", unauthorizedRole="visitor").json() == {"X-Hasura-Role": "visitor"}


def test_a_suspended_user_counts_for_nothing(client: Client, alice: User, editor: Role, backend: Application) -> None:
    token = token_of(alice, backend)
    set_user_suspended(alice, suspended=True, actor=SYSTEM)
    assert ask(client, token, role="editor").json()["code"] == "auth.unauthorized"


def test_another_tenants_token_counts_for_nothing(
    client: Client, acme_client: Client, alice: User, editor: Role, backend: Application
) -> None:
    token = token_of(alice, backend)
    assert ask(acme_client, token, role="editor").json()["code"] == "auth.unauthorized"


def test_an_application_has_its_own_roles(client: Client, backend: Application) -> None:
    role = create_role(name="robot", description="Works", type="MachineToMachine", actor=SYSTEM)
    assign_application_roles(backend, role_ids=[role.id], actor=SYSTEM)
    token = access_token(backend.id, aud=API)
    assert ask(client, token, role="robot").json() == {"X-Hasura-User-Id": backend.id, "X-Hasura-Role": "robot"}


def test_the_query_is_checked(client: Client, tenant: Any) -> None:
    for query in ({"resource": ""}, {"resource": "a" * 2049}, {"resource": API, "unauthorizedRole": "r" * 257}):
        answer = client.get("/api/authn/hasura", query)
        assert (answer.status_code, answer.json()["code"]) == (400, "guard.invalid_input")
