"""A client that is being written, on the developer's own machine: its document is served there, over http.

`PATCH /api/configs/cimd` once answered 422 without a reason on such a machine, and no document there could be fetched.
"""

import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from applications import outbound
from applications.cimd.address import find_host, find_loopback_host
from applications.cimd.service import switch_cimd
from common.actors import SYSTEM
from events.models import AuditLog
from identity.models import User
from tests.applications.agents import CALLBACK, JSON, Agent, document

pytestmark = pytest.mark.django_db


class Machine:
    """The developer's machine: what it serves at `/client.json`, on 127.0.0.1 alone."""

    def __init__(self) -> None:
        self.status, self.media_type, self.changes = 200, JSON, dict[str, Any]()
        machine = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = f"http://{self.headers['Host']}{self.path}"
                content = json.dumps(document(address, **machine.changes)).encode()
                self.send_response(machine.status)
                self.send_header("Content-Type", machine.media_type)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing is logged."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def agent(self, host: str = "localhost") -> Agent:
        return Agent(f"http://{host}:{self.server.server_address[1]}/client.json")


@pytest.fixture
def machine(tenant: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    settings.UNVERIFIED_CLIENTS_ON_LOOPBACK = True
    monkeypatch.setattr(outbound, "_PATIENCE", 30.0)
    switch_cimd(is_on=True, actor=SYSTEM)
    machine = Machine()
    thread = Thread(target=machine.server.serve_forever, daemon=True)
    thread.start()
    yield machine
    machine.server.shutdown()
    thread.join()
    machine.server.server_close()


def refusal(answer: Any) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["error"], body["error_description"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_it_signs_a_user_in(machine: Machine, alice: User, host: str) -> None:
    """`localhost` may be `::1` first, where nobody listens."""
    agent = machine.agent(host)
    tokens = agent.tokens(alice)
    assert agent.refresh(tokens["refresh_token"]).status_code == 200
    introspected = agent.call("token/introspection", token=tokens["access_token"]).json()
    assert (introspected["active"], introspected["client_id"]) == (True, agent.id)
    entry = AuditLog.objects.filter(key="ExchangeTokenBy.AuthorizationCode").get()
    assert (entry.payload["cimdClientId"], "applicationId" in entry.payload) == (agent.id, False)


def test_the_consent_page_names_its_host(machine: Machine, alice: User) -> None:
    agent = machine.agent()
    agent.ask(alice)
    page = agent.browser.client.get("/consent").content.decode()
    assert agent.id.removeprefix("http://").partition("/")[0] in page


def test_why_there_is_no_document_is_said(machine: Machine) -> None:
    machine.status = 404
    expected = "client metadata document: the document cannot be fetched: its host answers 404"
    assert refusal(machine.agent().ask()) == (400, "invalid_client", expected)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"status": 500}, "the document cannot be fetched: its host answers 500"),
        ({"media_type": "text/html"}, "the document cannot be fetched: its media type is not application/json"),
        ({"changes": {"client_id": "http://localhost/other"}}, "client_id must be the address of the document"),
        ({"changes": {"redirect_uris": None}}, "redirect_uris"),
        ({"changes": {"client_secret": "s"}}, "client_secret must not be in the document"),
    ],
)
def test_what_is_wrong_with_a_document_is_said(machine: Machine, fault: dict[str, Any], reason: str) -> None:
    vars(machine).update(fault)
    status, error, description = refusal(machine.agent().ask())
    assert (status, error) == (400, "invalid_client")
    assert reason in description


def test_nobody_listens(machine: Machine) -> None:
    description = refusal(Agent("http://localhost:9/client.json", CALLBACK).ask())[2]
    assert description.endswith("the document cannot be fetched: the request failed: ConnectError")


@pytest.mark.parametrize(
    "address",
    [
        "http://agent.example/client.json",
        "http://localhost.example:5000/client.json",
        "http://10.0.0.8:5000/client.json",
        "http://localhost:5000",
        "http://localhost:80/client.json",
        "http://alice@localhost:5000/client.json",
        "http://localhost:5000/a/../client.json",
        "https://localhost:5000/client.json",
    ],
)
def test_no_other_address_without_tls(machine: Machine, address: str) -> None:
    assert find_host(address) is find_loopback_host(address) is None
    assert refusal(Agent(address).ask())[2].endswith("or such an http address of localhost")


def test_a_name_that_leads_here_is_not_this_machine(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that a developer visits must not make Gatehouse call other services of the machine."""
    resolve = socket.getaddrinfo

    def look_up(host: str, *more: Any, **named: Any) -> Any:
        return resolve("127.0.0.1" if host == "rebound.example" else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert "not public" in refusal(Agent("https://rebound.example/client.json").ask())[2]


def test_only_in_development(machine: Machine, settings: Any) -> None:
    settings.UNVERIFIED_CLIENTS_ON_LOOPBACK = False
    settings.ALLOW_PRIVATE_ADDRESSES = True
    status, error, description = refusal(machine.agent().ask())
    assert (status, error) == (400, "invalid_client")
    assert "client_id must be an https address" in description
    assert "localhost" not in description
