"""Clients that nobody has checked: what they were used for elsewhere, and must not be here."""

import socket
import threading
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from applications import outbound
from applications.cimd.address import find_host
from applications.cimd.service import switch_cimd
from applications.models import Application
from applications.redirect_uris import is_registrable_by_client
from common.actors import SYSTEM
from events.models import AuditLog
from identity.models import User
from oidc.models import Session
from oidc.sessions.sessions import GrantTarget, revoke_session
from tenants.configuration import read_version
from tenants.models import Tenant
from tests.applications.agents import AGENT, CALLBACK, Agent, Web, document
from tests.oidc.authorization.browsing import answer_of

pytestmark = pytest.mark.django_db

METADATA_SERVICE = "https://metadata.example/latest/meta-data"


def send_code_to_bob(agent: Agent) -> None:
    browser = agent.browser.client
    browser.put("/api/experience", {"interactionEvent": "SignIn"}, content_type="application/json")
    body = {"identifier": {"type": "email", "value": "bob@example.com"}, "interactionEvent": "SignIn"}
    answer = browser.post("/api/experience/verification/verification-code", body, content_type="application/json")
    assert answer.status_code == 200, answer.content


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


class TestServerSideRequestForgery:
    @pytest.fixture
    def resolver(self, tenant: Tenant, settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
        """Names and where they lead; nobody is connected to."""
        switch_cimd(is_on=True, actor=SYSTEM)
        names: dict[str, str] = {}
        resolve = socket.getaddrinfo

        def look_up(host: str, port: int, *more: Any, **named: Any) -> list[Any]:
            if host in names:
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (names[host], port))]
            return list(resolve(host, port, *more, **named))

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr("common.http.httpx.Client", lambda **_: pytest.fail("somebody was connected to"))
        return names

    @pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "192.168.1.1", "100.64.0.1"])
    def test_a_public_name_for_a_private_address(self, resolver: dict[str, str], address: str) -> None:
        resolver["metadata.example"] = address
        answer = Agent(METADATA_SERVICE).ask()
        assert refusal(answer) == (400, "invalid_client")
        assert address not in answer.content.decode()

    def test_a_private_host_that_connectors_may_reach(self, resolver: dict[str, str], settings: Any) -> None:
        resolver["metadata.example"] = "10.0.0.8"
        settings.ALLOWED_PRIVATE_HOSTS = ["metadata.example"]
        assert refusal(Agent(METADATA_SERVICE).ask()) == (400, "invalid_client")

    def test_an_address_in_place_of_a_name(self, resolver: dict[str, str]) -> None:
        for host in ("127.0.0.1", "[::1]", "2130706433", "0x7f.1", "169.254.169.254", "localhost", "127.1"):
            assert refusal(Agent(f"https://{host}/a").ask()) == (400, "invalid_client")

    def test_an_installation_that_may_call_private_addresses(self, resolver: dict[str, str], settings: Any) -> None:
        """What developers may choose is not what anybody may choose."""
        settings.ALLOW_PRIVATE_ADDRESSES = True
        resolver["metadata.example"] = "10.0.0.8"
        assert refusal(Agent(METADATA_SERVICE).ask()) == (400, "invalid_client")

    def test_a_page_of_ours_makes_no_call(self, client: Client, cimd: Web) -> None:
        """Anybody can be sent to a page with a made-up `app_id`."""
        for path in ("/sign-in", "/consent", "/api/.well-known/sign-in-exp"):
            client.get(path, {"app_id": AGENT, "appId": AGENT})
        assert cimd.asked == []

    def test_a_redirect_leads_nowhere(self, cimd: Web) -> None:
        cimd.serve("", status=302, location="https://169.254.169.254/")
        assert refusal(Agent().ask()) == (400, "invalid_client")
        assert cimd.asked == [AGENT]


