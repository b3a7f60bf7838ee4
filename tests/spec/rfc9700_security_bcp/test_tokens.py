"""RFC 9700, OAuth 2.0 Security Best Current Practice: codes, access tokens and refresh tokens."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.test import Client

from access.management import management_api_indicator
from access.models import Resource
from applications.models import Application
from common.clock import now
from identity.models import User
from tests.management_api.conftest import access_token, make_backend
from tests.oidc.authorization.browsing import CHALLENGE, SPA_REDIRECT, VERIFIER, WEB_REDIRECT, Browser, answer_of
from tests.oidc.authorization.fixtures import MakeApplication
from tests.oidc.tokens.parties import SECRET as WEB_SECRET
from tests.oidc.tokens.parties import Party, add_secret, basic
from tests.oidc.tokens.proofs import Key
from tests.spec.rfc9700_security_bcp.calls import DOCUMENT, code_of, error_of, redeem, refresh

pytestmark = pytest.mark.django_db

TOKEN_URL = "http://localhost:8000/oidc/token"
MORE_THAN_THE_LEEWAY = timedelta(seconds=10)


@pytest.fixture
def tokens(browser: Browser, spa: Application, alice: User) -> dict[str, Any]:
    answer = redeem(browser, spa.id, code_of(browser.signed_in(spa.id, alice)))
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def confidential(web: Application) -> Application:
    add_secret(web, WEB_SECRET, name="Known")
    return web


class TestPkce:
    """Sections 2.1.1 and 4.8."""

    def test_2_1_1_the_verifier_is_enforced_wherever_there_was_a_challenge(
        self, browser: Browser, confidential: Application, alice: User
    ) -> None:
        """Of a confidential client too, which need not have sent one."""
        code = code_of(browser.signed_in(confidential.id, alice, redirect_uri=WEB_REDIRECT))
        party = Party(confidential)
        bare = party.redeem(code, redirect_uri=WEB_REDIRECT, code_verifier=None)
        assert error_of(bare) == "invalid_grant"

    def test_4_8_2_a_verifier_without_a_challenge_is_refused(
        self, browser: Browser, confidential: Application, alice: User
    ) -> None:
        """The downgrade: an attacker has taken the challenge out of the request."""
        stripped = {"code_challenge": None, "code_challenge_method": None}
        code = code_of(browser.signed_in(confidential.id, alice, redirect_uri=WEB_REDIRECT, **stripped))
        assert error_of(Party(confidential).redeem(code, redirect_uri=WEB_REDIRECT)) == "invalid_grant"


class TestCodes:
    """Sections 4.2.4, 4.5 and 2.1.1."""

    def test_4_2_4_a_code_is_good_once_and_its_tokens_go_when_it_comes_again(
        self, browser: Browser, spa: Application, alice: User
    ) -> None:
        code = code_of(browser.signed_in(spa.id, alice))
        tokens = redeem(browser, spa.id, code).json()
        assert error_of(redeem(browser, spa.id, code)) == "invalid_grant"
        assert error_of(refresh(browser, spa.id, tokens["refresh_token"])) == "invalid_grant"
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert browser.client.get("/oidc/me", headers=headers).status_code == 401

    def test_4_3_1_a_code_lives_for_a_minute(self, browser: Browser, spa: Application, alice: User) -> None:
        code = code_of(browser.signed_in(spa.id, alice))
        with time_machine.travel(now() + timedelta(seconds=61)):
            assert error_of(redeem(browser, spa.id, code)) == "invalid_grant"

    def test_4_5_a_code_that_is_injected_into_another_session_is_worth_nothing(
        self, browser: Browser, spa: Application, alice: User
    ) -> None:
        """The client redeems what was planted with the verifier of its own request."""
        stolen = code_of(browser.signed_in(spa.id, alice))
        assert error_of(redeem(browser, spa.id, stolen, code_verifier="y" * 43)) == "invalid_grant"
        assert error_of(redeem(browser, spa.id, stolen, code_verifier=CHALLENGE)) == "invalid_grant"

    def test_4_5_3_2_the_nonce_is_in_the_id_token(self, browser: Browser, spa: Application, alice: User) -> None:
        body = redeem(browser, spa.id, code_of(browser.signed_in(spa.id, alice, nonce="n-0S6"))).json()
        assert jwt.decode(body["id_token"], options={"verify_signature": False})["nonce"] == "n-0S6"

    def test_4_5_a_code_is_its_clients(
        self, browser: Browser, spa: Application, make_application: MakeApplication, alice: User
    ) -> None:
        rival = make_application()
        code = code_of(browser.signed_in(spa.id, alice))
        assert error_of(redeem(browser, rival.id, code)) == "invalid_grant"
        assert redeem(browser, spa.id, code).status_code == 200, "the attempt has not used it up"


class TestRefreshTokens:
    """Sections 2.2.2 and 4.14."""

    def test_4_14_2_each_one_is_replaced(self, browser: Browser, spa: Application, tokens: dict[str, Any]) -> None:
        seen = {tokens["refresh_token"]}
        token = tokens["refresh_token"]
        for _ in range(3):
            token = refresh(browser, spa.id, token).json()["refresh_token"]
            assert token not in seen
            seen.add(token)

    def test_4_14_2_reuse_ends_the_whole_family(
        self, browser: Browser, spa: Application, tokens: dict[str, Any]
    ) -> None:
        """Whoever comes second gives the theft away; nobody can tell which of the two is the thief."""
        stolen = tokens["refresh_token"]
        fresh = refresh(browser, spa.id, stolen).json()
        with time_machine.travel(now() + MORE_THAN_THE_LEEWAY):
            assert error_of(refresh(browser, spa.id, stolen)) == "invalid_grant"
            assert error_of(refresh(browser, spa.id, fresh["refresh_token"])) == "invalid_grant"
            headers = {"Authorization": f"Bearer {fresh['access_token']}"}
            assert browser.client.get("/oidc/me", headers=headers).status_code == 401

    def test_4_14_2_they_are_bound_to_scope_and_resource(
        self, browser: Browser, spa: Application, alice: User, documents: Resource
    ) -> None:
        code = code_of(browser.signed_in(spa.id, alice, scope="openid offline_access"))
        token = redeem(browser, spa.id, code).json()["refresh_token"]
        assert error_of(refresh(browser, spa.id, token, scope="openid email")) == "invalid_scope"
        assert error_of(refresh(browser, spa.id, token, resource=documents.indicator)) == "invalid_target"

    def test_4_14_2_one_that_is_not_used_expires(
        self, browser: Browser, spa: Application, tokens: dict[str, Any]
    ) -> None:
        with time_machine.travel(now() + timedelta(days=14, seconds=1)):
            assert error_of(refresh(browser, spa.id, tokens["refresh_token"])) == "invalid_grant"

    def test_4_14_2_a_public_clients_may_be_bound_to_its_key_instead(
        self, browser: Browser, make_application: MakeApplication, alice: User
    ) -> None:
        bound = make_application(requireDpop=True)
        holder, thief = Key("holder"), Key("thief")
        code = code_of(browser.signed_in(bound.id, alice))

        def proof(key: Key) -> dict[str, str]:
            return {"DPoP": key.proof("POST", TOKEN_URL)}

        body = {"grant_type": "authorization_code", "client_id": bound.id, "code": code, "redirect_uri": SPA_REDIRECT}
        verifier = {"code_verifier": VERIFIER}
        first = browser.client.post("/oidc/token", {**body, **verifier}, headers=proof(holder)).json()
        again = {"grant_type": "refresh_token", "client_id": bound.id, "refresh_token": first["refresh_token"]}
        assert error_of(browser.client.post("/oidc/token", again, headers=proof(thief))) == "invalid_grant"
        assert browser.client.post("/oidc/token", again, headers=proof(holder)).status_code == 200

    def test_4_14_2_a_confidential_clients_is_good_for_the_client_that_authenticates_alone(
        self, browser: Browser, confidential: Application, alice: User
    ) -> None:
        party = Party(confidential)
        code = code_of(browser.signed_in(confidential.id, alice, redirect_uri=WEB_REDIRECT))
        body = {"redirect_uri": WEB_REDIRECT, "code_verifier": VERIFIER}
        token = party.redeem(code, **body).json()["refresh_token"]
        assert error_of(refresh(browser, confidential.id, token)) == "invalid_client"
        wrong = {"Authorization": basic(confidential.id, "wrong")}
        assert error_of(party.refresh(token, headers=wrong)) == "invalid_client"
        assert party.refresh(token).status_code == 200


class TestAccessTokens:
    """Sections 2.2.1, 2.3, 4.3.2 and 4.10."""

    def test_2_3_a_token_is_for_one_resource_server(
        self, browser: Browser, spa: Application, alice: User, documents: Resource
    ) -> None:
        wanted = {"resource": documents.indicator, "scope": "openid offline_access read"}
        token = redeem(browser, spa.id, code_of(browser.signed_in(spa.id, alice, **wanted))).json()["refresh_token"]
        access = refresh(browser, spa.id, token, resource=documents.indicator).json()["access_token"]
        assert jwt.decode(access, options={"verify_signature": False})["aud"] == documents.indicator
        for path in ("/oidc/me", "/api/roles", "/api/my-account"):
            assert browser.client.get(path, headers={"Authorization": f"Bearer {access}"}).status_code == 401

    def test_2_3_it_has_no_more_rights_than_were_granted(
        self, browser: Browser, spa: Application, alice: User, documents: Resource
    ) -> None:
        wanted = {"resource": documents.indicator, "scope": "openid offline_access read write"}
        token = redeem(browser, spa.id, code_of(browser.signed_in(spa.id, alice, **wanted))).json()["refresh_token"]
        assert refresh(browser, spa.id, token, resource=documents.indicator).json()["scope"] == "read"

    @pytest.mark.parametrize("path", ["/oidc/me", "/api/my-account"])
    def test_4_3_2_a_token_in_an_address_is_not_taken(
        self, browser: Browser, tokens: dict[str, Any], path: str
    ) -> None:
        """Addresses are logged and kept in histories (RFC 6750 section 5.3)."""
        assert browser.client.get(path, {"access_token": tokens["access_token"]}).status_code in (400, 401)

    def test_2_2_1_tokens_can_be_bound_to_a_key(self, browser: Browser, spa: Application) -> None:
        assert "ES256" in browser.client.get(DOCUMENT).json()["dpop_signing_alg_values_supported"]

    def test_4_10_1_a_bound_token_is_worth_nothing_without_its_key(
        self, browser: Browser, make_application: MakeApplication, alice: User
    ) -> None:
        bound = make_application(requireDpop=True)
        proof = {"DPoP": Key("holder").proof("POST", TOKEN_URL)}
        body = {
            "grant_type": "authorization_code",
            "client_id": bound.id,
            "code": code_of(browser.signed_in(bound.id, alice)),
            "redirect_uri": SPA_REDIRECT,
            "code_verifier": VERIFIER,
        }
        tokens = browser.client.post("/oidc/token", body, headers=proof).json()
        for scheme in ("Bearer", "DPoP"):
            headers = {"Authorization": f"{scheme} {tokens['access_token']}"}
            assert browser.client.get("/oidc/me", headers=headers).status_code == 401


class TestClients:
    """Sections 2.5, 2.6, 4.13 and 4.15."""

    def test_2_5_clients_can_authenticate_by_a_key(self, browser: Browser, spa: Application) -> None:
        assert "private_key_jwt" in browser.client.get(DOCUMENT).json()["token_endpoint_auth_methods_supported"]

    def test_2_6_the_metadata_is_published(self, browser: Browser, spa: Application) -> None:
        for path in (DOCUMENT, "/.well-known/oauth-authorization-server/oidc"):
            document = browser.client.get(path).json()
            assert document["issuer"] == "http://localhost:8000/oidc"
            assert document["code_challenge_methods_supported"] == ["S256"]

    def test_4_15_a_client_is_not_taken_for_a_user(self, browser: Browser, spa: Application, alice: User) -> None:
        """No user has a client's id, so that a machine's `sub` is nobody's; and its tokens open no account."""
        backend = make_backend()
        assert len(backend.id) != len(alice.id)
        management = Client(HTTP_HOST="localhost:8000", headers={"authorization": f"Bearer {access_token(backend.id)}"})
        body = {"name": "Impostor", "type": "MachineToMachine", "id": alice.id}
        created = management.post("/api/applications", body, content_type="application/json")
        assert created.status_code == 400 or created.json()["id"] != alice.id
        secret = "the-secret-of-the-backend-application"
        add_secret(backend, secret, name="Known")
        asked = {"grant_type": "client_credentials", "resource": management_api_indicator("default"), "scope": "all"}
        headers = {"Authorization": basic(backend.id, secret)}
        token = browser.client.post("/oidc/token", asked, headers=headers).json()["access_token"]
        for path in ("/oidc/me", "/api/my-account"):
            assert browser.client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 401

    @pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-Host"])
    def test_4_13_headers_of_a_proxy_are_not_taken_from_anybody(
        self, browser: Browser, spa: Application, header: str
    ) -> None:
        value = {"X-Forwarded-Proto": "https", "Forwarded": "host=evil.example;proto=https"}.get(header, "evil.example")
        headers = {header: value}
        assert browser.client.get(DOCUMENT, headers=headers).json()["issuer"] == "http://localhost:8000/oidc"
        sent = browser.request_of(spa.id, prompt="none")
        answer = answer_of(browser.client.get("/oidc/auth", sent, headers=headers))
        assert answer["iss"] == "http://localhost:8000/oidc"
