"""OAuth Client ID Metadata Document (draft 02), named by the sentence that each test checks."""

from typing import Any

import pytest
from django.test import Client

from applications.cimd.service import switch_cimd
from common.actors import SYSTEM
from common.http import OutboundRequestError
from identity.models import User
from tenants.models import Tenant
from tests.applications.agents import AGENT, CALLBACK, Agent, Web, document

pytestmark = pytest.mark.django_db


def refusal(answer: Any) -> tuple[int, str, str]:
    body = answer.json()
    return answer.status_code, body["error"], body["error_description"]


OFF = "client metadata document: such clients are not accepted here"


class TestClientIdentifierUrl:
    """Section 3."""

    @pytest.mark.parametrize(
        "address",
        [
            "https://agent.example",  # no path
            "https://agent.example/a#b",
            "https://alice@agent.example/a",
            "https://alice:secret@agent.example/a",
            "https://agent.example/a/./b",
            "https://agent.example/a/../b",
            "https://agent.example/a/%2e%2E/b",
            "https://agent.example/a/..",
        ],
    )
    def test_what_an_address_must_not_have(self, cimd: Web, address: str) -> None:
        cimd.serve(document(address), at=address)
        status, error, _ = refusal(Agent(address).ask())
        assert (status, error) == (400, "invalid_client")
        assert cimd.asked == []

    @pytest.mark.parametrize("address", ["https://agent.example/", "https://agent.example:8443/a?b=c", AGENT])
    def test_what_an_address_may_have(self, cimd: Web, address: str) -> None:
        cimd.serve(document(address), at=address)
        assert Agent(address).ask()["Location"].startswith("/sign-in")
        assert cimd.asked == [address]

    def test_http_is_no_address(self, cimd: Web) -> None:
        assert refusal(Agent("http://agent.example/a").ask())[:2] == (400, "invalid_client")
        assert cimd.asked == []

    def test_the_longest_address_has_2048_characters(self, cimd: Web) -> None:
        longest = f"https://agent.example/{'a' * 2026}"
        for address in (longest, f"{longest}a"):
            cimd.serve(document(address), at=address)
        assert Agent(longest).ask()["Location"].startswith("/sign-in")
        assert refusal(Agent(f"{longest}a").ask())[1] == "invalid_client"
        assert cimd.asked == [longest]


class TestDocument:
    """Section 4."""

    @pytest.mark.parametrize(
        "client_id",
        [
            None,
            "",
            "https://agent.example/OAuth/client.json",
            "https://agent.example:443/oauth/client.json",
            f"{AGENT}?",
            7,
        ],
    )
    def test_client_id_is_the_address_by_simple_string_comparison(self, cimd: Web, client_id: Any) -> None:
        cimd.serve(document(client_id=client_id))
        assert "client_id must be the address" in refusal(Agent().ask())[2]

    @pytest.mark.parametrize(
        "changes",
        [
            {"client_secret": "secret"},
            {"client_secret": ""},
            {"client_secret_expires_at": 0},
            {"token_endpoint_auth_method": "client_secret_basic"},
            {"token_endpoint_auth_method": "client_secret_post"},
            {"token_endpoint_auth_method": "client_secret_jwt"},
            {"token_endpoint_auth_method": "private_key_jwt"},
            {"token_endpoint_auth_method": ["none"]},
        ],
    )
    def test_nothing_is_based_on_a_shared_secret(self, cimd: Web, changes: dict[str, Any]) -> None:
        cimd.serve(document(**changes))
        assert refusal(Agent().ask())[:2] == (400, "invalid_client")

    @pytest.mark.parametrize(
        "uris",
        [
            None,
            [],
            "https://agent.example/callback",
            ["https://*.agent.example/callback"],
            ["https://agent.example/*"],
            ["http://agent.example/callback"],
            ["javascript:alert(1)"],
            ["https://agent.example/callback#here"],
            [7],
            ["https://agent.example/callback"] * 60 + [f"https://agent.example/{number}" for number in range(60)],
        ],
    )
    def test_redirect_uris_are_those_of_one_place(self, cimd: Web, uris: Any) -> None:
        cimd.serve(document(redirect_uris=uris))
        assert refusal(Agent().ask())[:2] == (400, "invalid_client")

    @pytest.mark.parametrize("text", ["", "[]", "null", '"text"', "{", "[" * 5000])
    def test_the_document_is_a_json_object(self, cimd: Web, text: str) -> None:
        cimd.serve(text)
        assert refusal(Agent().ask())[:2] == (400, "invalid_client")

    def test_what_it_does_not_name_it_does_not_get(self, cimd: Web) -> None:
        cimd.serve(document(grant_types=["client_credentials"]))
        assert "authorization_code" in refusal(Agent().ask())[2]

    def test_private_metadata_is_nobodys_to_set(self, agent: Agent, cimd: Web, alice: User) -> None:
        """What the Management API sets of an application has no meaning here."""
        own = {"refreshTokenTtlInDays": 180, "allowTokenExchange": True, "alwaysIssueRefreshToken": True}
        cimd.serve(document(**own, isThirdParty=False, customClientMetadata=own, scope="openid email"))
        assert "refresh_token" not in agent.tokens(alice, scope="openid")
        answer = agent.call("token", grant_type="urn:ietf:params:oauth:grant-type:token-exchange")
        assert refusal(answer)[:2] == (400, "invalid_request")


