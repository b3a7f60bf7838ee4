"""FAPI 2.0 Security Profile: what must work. Each test bears the name of the suite's module."""

from typing import Any

import jwt
import pytest

from applications.services.consent_configuration import allow_user_consent_scopes
from common.actors import SYSTEM
from common.clock import now, to_seconds
from identity.models import User
from tests.oidc.tokens.proofs import Key
from tests.spec.conformance_fapi2_security_profile.party import SECOND_CALLBACK, FapiParty, refused, register_fapi
from tests.spec.relying_party import answer_at

pytestmark = pytest.mark.django_db

FAPI_ALGORITHMS = {"PS256", "ES256", "EdDSA"}


def test_discovery_endpoint_verification(party: FapiParty) -> None:
    metadata = party.metadata
    for name in (
        "dpop_signing_alg_values_supported",
        "id_token_signing_alg_values_supported",
        "token_endpoint_auth_signing_alg_values_supported",
    ):
        assert FAPI_ALGORITHMS & set(metadata[name]), name
    assert "private_key_jwt" in metadata["token_endpoint_auth_methods_supported"]
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["authorization_response_iss_parameter_supported"] is True


def test_happy_flow(party: FapiParty, second: FapiParty, alice: User) -> None:
    for each in (party, second):
        pushed = each.push()
        assert pushed["Content-Type"].startswith("application/json")
        assert 5 <= pushed.json()["expires_in"] < 600
        answer = each.come_back(state="s" * 128, prompt="login")
        assert answer["iss"] == each.metadata["issuer"]
        tokens = each.redeem(answer["code"]).json()
        assert tokens["token_type"] == "DPoP"
        assert jwt.get_unverified_header(tokens["id_token"])["alg"] in FAPI_ALGORITHMS
        claims = each.verified(tokens["id_token"])
        assert (claims["nonce"], claims["sub"]) == ("a nonce", alice.id)
        assert None not in claims.values()
        assert each.call(tokens["access_token"]).json()["sub"] == alice.id


def test_a_redirect_uri_keeps_its_query(party: FapiParty) -> None:
    answer = party.come_back(redirect_uri=SECOND_CALLBACK)
    assert (answer["dummy1"], answer["dummy2"]) == ("lorem", "ipsum")
    assert party.redeem(answer["code"], redirect_uri=SECOND_CALLBACK).status_code == 200


def test_user_rejects_authentication(alice: User) -> None:
    key = Key("client")
    bank = FapiParty(register_fapi(key, is_third_party=True), key=key)
    allow_user_consent_scopes(bank.application, user_scopes=["profile"], actor=SYSTEM)
    asked = bank.log_in(asked=bank.come(bank.pushed(scope="openid profile", state="s" * 128)))
    answer = answer_at(bank.consent("decline", asked=asked))
    assert (answer["error"], answer["state"]) == ("access_denied", "s" * 128)
    assert set(answer) <= {"error", "error_description", "state", "iss"}


def test_user_gives_up_at_the_sign_in_page(party: FapiParty) -> None:
    party.come(party.pushed())
    given_up = party.browser.delete("/api/interaction").json()["redirectTo"]
    answer = answer_at(party.browser.get(given_up.removeprefix("http://localhost:8000")))
    assert answer["error"] == "access_denied"


@pytest.mark.parametrize(
    "changes",
    [{"state": None}, {"nonce": None}, {"nonce": "n" * 64}, {"state": "s" * 1000}, {"scope": "profile openid"}],
    ids=["without-state", "without-nonce", "with-64-char-nonce", "with-long-state", "other-scope-order"],
)
def test_ensure_authorization_request_succeeds(party: FapiParty, changes: dict[str, Any]) -> None:
    answer = party.come_back(**changes)
    assert answer.get("state") == changes.get("state", "a state")
    claims = party.verified(party.redeem(answer["code"]).json()["id_token"])
    assert claims.get("nonce") == changes.get("nonce", "a nonce")


def test_ensure_authorization_request_with_long_nonce(party: FapiParty) -> None:
    """Returned whole or refused."""
    assert refused(party.push(nonce="n" * 384)) == (400, "invalid_request")


def test_access_token_type_header_case_sensitivity(party: FapiParty) -> None:
    assert party.call(party.tokens()["access_token"], scheme="dpop").status_code == 200


@pytest.mark.parametrize("iat", [-10, 10])
def test_ensure_dpop_proof_with_iat_10_seconds_off_succeeds(party: FapiParty, iat: int) -> None:
    moment = to_seconds(now()) + iat
    code = party.come_back()["code"]
    answer = party.redeem(code, headers=party.proof("POST", "token_endpoint", iat=moment, nbf=moment, exp=moment + 300))
    assert answer.status_code == 200
    assert party.call(answer.json()["access_token"], iat=moment).status_code == 200


def test_ensure_dpop_auth_code_binding_success(party: FapiParty) -> None:
    code = party.come_back(dpop_jkt=party.dpop_key.thumbprint)["code"]
    assert party.redeem(code).status_code == 200


def test_ensure_dpop_proof_at_par_endpoint_binding_success(party: FapiParty) -> None:
    proof = party.proof("POST", "pushed_authorization_request_endpoint")
    code = party.come_back(headers=proof)["code"]
    assert party.redeem(code).status_code == 200


class TestRefreshToken:
    OFFLINE = {"scope": "openid offline_access", "prompt": "consent"}

    def refresh(self, party: FapiParty, token: str, **changes: Any) -> Any:
        return party.exchange(grant_type="refresh_token", refresh_token=token, **changes)

    def test_it_is_not_rotated(self, party: FapiParty) -> None:
        tokens = party.tokens(**self.OFFLINE)
        refreshed = self.refresh(party, tokens["refresh_token"]).json()
        assert refreshed["refresh_token"] == tokens["refresh_token"]
        assert refreshed["access_token"] != tokens["access_token"]
        assert party.call(refreshed["access_token"]).status_code == 200
        first, second = (party.verified(each["id_token"]) for each in (tokens, refreshed))
        assert {name: first[name] for name in ("iss", "sub", "aud")} == {
            name: second[name] for name in ("iss", "sub", "aud")
        }

    def test_without_a_proof_it_is_worth_nothing(self, party: FapiParty) -> None:
        token = party.tokens(**self.OFFLINE)["refresh_token"]
        assert refused(self.refresh(party, token, headers={})) == (400, "invalid_request")

    def test_it_is_bound_to_its_client(self, party: FapiParty, second: FapiParty) -> None:
        token = second.tokens(**self.OFFLINE)["refresh_token"]
        assert refused(self.refresh(party, token)) == (400, "invalid_grant")
