"""FAPI 2.0 Security Profile: what token endpoint and protected resource refuse. Named by the suite's modules."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from common.clock import now, to_seconds
from tests.oidc.tokens.proofs import Key
from tests.spec.conformance_fapi2_security_profile.party import FapiParty, refused
from tests.spec.relying_party import VERIFIER

pytestmark = pytest.mark.django_db


def test_ensure_holder_of_key_required(party: FapiParty) -> None:
    answer = party.redeem(party.come_back()["code"], headers={})
    assert refused(answer) == (400, "invalid_request")


def test_ensure_client_assertion_in_token_endpoint(party: FapiParty) -> None:
    answer = party.redeem(party.come_back()["code"], assertion={"client_id": party.id})
    assert refused(answer) == (401, "invalid_client")


def test_ensure_client_id_in_token_endpoint(party: FapiParty, second: FapiParty) -> None:
    answer = party.redeem(party.come_back()["code"], client_id=second.id)
    assert refused(answer) == (401, "invalid_client")


def test_ensure_authorization_code_is_bound_to_client(party: FapiParty, second: FapiParty) -> None:
    assert refused(second.redeem(party.come_back()["code"])) == (400, "invalid_grant")


def test_attempt_reuse_authorization_code_after_one_second(party: FapiParty) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        code = party.come_back()["code"]
        tokens = party.redeem(code).json()
        clock.shift(timedelta(seconds=1))
        assert refused(party.redeem(code)) == (400, "invalid_grant")
        assert party.call(tokens["access_token"]).status_code == 401


def test_attempt_to_use_expired_auth_code(party: FapiParty) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        code = party.come_back()["code"]
        clock.shift(timedelta(seconds=60))
        assert refused(party.redeem(code)) == (400, "invalid_grant")


@pytest.mark.parametrize("verifier", [None, VERIFIER[::-1], "x"])
def test_par_pkce_code_verifier(party: FapiParty, verifier: str | None) -> None:
    """`par-ensure-pkce-code-verifier-required` and `par-incorrect-pkce-code-verifier-rejected`."""
    answer = party.redeem(party.come_back()["code"], code_verifier=verifier)
    assert refused(answer) == (400, "invalid_grant")


def test_ensure_token_endpoint_fails_with_mismatched_dpop_jkt(party: FapiParty) -> None:
    code = party.come_back(dpop_jkt=Key("another").thumbprint)["code"]
    assert refused(party.redeem(code)) == (400, "invalid_grant")


def test_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt(party: FapiParty) -> None:
    proof = party.proof("POST", "pushed_authorization_request_endpoint")
    code = party.come_back(headers=proof)["code"]
    party.dpop_key = Key("another")
    assert refused(party.redeem(code)) == (400, "invalid_grant")


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_a_proof_in_a_weaker_algorithm(party: FapiParty, algorithm: str) -> None:
    party.dpop_key = Key("weak", algorithm)
    assert refused(party.redeem(party.come_back()["code"])) == (400, "invalid_dpop_proof")


class TestDpopNegativeTests:
    """`dpop-negative-tests`, at the userinfo endpoint."""

    @pytest.fixture
    def token(self, party: FapiParty) -> str:
        return str(party.tokens()["access_token"])

    @pytest.mark.parametrize(
        "changes",
        [
            {"headers": {"typ": "jwt"}},
            {"headers": {"jwk": None}},
            {"jti": None},
            {"htm": None},
            {"htm": "PUT"},
            {"htu": None},
            {"htu": "https://evil.example/oidc/me"},
            {"iat": None},
            {"ath": None},
            {"ath": "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"},
        ],
        ids=str,
    )
    def test_a_bad_proof(self, party: FapiParty, token: str, changes: dict[str, Any]) -> None:
        htu = {"htu": changes.pop("htu")} if changes.get("htu") else {}
        claims = {**changes}
        answer = party.call(token, **htu, **claims)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("DPoP ")

    @pytest.mark.parametrize("offset", [-3600, 3600])
    def test_one_that_is_an_hour_off(self, party: FapiParty, token: str, offset: int) -> None:
        assert party.call(token, iat=to_seconds(now()) + offset).status_code == 401

    def test_one_that_comes_twice(self, party: FapiParty, token: str) -> None:
        assert party.call(token, jti="fixed").status_code == 200
        assert party.call(token, jti="fixed").status_code == 401

    def test_one_of_another_key(self, party: FapiParty, token: str) -> None:
        assert party.call(token, key=Key("another")).status_code == 401

    def test_two_at_once(self, party: FapiParty, token: str) -> None:
        url = f"http://localhost:8000{party.at('userinfo_endpoint')}"
        two = ", ".join(party.dpop_key.proof("GET", url, token=token) for _ in range(2))
        headers = {"Authorization": f"DPoP {token}", "DPoP": two}
        assert party.browser.get(party.at("userinfo_endpoint"), headers=headers).status_code == 401

    def test_none_and_the_token_as_a_bearers(self, party: FapiParty, token: str) -> None:
        assert party.userinfo(token).status_code == 401

    @pytest.mark.parametrize(
        "htu", ["?query=1#fragment", "", "http://LOCALHOST:8000/oidc/%6de", "HTTP://localhost:8000/oidc/me"]
    )
    def test_addresses_that_are_the_same(self, party: FapiParty, token: str, htu: str) -> None:
        url = f"http://localhost:8000{party.at('userinfo_endpoint')}"
        assert party.call(token, htu=htu if htu.lower().startswith("http") else url + htu).status_code == 200

    def test_members_that_nobody_knows(self, party: FapiParty, token: str) -> None:
        assert party.call(token, headers={"extra": "x"}, something="else").status_code == 200

    def test_a_query_at_the_resource(self, party: FapiParty, token: str) -> None:
        proof = party.proof("GET", "userinfo_endpoint", token=token)
        headers = {"Authorization": f"DPoP {token}", **proof}
        assert party.browser.get(f"{party.at('userinfo_endpoint')}?a=b", headers=headers).status_code == 200

    def test_rs256_with_a_key_that_signed_ps256_before(self, second: FapiParty) -> None:
        token = second.tokens()["access_token"]
        assert second.call(token).status_code == 200
        assert second.call(token, headers={"alg": "RS256"}).status_code == 401