class TestDiscovery:
    """Sections 5 and 6."""

    def test_5_nothing_but_200_is_a_document(self, cimd: Web) -> None:
        for number, status in enumerate((201, 204, 301, 302, 307, 404, 410, 500)):
            address = f"https://agent.example/{number}"
            cimd.serve(document(address), at=address, status=status, location=AGENT)
            assert refusal(Agent(address).ask())[:2] == (400, "invalid_client")
        assert AGENT not in cimd.asked, "a redirect was followed"

    @pytest.mark.parametrize("kind", ["text/html", "", "application/jsonp", "text/json"])
    def test_5_the_media_type_is_json(self, cimd: Web, kind: str) -> None:
        cimd.serve(document(), **{"content-type": kind})
        assert refusal(Agent().ask())[:2] == (400, "invalid_client")

    @pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/cimd+json"])
    def test_5_or_a_kind_of_json(self, cimd: Web, kind: str) -> None:
        cimd.serve(document(), **{"content-type": kind})
        assert Agent().ask()["Location"].startswith("/sign-in")

    def test_6_the_metadata_says_so_while_it_is_on(self, client: Client, web: Web, tenant: Tenant) -> None:
        name = "client_id_metadata_document_supported"
        path = "/.well-known/oauth-authorization-server/oidc"
        assert name not in client.get(path).json()
        switch_cimd(is_on=True, actor=SYSTEM)
        assert client.get(path).json()[name] is True
        assert client.get("/oidc/.well-known/openid-configuration").json()[name] is True
        switch_cimd(is_on=False, actor=SYSTEM)
        assert name not in client.get(path).json()

    def test_nothing_is_fetched_while_it_is_off(self, web: Web, tenant: Tenant) -> None:
        assert refusal(Agent().ask()) == (
            400,
            "invalid_client",
            "client metadata document: such clients are not accepted here",
        )
        answer = Agent().call("token", grant_type="authorization_code", code="code")
        assert refusal(answer) == (
            400,
            "invalid_client",
            "client metadata document: such clients are not accepted here",
        )
        assert web.asked == []


class TestRedirectUris:
    """Section 8.1."""

    @pytest.mark.parametrize(
        "uri",
        [
            "https://agent.example/callback/",
            "https://agent.example:443/callback",
            "https://AGENT.example/callback",
            "HTTPS://agent.example/callback",
            "https://agent.example/callback?",
            "https://agent.example/x/../callback",
            "https://agent.example./callback",
            "https://evil.example/callback",
        ],
    )
    def test_compared_as_written(self, agent: Agent, uri: str) -> None:
        assert refusal(agent.ask(redirect_uri=uri))[:2] == (400, "invalid_redirect_uri")

    @pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
    def test_any_port_of_the_users_own_device(self, cimd: Web, host: str) -> None:
        cimd.serve(document(redirect_uris=[f"http://{host}/callback"]))
        for port in ("", ":1", ":8765", ":65535"):
            answer = Agent(redirect_uri=f"http://{host}{port}/callback").ask()
            assert answer["Location"].startswith("/sign-in")
        for uri in (
            f"http://{host}:0/callback",
            f"http://{host}:65536/callback",
            f"http://{host}:1/other",
            f"https://{host}:1/callback",
            f"http://{host}:1@evil.example/callback",
            f"http://{host}.evil.example/callback",
        ):
            assert refusal(Agent(redirect_uri=uri).ask())[1] == "invalid_redirect_uri", uri

    def test_another_host_of_the_device_is_another_place(self, cimd: Web) -> None:
        cimd.serve(document(redirect_uris=["http://127.0.0.1/callback"]))
        assert refusal(Agent(redirect_uri="http://localhost:1/callback").ask())[1] == "invalid_redirect_uri"

    def test_the_only_one_may_be_left_out(self, agent: Agent, alice: User) -> None:
        assert agent.ask(alice, redirect_uri=None)["Location"].startswith("/consent")
        assert agent.redeem(agent.allow()["code"], redirect_uri=None)["access_token"]


def test_5_2_a_document_is_asked_for_once_while_it_is_good(agent: Agent, cimd: Web, alice: User) -> None:
    cimd.serve(document(), cache_control="max-age=600")
    agent.tokens(alice)
    assert cimd.asked == [AGENT]


def test_5_1_who_cannot_be_fetched_is_an_invalid_client(cimd: Web) -> None:
    cimd.answers[AGENT] = OutboundRequestError("agent.example resolves to an address that is not public")
    status, error, description = refusal(Agent().ask())
    assert (status, error) == (400, "invalid_client")
    assert "public" not in description, "who answers where is nobody's business"
    assert refusal(Agent(redirect_uri=CALLBACK).ask())[1] == "invalid_client"
    assert cimd.asked == [AGENT], "a fault is remembered for a while"
