"""RFC 9449 sections 5 to 10: tokens bound to a key, issued, refreshed, presented and introspected."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from access.models import Resource
from applications.services.applications import update_application
from common.actors import SYSTEM
from common.clock import now
from identity.account_center import update_account_center
from identity.models import User
from oidc.models import Grant, UsedProof
from tests.oidc.tokens.parties import API, ISSUER, REDIRECT_URI, VERIFIER, Party, authorize, basic, make_application
from tests.oidc.tokens.proofs import Key
from tests.spec.rfc9449_dpop.holder import Holder

pytestmark = pytest.mark.django_db

OTHER = Key("other")
MANAGEMENT = "https://default.logto.app/api"


def redeem(holder: Holder, user: User, *, key: Key | None = None, **authorization: Any) -> Any:
    code = authorize(user, holder.application, **authorization)
    return holder.proven(
        key=key, grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER
    )


def tokens_of(holder: Holder, user: User, **authorization: Any) -> dict[str, Any]:
    answer = redeem(holder, user, **authorization)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


class TestIssuing:
    """Section 5: access token request."""

    def test_the_type_is_dpop(self, public: Holder, alice: User) -> None:
        assert tokens_of(public, alice)["token_type"] == "DPoP"

    def test_6_1_a_jwt_says_its_key(self, public: Holder, alice: User) -> None:
        refresh_token = tokens_of(public, alice, resources={API: "read:things"})["refresh_token"]
        body = public.proven(grant_type="refresh_token", refresh_token=refresh_token, resource=API).json()
        assert body["token_type"] == "DPoP"
        assert public.claims(body["access_token"], API)["cnf"] == {"jkt": public.key.thumbprint}

    def test_6_2_introspection_says_the_key_of_an_opaque_one(self, confidential: Holder, alice: User) -> None:
        body = confidential.introspect(tokens_of(confidential, alice)["access_token"])
        assert (body["active"], body["token_type"]) == (True, "DPoP")
        assert body["cnf"] == {"jkt": confidential.key.thumbprint}

    def test_without_a_proof_it_is_a_bearer_token(self, public: Holder, alice: User) -> None:
        body = public.sign_in(alice)
        assert body["token_type"] == "Bearer"
        assert public.userinfo(body["access_token"]).status_code == 200
        assert "cnf" not in public.introspect(body["access_token"])

    def test_by_default_a_proof_binds(self, spa: Party, alice: User) -> None:
        """The proof of an application without `allowDpop` was ignored; its client met a 401 without a reason later."""
        holder = Holder(spa.application)
        body = tokens_of(holder, alice)
        assert body["token_type"] == "DPoP"
        assert holder.introspect(body["access_token"])["cnf"] == {"jkt": holder.key.thumbprint}
        broken = holder.refresh(body["refresh_token"], headers={"DPoP": "broken"})
        assert refused(broken) == (400, "invalid_dpop_proof")

    def test_switched_off_a_proof_is_refused_with_words(self, tenant: Any, api: Resource) -> None:
        holder = Holder(make_application("MachineToMachine", custom_client_metadata={"allowDpop": False}))
        answer = holder.proven(grant_type="client_credentials", resource=API)
        assert refused(answer) == (400, "invalid_request")
        assert "allowDpop" in answer.json()["error_description"]
        assert not UsedProof.objects.exists()

    def test_5_2_a_client_may_bind_all_its_tokens(self, strict: Holder, api: Resource) -> None:
        assert refused(strict.credentials(resource=API)) == (400, "invalid_request")
        assert strict.proven(grant_type="client_credentials", resource=API).json()["token_type"] == "DPoP"


class TestRefreshing:
    """Section 5: refresh tokens of public clients are bound, those of confidential clients are not."""

    def test_a_public_clients_needs_the_same_key(self, public: Holder, alice: User) -> None:
        token = tokens_of(public, alice)["refresh_token"]
        assert refused(public.refresh(token)) == (400, "invalid_grant")
        other = public.proven(key=OTHER, grant_type="refresh_token", refresh_token=token)
        assert refused(other) == (400, "invalid_grant")
        assert Grant.objects.get().revoked_at is None, "the thief's attempts end nothing"
        good = public.proven(grant_type="refresh_token", refresh_token=token)
        assert good.json()["token_type"] == "DPoP"
        successor = good.json()["refresh_token"]
        assert refused(public.refresh(successor)) == (400, "invalid_grant")
        assert public.proven(grant_type="refresh_token", refresh_token=successor).status_code == 200

    def test_a_thief_without_the_key_cannot_end_the_family(self, public: Holder, alice: User) -> None:
        token = tokens_of(public, alice)["refresh_token"]
        successor = public.proven(grant_type="refresh_token", refresh_token=token).json()["refresh_token"]
        with time_machine.travel(now() + timedelta(minutes=1)):
            assert refused(public.refresh(token)) == (400, "invalid_grant")
            assert public.proven(grant_type="refresh_token", refresh_token=successor).status_code == 200

    def test_it_stays_bound_when_the_application_gives_dpop_up(self, public: Holder, alice: User) -> None:
        token = tokens_of(public, alice)["refresh_token"]
        update_application(public.application, custom_client_metadata={}, actor=SYSTEM)
        assert refused(public.refresh(token)) == (400, "invalid_grant")

    def test_a_confidential_clients_goes_with_any_key(self, confidential: Holder, alice: User) -> None:
        token = tokens_of(confidential, alice)["refresh_token"]
        body = confidential.proven(key=OTHER, grant_type="refresh_token", refresh_token=token).json()
        assert confidential.introspect(body["access_token"])["cnf"] == {"jkt": OTHER.thumbprint}

    def test_a_bearer_family_is_bound_by_the_first_proof(self, public: Holder, alice: User) -> None:
        token = public.sign_in(alice)["refresh_token"]
        successor = public.proven(grant_type="refresh_token", refresh_token=token).json()["refresh_token"]
        assert refused(public.refresh(successor)) == (400, "invalid_grant")


class TestUserinfo:
    """Section 7: protected resource access."""

    def test_7_1_with_the_token_and_a_proof(self, public: Holder, alice: User) -> None:
        token = tokens_of(public, alice)["access_token"]
        assert public.call("/oidc/me", token).json()["sub"] == alice.id

    def test_7_2_a_stolen_token_is_no_bearer_token(self, public: Holder, alice: User) -> None:
        token = tokens_of(public, alice)["access_token"]
        assert refused(public.userinfo(token)) == (401, "invalid_token")
        assert refused(public.call("/oidc/me", token, scheme="Bearer")) == (401, "invalid_token")
        posted = public.browser.post("/oidc/me", {"access_token": token})
        assert refused(posted) == (401, "invalid_token")

    def test_7_1_the_challenge_names_the_scheme(self, public: Holder, alice: User) -> None:
        token = tokens_of(public, alice)["access_token"]
        answer = public.call("/oidc/me", token, key=OTHER)
        assert refused(answer) == (401, "invalid_token")
        assert answer["WWW-Authenticate"].startswith('DPoP error="invalid_token"')
        answer = public.call("/oidc/me", token, ath="x")
        assert refused(answer) == (401, "invalid_dpop_proof")
        assert answer["WWW-Authenticate"].startswith('DPoP error="invalid_dpop_proof"')
        assert 'algs="RS256 PS256 ES256 ES384 EdDSA"' in answer["WWW-Authenticate"]

    @pytest.mark.parametrize(
        "changes",
        [{"ath": None}, {"ath": "x" * 43}, {"ath": 5}, {"htm": "POST"}, {"htu": f"{ISSUER}/token"}, {"iat": 1}],
    )
    def test_4_3_12_the_proof_is_about_this_request_and_token(
        self, public: Holder, alice: User, changes: dict[str, Any]
    ) -> None:
        token = tokens_of(public, alice)["access_token"]
        assert refused(public.call("/oidc/me", token, **changes)) == (401, "invalid_dpop_proof")

    def test_without_a_proof(self, public: Holder, alice: User) -> None:
        token = tokens_of(public, alice)["access_token"]
        answer = public.browser.get("/oidc/me", headers={"Authorization": f"DPoP {token}"})
        assert refused(answer) == (401, "invalid_dpop_proof")

    def test_11_1_a_proof_is_good_once(self, public: Holder, alice: User) -> None:
        token = tokens_of(public, alice)["access_token"]
        proof = public.key.proof("GET", f"{ISSUER}/me", token=token)
        headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
        assert public.browser.get("/oidc/me", headers=headers).status_code == 200
        assert refused(public.browser.get("/oidc/me", headers=headers)) == (401, "invalid_dpop_proof")

    def test_a_refresh_token_is_none_with_the_proof_of_its_key_either(self, public: Holder, alice: User) -> None:
        """Both are looked up by digest; a proof that names it (`ath`) makes no access token of a refresh token."""
        token = tokens_of(public, alice)["refresh_token"]
        assert refused(public.call("/oidc/me", token)) == (401, "invalid_token")
        assert public.call("/api/my-account", token).status_code == 401

    def test_a_bearer_token_has_no_proof(self, public: Holder, alice: User) -> None:
        token = public.sign_in(alice)["access_token"]
        assert refused(public.call("/oidc/me", token)) == (401, "invalid_token")


class TestAuthorizationCodes:
    """Section 10: the code is bound to the key as well."""

    def test_dpop_jkt_asks_for_its_key(self, public: Holder, alice: User) -> None:
        bound: dict[str, Any] = {"dpop_jkt": public.key.thumbprint}
        assert refused(redeem(public, alice, key=OTHER, **bound)) == (400, "invalid_grant")
        code = authorize(alice, public.application, **bound)
        assert refused(public.redeem(code)) == (400, "invalid_grant")
        assert redeem(public, alice, **bound).status_code == 200


class TestApis:
    """The Management API and the Account API are protected resources (section 7)."""

    @pytest.fixture
    def token(self, service: Holder) -> str:
        update_application(service.application, is_admin=True, actor=SYSTEM)
        return str(
            service.proven(grant_type="client_credentials", resource=MANAGEMENT, scope="all").json()["access_token"]
        )

    def test_the_management_api_takes_a_proof(self, service: Holder, token: str) -> None:
        assert service.call("/api/roles", token).status_code == 200
        path = "/api/roles?page=1&page_size=5"
        assert service.call(path, token, htu="http://localhost:8000/api/roles").status_code == 200

    def test_and_no_bound_token_without(self, service: Holder, token: str) -> None:
        plain = service.browser.get("/api/roles", headers={"Authorization": f"Bearer {token}"})
        assert (plain.status_code, plain.json()["code"]) == (401, "auth.unauthorized")
        other = service.call("/api/roles", token, key=OTHER)
        assert (other.status_code, other.json()["code"]) == (401, "auth.unauthorized")
        elsewhere = service.call("/api/roles", token, htu="http://localhost:8000/api/users")
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (401, "oidc.invalid_dpop_proof")
        assert elsewhere["WWW-Authenticate"].startswith('DPoP error="invalid_dpop_proof"')

    def test_the_account_api(self, public: Holder, alice: User) -> None:
        update_account_center({"enabled": True, "fields": {"name": "Edit"}}, actor=SYSTEM)
        token = tokens_of(public, alice)["access_token"]
        assert public.call("/api/my-account", token).json()["id"] == alice.id
        plain = public.browser.get("/api/my-account", headers={"Authorization": f"Bearer {token}"})
        assert (plain.status_code, plain.json()["code"]) == (401, "auth.unauthorized")

    def test_a_bound_token_is_no_subject_of_an_exchange(self, public: Holder, alice: User) -> None:
        """Whoever holds it without its key would get a token that needs none."""
        token = tokens_of(public, alice)["access_token"]
        metadata = {"allowDpop": True, "allowTokenExchange": True}
        update_application(public.application, custom_client_metadata=metadata, actor=SYSTEM)
        kind = "urn:ietf:params:oauth:token-type:access_token"
        answer = public.post(
            "token",
            grant_type="urn:ietf:params:oauth:grant-type:token-exchange",
            subject_token=token,
            subject_token_type=kind,
        )
        assert refused(answer) == (400, "invalid_grant")


def test_another_tenant_does_not_know_the_token(public: Holder, alice: User) -> None:
    token = tokens_of(public, alice)["access_token"]
    elsewhere = Client(HTTP_HOST="acme.localhost:8000")
    proof = public.key.proof("GET", "http://acme.localhost:8000/oidc/me", token=token)
    answer = elsewhere.get("/oidc/me", headers={"Authorization": f"DPoP {token}", "DPoP": proof})
    assert refused(answer) == (401, "invalid_token")


def test_statements(machine: Party, service: Holder, api: Resource, django_assert_num_queries: Any) -> None:
    """One more with a proof."""
    ordinary = Holder(machine.application)
    for holder, count in ((ordinary, 2), (service, 3)):
        proof = holder.prove("token") if holder is service else {}
        holder.credentials(resource=API, headers={**proof, "Authorization": basic(holder.id)})
        headers = {**(holder.prove("token") if holder is service else {}), "Authorization": basic(holder.id)}
        with django_assert_num_queries(count):
            holder.credentials(resource=API, headers=headers)