class TestFloods:
    def test_an_oversize_document(self, cimd: Web) -> None:
        cimd.serve(document(client_name="a" * 10_000))
        assert refusal(Agent().ask()) == (400, "invalid_client")

    def test_slow_hosts_hold_no_worker(self, cimd: Web, monkeypatch: pytest.MonkeyPatch) -> None:
        """However slow the addresses are that somebody names: each is asked once, and nobody waits for it long."""
        release, fetch, calls = threading.Event(), cimd.fetch, []

        def hang(*arguments: Any, **options: Any) -> Any:
            calls.append(arguments)
            release.wait(10)
            return fetch(*arguments, **options)

        monkeypatch.setattr(outbound, "fetch", hang)
        monkeypatch.setattr(outbound, "_PATIENCE", 0.05)
        for _ in range(3):
            answer = Agent().ask()
            assert refusal(answer) == (503, "temporarily_unavailable")
            assert int(answer["Retry-After"]) > 0
        assert len(calls) == 1
        release.set()
        monkeypatch.setattr(outbound, "_PATIENCE", 10)
        assert Agent().ask()["Location"].startswith("/sign-in")

    def test_registrations_in_masses(self, client: Client, registration: None) -> None:
        statuses = [
            client.post("/oidc/register", document(None), content_type="application/json").status_code
            for _ in range(25)
        ]
        assert statuses == [201] * 20 + [429] * 5
        assert not AuditLog.objects.filter(payload__error__code="oidc.temporarily_unavailable").exists()

    def test_registrations_from_all_addresses_of_one_caller(self, registration: None) -> None:
        """Who has one address of IPv6 has a whole /64."""
        for number in range(1, 22):
            client = Client(HTTP_HOST="localhost:8000", REMOTE_ADDR=f"2001:db8::{number:x}")
            answer = client.post("/oidc/register", document(None), content_type="application/json")
        assert answer.status_code == 429

    def test_changes_in_masses(self, client: Client, tenant: Tenant, registration: None) -> None:
        """Each change makes every process forget what it knows of the tenant."""
        told = client.post("/oidc/register", document(None), content_type="application/json").json()
        headers = {"Authorization": f"Bearer {told['registration_access_token']}"}
        path = f"/oidc/register/{told['client_id']}"

        def change(number: int) -> int:
            content = document(told["client_id"], client_name=f"Agent {number}")
            return client.put(path, content, content_type="application/json", headers=headers).status_code

        assert [change(number) for number in range(20)] == [200] * 20
        version = read_version(tenant.id)
        assert change(21) == 429
        assert read_version(tenant.id) == version
        assert client.get(path, headers=headers).json()["client_name"] == "Agent 19"
        assert client.delete(path, headers=headers).status_code == 204

    def test_calls_for_all_addresses_of_one_caller(self, cimd: Web) -> None:
        for number in range(1, 22):
            address = f"https://host-{number}.example/client.json"
            cimd.serve(document(address), at=address)
            agent = Agent(address)
            agent.browser.client.defaults["REMOTE_ADDR"] = f"2001:db8::{number:x}"
            answer = agent.ask()
        assert answer.status_code == 429
        assert len(cimd.asked) == 20


class TestImpersonation:
    @pytest.mark.parametrize(
        "look_alike",
        [
            "https://аgent.example/oauth/client.json",  # a Cyrillic letter
            "https://AGENT.example/oauth/client.json",
            "https://agent.example./oauth/client.json",
            "https://agent.example:443/oauth/client.json",
            "https://agent.example\\@evil.example/oauth/client.json",
            "https://agent.example@evil.example/oauth/client.json",
            "https://evil.example/https://agent.example/../oauth/client.json",
            "https://agent.example/oauth/client.json\n",
            " https://agent.example/oauth/client.json",
            "https:/agent.example/oauth/client.json",
            "HTTPS://agent.example/oauth/client.json",
            "https://agent。example/oauth/client.json",
            "https://agent.example／oauth/client.json",
            "https://agent.example/oauth/client.json\u202e",
        ],
    )
    def test_an_address_has_one_spelling(self, look_alike: str) -> None:
        assert find_host(AGENT) == "agent.example"
        assert find_host(look_alike) is None

    def test_a_name_beyond_ascii_shows_as_what_it_is(self) -> None:
        assert find_host("https://xn--gent-53d.example/a") == "xn--gent-53d.example"

    def test_somebody_elses_document(self, cimd: Web) -> None:
        """An open proxy serves the agent's own document from another address."""
        proxy = "https://evil.example/proxy"
        cimd.serve(document(), at=proxy)
        assert refusal(Agent(proxy).ask()) == (400, "invalid_client")

    def test_a_name_that_looks_like_another_one(self, cimd: Web, alice: User) -> None:
        """The page is under the host; what the client calls itself is one line of plain text."""
        cimd.serve(document(client_name="Bank\u202e\n\n<b>https://bank.example</b> " + "a" * 500))
        agent = Agent()
        agent.ask(alice)
        page = agent.browser.client.get("/consent").content.decode()
        assert "<h1>Let agent.example use your account?</h1>" in page
        assert "\u202e" not in page
        assert "<b>https" not in page
        assert "Nobody here has checked this app" in page

    def test_a_logo_of_its_choice(self, cimd: Web, alice: User) -> None:
        cimd.serve(document(logo_uri="https://bank.example/logo.png", client_uri="https://bank.example"))
        agent = Agent()
        agent.ask(alice)
        assert "bank.example" not in agent.browser.client.get("/consent").content.decode()

    def test_a_registered_one_does_not_choose_the_title(self, client: Client, registration: None, alice: User) -> None:
        metadata = {**document(None, client_name="Bank"), "logo_uri": "https://bank.example/logo.png"}
        client_id = client.post("/oidc/register", metadata, content_type="application/json").json()["client_id"]
        agent = Agent(client_id)
        agent.ask(alice)
        page = agent.browser.client.get("/consent").content.decode()
        assert "<h1>Let an unverified app use your account?</h1>" in page
        assert "logo.png" not in page
        assert "You will return to <bdi>agent.example</bdi>" in page

    def test_a_registered_one_writes_neither_the_sign_in_page_nor_mail(
        self,
        client: Client,
        registration: None,
        every_method: None,
        outbox: list[dict[str, Any]],
    ) -> None:
        """Anybody could have the tenant send a sentence of their choice to any address."""
        name = "Your money is at risk, call +1 202 555 0199"
        metadata = document(None, client_name=name)
        client_id = client.post("/oidc/register", metadata, content_type="application/json").json()["client_id"]
        agent = Agent(client_id)
        agent.ask()
        assert name not in agent.browser.client.get("/sign-in").content.decode()
        send_code_to_bob(agent)
        assert name not in str(outbox)

    def test_mail_does_not_name_what_stands_for_agents(self, agent: Agent, every_method: None, outbox: Any) -> None:
        agent.ask()
        send_code_to_bob(agent)
        assert not outbox[0]["payload"]["application"]


