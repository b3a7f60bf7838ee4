"""RFC 7591: clients register themselves, named by the sentence that each test checks."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from limits import RateLimitItemPerHour

from applications.models import Application, ClientRegistration, InitialAccessToken
from applications.registration.client_registration import change_registration_settings
from applications.registration.initial_access_tokens import create_initial_access_token
from common.actors import SYSTEM
from common.clock import now
from events.models import AuditLog
from identity.models import User
from oidc.registration import endpoint
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.applications.agents import CALLBACK, Agent, document
from tests.oidc.authorization.browsing import VERIFIER
from tests.oidc.tokens.parties import basic
from tests.oidc.tokens.proofs import Key

pytestmark = pytest.mark.django_db

JSON = "application/json"


def register(client: Client, *, token: str = "", **changes: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post("/oidc/register", document(None, **changes), content_type=JSON, headers=headers)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


class TestEndpoint:
    """Section 3."""

    def test_is_there_while_it_is_on(self, client: Client, tenant: Tenant) -> None:
        path = "/.well-known/oauth-authorization-server/oidc"
        assert register(client).status_code == 404
        assert "registration_endpoint" not in client.get(path).json()
        change_registration_settings({"enabled": True}, actor=SYSTEM)
        assert client.get(path).json()["registration_endpoint"] == "http://localhost:8000/oidc/register"
        assert register(client).status_code == 201

    def test_takes_json_alone(self, client: Client, registration: None) -> None:
        for content, kind in (("redirect_uris=a", "application/x-www-form-urlencoded"), ("{}", "text/plain")):
            answer = client.post("/oidc/register", content, content_type=kind)
            assert refusal(answer) == (400, "invalid_client_metadata")
        for text in ("", "[]", "null", "{", "[" * 20_000, "\udcff"):
            answer = client.post("/oidc/register", text.encode("utf-8", "surrogatepass"), content_type=JSON)
            assert refusal(answer) == (400, "invalid_client_metadata")

    def test_a_body_that_is_too_large(self, client: Client, registration: None) -> None:
        assert register(client, client_name="a" * 60_000).status_code == 413

    def test_a_page_of_any_origin_may_call(self, client: Client, registration: None) -> None:
        answer = client.options(
            "/oidc/register", headers={"Origin": "https://inspector.example", "Access-Control-Request-Method": "POST"}
        )
        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (204, "https://inspector.example")

    def test_get_is_no_method_of_it(self, client: Client, registration: None) -> None:
        assert client.get("/oidc/register").status_code == 404


class TestResponse:
    """Section 3.2.1."""

    def test_of_a_public_client(self, client: Client, registration: None) -> None:
        answer = register(client)
        assert answer.status_code == 201
        assert answer["Cache-Control"] == "no-store"
        body = answer.json()
        assert "client_secret" not in body
        assert body["registration_client_uri"] == f"http://localhost:8000/oidc/register/{body['client_id']}"
        assert {name: value for name, value in body.items() if not name.startswith(("client_id", "registration_"))} == {
            "client_name": "Agent",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "application_type": "web",
            "id_token_signed_response_alg": "RS256",
        }
        assert abs(body["client_id_issued_at"] - now().timestamp()) < 60

    def test_of_one_with_a_secret(self, client: Client, registration: None) -> None:
        """`client_secret_expires_at` is required then; 0 is never."""
        for method in (None, "client_secret_basic", "client_secret_post"):
            body = register(client, token_endpoint_auth_method=method).json()
            assert len(body["client_secret"]) == 32
            assert body["client_secret_expires_at"] == 0
            assert body["token_endpoint_auth_method"] == (method or "client_secret_basic")

    def test_returns_all_that_was_registered(self, client: Client, registration: None) -> None:
        said: dict[str, Any] = {
            "client_uri": "https://agent.example/",
            "logo_uri": "https://agent.example/logo.png",
            "tos_uri": "https://agent.example/terms",
            "policy_uri": "https://agent.example/privacy",
            "contacts": ["alice@agent.example"],
            "software_id": "4NRB1-0XZABZI9E6-5SM3R",
            "software_version": "1.0",
            "post_logout_redirect_uris": ["https://agent.example/away"],
        }
        body = register(client, **said).json()
        assert {name: body[name] for name in said} == said

    def test_replaces_what_is_not_supported(self, client: Client, registration: None) -> None:
        asked = ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code", "implicit"]
        body = register(client, grant_types=asked, response_types=["code", "token"], scope="everything").json()
        assert body["grant_types"] == ["authorization_code", "refresh_token"]
        assert body["response_types"] == ["code"]
        assert "scope" not in body

    def test_every_client_has_an_id_of_its_own(self, client: Client, registration: None) -> None:
        assert register(client).json()["client_id"] != register(client).json()["client_id"]


class TestErrors:
    """Section 3.2.2."""

    @pytest.mark.parametrize(
        "uris",
        [
            None,
            [],
            ["https://*.example/a"],
            ["http://agent.example/a"],
            ["javascript:alert(1)"],
            ["https://a.example/#a"],
        ],
    )
    def test_invalid_redirect_uri(self, client: Client, registration: None, uris: Any) -> None:
        assert refusal(register(client, redirect_uris=uris)) == (400, "invalid_redirect_uri")

    @pytest.mark.parametrize(
        "changes",
        [
            {"redirect_uris": "https://agent.example/callback"},
            {"redirect_uris": [{"uri": 1}]},
            {"grant_types": ["client_credentials"]},
            {"grant_types": "authorization_code"},
            {"response_types": ["token"]},
            {"token_endpoint_auth_method": "client_secret_jwt"},
            {"token_endpoint_auth_method": "tls_client_auth"},
            {"token_endpoint_auth_method": 7},
            {"token_endpoint_auth_method": "private_key_jwt"},
            {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "http://agent.example/keys"},
            {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": []}},
            {"application_type": "desktop"},
            {"client_name": 7},
            {"client_name": "NUL\x00"},
            {"client_uri": "javascript:alert(1)"},
            {"logo_uri": "https:"},
            {"tos_uri": "https://[::1"},
            {"contacts": "alice@agent.example"},
            {"contacts": [7]},
        ],
    )
    def test_invalid_client_metadata(
        self, client: Client, registration: None, settings: Any, changes: dict[str, Any]
    ) -> None:
        settings.ALLOW_PRIVATE_ADDRESSES = False
        answer = register(client, **changes)
        assert refusal(answer) == (400, "invalid_client_metadata")
        assert answer.json()["error_description"]
        assert not Application.objects.exists()

    @pytest.mark.parametrize("value", ["NaN", "1e400", '"\\u0000"', '"\\ud800"', '{"\\u0000": 1}', '[[["\\u0000"]]]'])
    def test_what_cannot_be_kept(self, client: Client, registration: None, value: str) -> None:
        key = json.dumps(Key().registered())[:-1] + f', "more": {value}}}'
        text = json.dumps(document(None, token_endpoint_auth_method="private_key_jwt"))[:-1]
        text += f', "jwks": {{"keys": [{key}]}}}}'
        answer = client.post("/oidc/register", text, content_type=JSON)
        assert refusal(answer) == (400, "invalid_client_metadata")

    def test_both_keys_and_their_address(self, client: Client, registration: None) -> None:
        keys: dict[str, Any] = {"jwks": {"keys": [Key().registered()]}, "jwks_uri": "https://agent.example/keys"}
        answer = register(client, token_endpoint_auth_method="private_key_jwt", **keys)
        assert refusal(answer) == (400, "invalid_client_metadata")

    def test_is_written_down(self, client: Client, registration: None) -> None:
        register(client, redirect_uris=[])
        entry = AuditLog.objects.get(key="ClientRegistration.Created")
        assert entry.payload["error"]["code"] == "oidc.invalid_redirect_uri"


class TestInitialAccessToken:
    """Section 3: the endpoint may be open, or protected by a token."""

    @pytest.fixture
    def closed(self, registration: None) -> str:
        change_registration_settings({"requireInitialAccessToken": True}, actor=SYSTEM)
        return create_initial_access_token(name="partners", actor=SYSTEM)[1]

    def test_opens_what_is_closed(self, client: Client, closed: str) -> None:
        assert register(client, token=closed).status_code == 201
        for token in ("", "another", closed[:-1]):
            answer = register(client, token=token)
            assert refusal(answer) == (401, "invalid_token")
            assert answer["WWW-Authenticate"].startswith("Bearer ")

    def test_a_bad_one_is_refused_even_where_none_is_needed(self, client: Client, registration: None) -> None:
        assert refusal(register(client, token="another")) == (401, "invalid_token")

    def test_expires(self, client: Client, closed: str) -> None:
        InitialAccessToken.objects.update(expires_at=now() - timedelta(seconds=1))
        assert refusal(register(client, token=closed)) == (401, "invalid_token")

    def test_is_kept_as_a_digest(self, closed: str) -> None:
        stored = InitialAccessToken.objects.get()
        assert closed not in str(vars(stored))

    def test_is_its_tenants(self, acme_client: Client, closed: str, tenants: Any) -> None:
        with enter_tenant("acme"):
            change_registration_settings({"enabled": True, "requireInitialAccessToken": True}, actor=SYSTEM)
        assert refusal(register(acme_client, token=closed)) == (401, "invalid_token")


class TestLimits:
    def test_so_many_at_once(self, client: Client, registration: None) -> None:
        change_registration_settings({"maxClients": 2}, actor=SYSTEM)
        assert [register(client).status_code for _ in range(3)] == [201, 201, 403]
        Application.objects.earliest("created_at").delete()
        assert register(client).status_code == 201

    def test_so_many_an_hour_for_the_tenant(
        self, client: Client, registration: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(endpoint, "_PER_TENANT", RateLimitItemPerHour(2))
        answers = [register(client) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert 0 < int(answers[2]["Retry-After"]) <= 7200


class TestClient:
    """What comes of it."""

    def test_signs_a_user_in(self, client: Client, registration: None, alice: User) -> None:
        agent = Agent(register(client).json()["client_id"])
        tokens = agent.tokens(alice)
        assert agent.refresh(tokens["refresh_token"]).status_code == 200
        assert agent.call("token/introspection", token=tokens["access_token"]).json()["client_id"] == agent.id

    def test_is_native_if_it_comes_back_to_the_device(self, client: Client, registration: None) -> None:
        body = register(client, redirect_uris=["http://127.0.0.1/callback", "cursor://anysphere/callback"]).json()
        assert body["application_type"] == "native"
        agent = Agent(body["client_id"], "http://127.0.0.1:4567/callback")
        assert agent.ask()["Location"].startswith("/sign-in")

    @pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
    def test_proves_itself_with_its_secret(self, client: Client, registration: None, alice: User, method: str) -> None:
        body = register(client, token_endpoint_auth_method=method).json()
        agent = Agent(body["client_id"])
        agent.ask(alice)
        form = {"grant_type": "authorization_code", "code": agent.allow()["code"], "redirect_uri": CALLBACK}
        form |= {"code_verifier": VERIFIER}
        assert refusal(agent.call("token", **form)) == (401, "invalid_client")
        if method == "client_secret_post":
            answer = agent.call("token", client_secret=body["client_secret"], **form)
        else:
            headers = {"Authorization": basic(agent.id, body["client_secret"])}
            answer = client.post("/oidc/token", form, content_type=JSON, headers=headers)
        assert answer.status_code == 200

    def test_proves_itself_with_its_key(self, client: Client, registration: None, alice: User) -> None:
        key = Key()
        body = register(client, token_endpoint_auth_method="private_key_jwt", jwks={"keys": [key.registered()]}).json()
        assert "client_secret" not in body
        assert body["jwks"] == {"keys": [key.registered()]}
        agent = Agent(body["client_id"])
        agent.ask(alice)
        proof = {
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": key.assertion(agent.id),
        }
        assert agent.redeem(agent.allow()["code"], **proof)["access_token"]

    def test_uses_pkce_even_with_a_secret(self, client: Client, registration: None, alice: User) -> None:
        agent = Agent(register(client, token_endpoint_auth_method="client_secret_basic").json()["client_id"])
        answer = agent.ask(alice, code_challenge=None, code_challenge_method=None)
        assert "error=invalid_request" in answer["Location"]

    def test_is_an_application_of_a_third_party(self, client: Client, registration: None) -> None:
        body = register(client, client_name="Agent").json()
        application = Application.objects.get(id=body["client_id"])
        assert (application.name, application.is_third_party, application.registered_itself) == ("Agent", True, True)
        entry = AuditLog.objects.get(key="ClientRegistration.Created")
        assert (entry.application_id, entry.payload["clientName"]) == (application.id, "Agent")

    def test_without_a_name_has_one_for_developers(self, client: Client, registration: None) -> None:
        body = register(client, client_name=None).json()
        assert "client_name" not in body
        assert Application.objects.get(id=body["client_id"]).name == "Unnamed client"

    def test_goes_with_its_application(self, client: Client, registration: None) -> None:
        body = register(client).json()
        Application.objects.get(id=body["client_id"]).delete()
        assert not ClientRegistration.objects.exists()
