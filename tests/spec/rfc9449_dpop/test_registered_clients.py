"""RFC 9449 section 5.2: a client says of itself, with `dpop_bound_access_tokens`, that all its tokens are bound.

The word was once ignored: such a client got bearer tokens whenever its proof was lost on the way.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from identity.models import User
from tests.applications.agents import AGENT, CALLBACK, JSON, Agent, Web, document
from tests.oidc.authorization.browsing import VERIFIER
from tests.oidc.tokens.parties import ISSUER
from tests.oidc.tokens.proofs import Key

pytestmark = pytest.mark.django_db

Known = Callable[..., str]


def register(client: Client, **changes: Any) -> Any:
    return client.post("/oidc/register", document(None, **changes), content_type=JSON)


@pytest.fixture(params=["registered", "by its document"])
def known(request: pytest.FixtureRequest, client: Client) -> Known:
    """Make a client known in one of the two ways in which one says something of itself; returns its id."""

    def by_registration(**said: Any) -> str:
        request.getfixturevalue("registration")
        return str(register(client, **said).json()["client_id"])

    def by_document(**said: Any) -> str:
        cimd: Web = request.getfixturevalue("cimd")
        cimd.serve(document(**said))
        return AGENT

    return by_registration if request.param == "registered" else by_document


class Bound(Agent):
    """Proves that it holds a key, unless told to leave that out."""

    key = Key()

    def token(self, *, key: Key | None = key, **parameters: str) -> Any:
        headers = {} if key is None else {"DPoP": key.proof("POST", f"{ISSUER}/token")}
        form = {"client_id": self.id, **parameters}
        return self.browser.client.post("/oidc/token", form, content_type=JSON, headers=headers)

    def code(self, user: User) -> dict[str, Any]:
        """What redeems the code of a fresh sign-in."""
        self.ask(user)
        code = self.allow()["code"]
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }

    def userinfo(self, token: str, scheme: str, *, with_proof: bool) -> int:
        proof = {"DPoP": self.key.proof("GET", f"{ISSUER}/me", token=token)} if with_proof else {}
        headers = {"Authorization": f"{scheme} {token}", **proof}
        return int(self.browser.client.get("/oidc/me", headers=headers).status_code)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_it_is_said_back(client: Client, registration: None) -> None:
    body = register(client, dpop_bound_access_tokens=True).json()
    assert body["dpop_bound_access_tokens"] is True
    headers = {"Authorization": f"Bearer {body['registration_access_token']}"}
    path = f"/oidc/register/{body['client_id']}"
    assert client.get(path, headers=headers).json()["dpop_bound_access_tokens"] is True
    changed = document(body["client_id"], dpop_bound_access_tokens=False)
    answer = client.put(path, changed, content_type=JSON, headers=headers)
    assert (answer.status_code, answer.json().get("dpop_bound_access_tokens", False)) == (200, False)


@pytest.mark.parametrize("value", ["true", 1, None, []])
def test_it_is_true_or_false(client: Client, registration: None, value: Any) -> None:
    body = {**document(None), "dpop_bound_access_tokens": value}
    answer = client.post("/oidc/register", body, content_type=JSON)
    assert refusal(answer) == (400, "invalid_client_metadata")


def test_a_token_request_without_a_proof_is_refused_and_spends_nothing(known: Known, alice: User) -> None:
    agent = Bound(known(dpop_bound_access_tokens=True))
    code = agent.code(alice)
    answer = agent.token(key=None, **code)
    assert refusal(answer) == (400, "invalid_request")
    assert "DPoP" in answer.json()["error_description"]
    assert agent.token(**code).status_code == 200


def test_its_tokens_are_used_with_its_key_alone(known: Known, alice: User) -> None:
    agent = Bound(known(dpop_bound_access_tokens=True))
    body = agent.token(**agent.code(alice)).json()
    assert body["token_type"] == "DPoP"
    token = body["access_token"]
    assert agent.userinfo(token, "DPoP", with_proof=True) == 200
    assert agent.userinfo(token, "DPoP", with_proof=False) == 401
    assert agent.userinfo(token, "Bearer", with_proof=True) == 401
    assert agent.userinfo(token, "Bearer", with_proof=False) == 401


def test_it_refreshes_with_its_key_alone(known: Known, alice: User) -> None:
    agent = Bound(known(dpop_bound_access_tokens=True))
    refresh_token = agent.token(**agent.code(alice)).json()["refresh_token"]
    refresh: dict[str, Any] = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    assert refusal(agent.token(key=None, **refresh)) == (400, "invalid_request")
    assert refusal(agent.token(key=Key("other"), **refresh)) == (400, "invalid_grant")
    answer = agent.token(**refresh)
    assert (answer.status_code, answer.json()["token_type"]) == (200, "DPoP")


def test_without_the_word_the_proof_decides(known: Known, alice: User) -> None:
    agent = Bound(known())
    assert agent.token(key=None, **agent.code(alice)).json()["token_type"] == "Bearer"
    assert agent.token(**agent.code(alice)).json()["token_type"] == "DPoP"