class TestDocumentSwap:
    """The document changes while a user is on the way: every step looks at the one that counts then."""

    @pytest.fixture
    def swapped(self, agent: Agent, cimd: Web, alice: User, monkeypatch: pytest.MonkeyPatch) -> Agent:
        assert agent.ask(alice)["Location"].startswith("/consent")
        cache.clear()
        cimd.serve(document(redirect_uris=["https://evil.example/callback"]))
        return agent

    def test_between_question_and_answer(self, swapped: Agent) -> None:
        assert refusal_code(swapped.post()) == "oidc.invalid_redirect_uri"

    def test_a_code_goes_where_it_was_asked_for(self, agent: Agent, cimd: Web, alice: User) -> None:
        agent.ask(alice)
        code = agent.allow()["code"]
        cache.clear()
        cimd.serve(document(redirect_uris=["https://evil.example/callback"]))
        answer = agent.call(
            "token", grant_type="authorization_code", code=code, redirect_uri="https://evil.example/callback"
        )
        assert refusal(answer) == (400, "invalid_grant")


def test_a_session_takes_every_grant_with_it(agent: Agent, alice: User) -> None:
    """An agent gets a grant each time; the session's place for it names the latest alone."""
    earlier, latest = agent.tokens(alice), agent.tokens(alice)
    session = Session.objects.get()
    revoke_session(alice.id, session.id, target=GrantTarget.FIRST_PARTY, actor=SYSTEM)
    assert agent.refresh(earlier["refresh_token"]).status_code == 200
    agent.browser.client.cookies.clear()
    tokens = [agent.tokens(alice), agent.tokens(alice)]
    revoke_session(alice.id, Session.objects.get().id, target=GrantTarget.ALL, actor=SYSTEM)
    assert [agent.refresh(issued["refresh_token"]).status_code for issued in tokens] == [400, 400]
    assert agent.refresh(latest["refresh_token"]).status_code == 200


def refusal_code(answer: Any) -> str:
    return str(answer.json()["code"])


@pytest.mark.parametrize(
    "uri",
    [
        "http://evil.example/",
        "http://localhost.evil.example/",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1@evil.example/",
        "https://*.example/",
        "https://evil.example/*",
        "https://evil.example\\@bank.example/",
        "javascript:alert(1)",
        "data:text/html,hello",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://evil.example/1",
        "//evil.example/",
        "/relative",
        "ms-msdt:/id",
        "ms-msdt://id",
        "search-ms:query=x",
        "intent://evil.example/",
        "smb://evil.example/share",
        "evilapp://callback",
        "not.a.domain://callback",
        "https://",
        "https://evil.example/a/../b",
        "https://evil.example/\r\nSet-Cookie: a=b",
    ],
)
def test_redirect_uris_that_confuse(uri: str) -> None:
    assert not is_registrable_by_client(uri)


@pytest.mark.parametrize(
    "uri",
    ["https://agent.example/a?b=c", "http://localhost:1/a", "http://[::1]/a", "cursor://anysphere/a", "com.app:/a"],
)
def test_redirect_uris_that_do_not(uri: str) -> None:
    assert is_registrable_by_client(uri)


def test_a_client_cannot_become_another_by_registering(client: Client, registration: None) -> None:
    """Ids are drawn here: nobody chooses one, nor turns into an application that the tenant trusts."""
    chosen = {
        "client_id": AGENT,
        "id": "admin",
        "isThirdParty": False,
        "is_third_party": False,
        "type": "MachineToMachine",
    }
    body = client.post("/oidc/register", {**document(None), **chosen}, content_type="application/json").json()
    application = Application.objects.get(id=body["client_id"])
    assert application.id not in (AGENT, "admin")
    assert (application.is_third_party, application.type) == (True, "SPA")


def test_consent_is_asked_of_a_user_who_has_agreed_before(client: Client, registration: None, alice: User) -> None:
    """A link to a known client must not get a code without a click: anybody may hold its id."""
    client_id = client.post("/oidc/register", document(None), content_type="application/json").json()["client_id"]
    agent = Agent(client_id)
    agent.tokens(alice)
    assert agent.ask()["Location"].startswith("/consent")
    assert answer_of(agent.ask(prompt="none"))["error"] == "consent_required"
    assert agent.redirect_uri == CALLBACK
