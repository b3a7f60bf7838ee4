"""Agents that the tenant does not know: hosts that serve documents, and a client that finds its own way in."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from applications import outbound
from applications.cimd.service import switch_cimd
from applications.registration.client_registration import change_registration_settings
from common.actors import SYSTEM
from common.http import OutboundRequestError, Response
from identity.models import User
from organizations.models import Organization
from tests.oidc.authorization.browsing import VERIFIER, Browser, answer_of

JSON = "application/json"
CONSENT = "/api/interaction/consent"
AGENT = "https://agent.example/oauth/client.json"
CALLBACK = "https://agent.example/callback"


def document(address: str | None = AGENT, **changes: Any) -> dict[str, Any]:
    """A good document; a change to `None` leaves the member out."""
    members = {
        "client_id": address,
        "client_name": "Agent",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "none",
        **changes,
    }
    return {name: value for name, value in members.items() if value is not None}


@dataclass
class Web:
    """What every address answers, and which were asked, in order."""

    answers: dict[str, Response | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def serve(self, content: Any, *, at: str = AGENT, status: int = 200, **headers: str) -> None:
        """Let an address answer with JSON, or with a text as it is."""
        body = content if isinstance(content, str) else json.dumps(content)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[at] = Response(status, {"content-type": JSON, **named}, body.encode())

    def fail(self, *, at: str = AGENT) -> None:
        """Let nobody answer at an address."""
        self.answers[at] = OutboundRequestError("nobody is there")

    def fetch(self, method: str, url: str, *, max_bytes: int, **options: Any) -> Response:
        """In place of `common.http.fetch`."""
        self.asked.append(url)
        answer = self.answers.get(url, OutboundRequestError("nobody is there"))
        if isinstance(answer, Exception):
            raise answer
        if len(answer.body) > max_bytes:
            raise OutboundRequestError("the answer is too large")
        return answer


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    """The world outside, with the agent's document in it."""
    world = Web()
    monkeypatch.setattr(outbound, "fetch", world.fetch)
    monkeypatch.setattr(outbound, "_PATIENCE", 30.0)
    world.serve(document())
    return world


@pytest.fixture
def cimd(tenant: Any, web: Web) -> Web:
    """A tenant that takes clients with a document."""
    switch_cimd(is_on=True, actor=SYSTEM)
    return web


@pytest.fixture
def registration(tenant: Any) -> None:
    """A tenant at which clients register themselves."""
    change_registration_settings({"enabled": True}, actor=SYSTEM)


@dataclass
class Agent:
    """A client that knows its own id, and the browser of the user who works with it."""

    id: str = AGENT
    redirect_uri: str = CALLBACK
    browser: Browser = field(default_factory=Browser)

    def ask(self, user: User | None = None, **changes: Any) -> Any:
        """Send the user's browser to the provider, let them sign in where asked to, and return the last answer."""
        answer = self.browser.authorize(
            self.id, **{"redirect_uri": self.redirect_uri, "prompt": None, "scope": "openid offline_access", **changes}
        )
        if user is not None and answer.status_code == 303 and answer["Location"].startswith("/sign-in"):
            answer = self.browser.sign_in(user)
        return answer

    @property
    def question(self) -> dict[str, Any]:
        answer = self.browser.client.get(CONSENT)
        assert answer.status_code == 200, answer.content
        body: dict[str, Any] = answer.json()
        return body

    def post(self, *organizations: Organization) -> Any:
        ids = [organization.id for organization in organizations]
        return self.browser.client.post(CONSENT, {"organizationIds": ids}, content_type=JSON)

    def allow(self, *organizations: Organization) -> dict[str, str]:
        """Agree on the consent page, and return what the agent is told."""
        answer = self.post(*organizations)
        assert answer.status_code == 200, answer.content
        return answer_of(self.browser.client.get(urlsplit(answer.json()["redirectTo"]).path))

    def call(self, path: str, **parameters: Any) -> Any:
        """Call a machine endpoint as this client, which is a public one."""
        return self.browser.client.post(f"/oidc/{path}", {"client_id": self.id, **parameters}, content_type=JSON)

    def redeem(self, code: str, **parameters: Any) -> dict[str, Any]:
        proof = {"redirect_uri": self.redirect_uri, "code_verifier": VERIFIER}
        answer = self.call("token", grant_type="authorization_code", code=code, **(proof | parameters))
        assert answer.status_code == 200, answer.content
        body: dict[str, Any] = answer.json()
        return body

    def tokens(self, user: User, *organizations: Organization, **changes: Any) -> dict[str, Any]:
        """The tokens of a fresh sign-in that the user agreed to."""
        assert self.ask(user, **changes)["Location"].startswith("/consent")
        return self.redeem(self.allow(*organizations)["code"])

    def refresh(self, refresh_token: str, **parameters: Any) -> Any:
        return self.call("token", grant_type="refresh_token", refresh_token=refresh_token, **parameters)


@pytest.fixture
def agent(cimd: Web) -> Agent:
    """The agent whose document the web serves."""
    return Agent()
