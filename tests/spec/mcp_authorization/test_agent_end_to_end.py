"""An agent that knows one address, that of a protected resource, and finds its own way to a token for it.

The order is that of the MCP authorization specification: the challenge, the resource's metadata (RFC 9728), the
server's (RFC 8414), a client id, PKCE (RFC 7636), a code, a token for the resource (RFC 8707).
"""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from access.models import Resource, Scope
from access.services.resources import create_resource
from access.services.scopes import create_scope
from applications.cimd.stand_in import ensure_stand_in
from applications.services.consent_configuration import allow_user_consent_scopes
from common.actors import SYSTEM
from identity.account_center import update_account_center
from identity.models import User
from tests.applications.agents import AGENT, Agent, Web, document
from tests.oidc.authorization.browsing import answer_of
from tests.oidc.tokens.parties import Party, give_role, make_role

pytestmark = pytest.mark.django_db

ORIGIN = "http://localhost:8000"
MCP = "https://mcp.example.com/mcp"


def path_of(address: str) -> str:
    assert address.startswith(ORIGIN), address
    return urlsplit(address).path


def discover(client: Client, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """From a refusal to the metadata of the resource and of its authorization server."""
    refused = client.get(path)
    assert refused.status_code == 401
    found = re.search(r'resource_metadata="([^"]+)"', refused["WWW-Authenticate"])
    assert found is not None
    resource = client.get(path_of(found[1])).json()
    issuer = resource["authorization_servers"][0]
    # RFC 8414 section 3.1: the well-known part goes between host and path.
    server = client.get(f"/.well-known/oauth-authorization-server{path_of(issuer)}").json()
    assert server["issuer"] == issuer
    assert "S256" in server["code_challenge_methods_supported"]
    return resource, server


@pytest.fixture
def account(tenant: Any, alice: User) -> None:
    """The Account API is there, and agents may ask for what it says."""
    update_account_center({"enabled": True}, actor=SYSTEM)
    allow_user_consent_scopes(ensure_stand_in(), user_scopes=["profile"], actor=SYSTEM)


def use(agent: Agent, resource: dict[str, Any], user: User) -> dict[str, Any]:
    scope = " ".join(name for name in resource["scopes_supported"] if name in ("openid", "offline_access", "profile"))
    tokens = agent.tokens(user, scope=scope, resource=resource["resource"])
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    answer = agent.browser.client.get(path_of(resource["resource"]), headers=bearer)
    assert answer.status_code == 200, answer.content
    assert answer.json()["id"] == user.id
    return tokens


def test_with_a_metadata_document(client: Client, cimd: Web, account: None, alice: User) -> None:
    resource, server = discover(client, "/api/my-account")
    assert server["client_id_metadata_document_supported"] is True
    agent = Agent()
    tokens = use(agent, resource, alice)
    assert agent.refresh(tokens["refresh_token"], resource=resource["resource"]).status_code == 200
    assert cimd.asked == [AGENT]


def test_with_a_registration(client: Client, registration: None, account: None, alice: User) -> None:
    resource, server = discover(client, "/api/my-account")
    assert "client_id_metadata_document_supported" not in server
    metadata = document(None, redirect_uris=["http://localhost:33418/", "http://127.0.0.1:33418/"])
    registered = client.post(path_of(server["registration_endpoint"]), metadata, content_type="application/json").json()
    use(Agent(registered["client_id"], "http://localhost:33418/"), resource, alice)


@pytest.fixture
def mcp(tenant: Any, alice: User) -> Resource:
    """A developer's MCP server: an API of the tenant with two tools, one of which agents may be trusted with."""
    resource = create_resource(name="Tools", indicator=MCP, actor=SYSTEM)
    for name in ("tools:read", "tools:write"):
        create_scope(resource, name=name, description=None, actor=SYSTEM)
    give_role(alice, make_role("tools", resource, "tools:read", "tools:write"))
    scope_id = Scope.objects.get(name="tools:read").id
    allow_user_consent_scopes(ensure_stand_in(), resource_scope_ids=[scope_id], actor=SYSTEM)
    return resource


def test_a_token_for_a_server_of_the_developers(client: Client, cimd: Web, mcp: Resource, alice: User) -> None:
    """The server says in its own metadata where its tokens come from; the token is for it alone."""
    agent = Agent()
    asked = {"scope": "tools:read tools:write offline_access", "resource": MCP}
    assert agent.ask(alice, **asked)["Location"].startswith("/consent")
    shown = [scope["name"] for entry in agent.question["missingResourceScopes"] for scope in entry["scopes"]]
    assert shown == ["tools:read"]
    tokens = agent.redeem(agent.allow()["code"], resource=MCP)
    claims = Party(ensure_stand_in(), agent.browser.client).claims(tokens["access_token"], MCP)
    assert (claims["aud"], claims["scope"], claims["client_id"]) == (MCP, "tools:read", AGENT)
    again = agent.refresh(tokens["refresh_token"], resource=MCP).json()
    assert Party(ensure_stand_in(), agent.browser.client).claims(again["access_token"], MCP)["sub"] == alice.id


def test_nothing_for_another_server(client: Client, cimd: Web, mcp: Resource, alice: User) -> None:
    answer = answer_of(Agent().ask(alice, scope="tools:read", resource="https://other.example.com/mcp"))
    assert answer["error"] == "invalid_target"
