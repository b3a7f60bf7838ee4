"""FAPI 2.0 Security Profile: requests that must be refused. Each test bears the name of the suite's module."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from common.clock import now, to_seconds
from tests.oidc.tokens.parties import ISSUER
from tests.oidc.tokens.proofs import Key
from tests.spec.conformance_fapi2_security_profile.party import FapiParty, refused
from tests.spec.relying_party import CALLBACK, CHALLENGE, answer_at

pytestmark = pytest.mark.django_db

PAR = f"{ISSUER}/request"


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"response_type": "code id_token"}, {"unsupported_response_type", "unauthorized_client", "invalid_request"}),
        ({"response_type": "token"}, {"unsupported_response_type", "invalid_request"}),
        ({"redirect_uri": f"{CALLBACK}/bad"}, {"invalid_request"}),
        ({"redirect_uri": None}, {"invalid_request"}),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, {"invalid_request"}),
        ({"code_challenge": None, "code_challenge_method": None}, {"invalid_request"}),
        ({"code_challenge": "a" * 43, "code_challenge_method": "plain"}, {"invalid_request"}),
        ({"code_challenge_method": None}, {"invalid_request"}),
    ],
    ids=[
        "ensure-response-type-code-idtoken-fails",
        "ensure-response-type-token-fails",
        "ensure-registered-redirect-uri",
        "ensure-request-object-without-redirect-uri-fails",
        "par-reject-request-uri-in-par-authorization-form-params",
        "par-ensure-pkce-required",
        "par-ensure-plain-pkce-rejected",
        "par-ensure-plain-pkce-rejected-by-default",
    ],
)
def test_a_pushed_request_is_refused(party: FapiParty, changes: dict[str, Any], errors: set[str]) -> None:
    status, error = refused(party.push(**changes))
    assert status == 400
    assert error in errors


def test_ensure_unsigned_authorization_request_without_using_par_fails(party: FapiParty) -> None:
    pkce = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    assert refused(party.ask(**pkce)) == (400, "invalid_request")


def test_state_only_outside_request_object_not_used(party: FapiParty) -> None:
    """And `ensure-different-nonce-inside-and-outside-request-object`, `…-state-…`."""
    uri = party.pushed(state=None)
    asked = party.come(uri, state="outside", nonce="outside", redirect_uri="https://evil.example/")
    answer = answer_at(party.log_in(asked=asked))
    assert "state" not in answer
    assert party.verified(party.redeem(answer["code"]).json()["id_token"])["nonce"] == "a nonce"


def test_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(party: FapiParty) -> None:
    uri = party.pushed()
    party.come(uri)
    assert "code" in answer_at(party.log_in(asked=party.come(uri)))


def test_par_attempt_reuse_request_uri(party: FapiParty) -> None:
    uri = party.pushed()
    party.log_in(asked=party.come(uri))
    assert refused(party.come(uri)) == (400, "invalid_request_uri")


def test_par_attempt_to_use_expired_request_uri(party: FapiParty) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        answer = party.push().json()
        clock.shift(timedelta(seconds=answer["expires_in"]))
        assert refused(party.come(answer["request_uri"])) == (400, "invalid_request_uri")


def test_par_ensure_request_uri_is_bound_to_client(party: FapiParty, second: FapiParty) -> None:
    assert refused(second.come(party.pushed())) == (400, "invalid_request_uri")


@pytest.mark.parametrize("method", ["get", "put"])
def test_par_attempt_invalid_http_method(party: FapiParty, method: str) -> None:
    assert getattr(party.browser, method)(party.at("pushed_authorization_request_endpoint")).status_code >= 400


def test_par_without_duplicate_parameters(party: FapiParty) -> None:
    assert party.come(party.pushed()).status_code == 303


def test_ensure_mismatched_dpop_jkt_fails(party: FapiParty) -> None:
    proof = party.proof("POST", "pushed_authorization_request_endpoint")
    answer = party.push(headers=proof, dpop_jkt=Key("another").thumbprint)
    assert refused(answer) == (400, "invalid_dpop_proof")


class TestClientAssertion:
    """The modules about client assertions at the pushed-authorization endpoint."""

    def test_par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted(self, party: FapiParty) -> None:
        moment = to_seconds(now()) + 8
        assert party.push(assertion=party.assertion(iat=moment, nbf=moment)).status_code == 201

    @pytest.mark.parametrize(
        "changes",
        [
            {"aud": [ISSUER]},
            {"aud": PAR},
            {"aud": f"{ISSUER}/token"},
            {"aud": f"{ISSUER}/"},
            {"aud": "https://evil.example"},
            {"aud": None},
            {"sub": None},
            {"iss": "somebody"},
            {"exp": None},
            {"exp": 1_000_000_000},
            {"nbf": 4_000_000_000},
            {"iat": 4_000_000_000},
            {"jti": None},
        ],
        ids=str,
    )
    def test_a_bad_one_is_refused(self, party: FapiParty, changes: dict[str, Any]) -> None:
        status, error = refused(party.push(assertion=party.assertion(**changes)))
        assert (status, error) in {(401, "invalid_client"), (400, "invalid_request")}

    def test_ensure_client_assertion_with_no_sub_fails_without_a_client_id(self, party: FapiParty) -> None:
        answer = party.push(client_id=None, assertion=party.assertion(sub=None))
        assert refused(answer) == (400, "invalid_request")

    @pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
    def test_ensure_signed_client_assertion_with_another_algorithm_fails(
        self, party: FapiParty, algorithm: str
    ) -> None:
        key = Key("another", algorithm)
        jwks = {"keys": [party.key.registered(), {**key.public_jwk, "kid": "another"}]}
        party.application.custom_client_metadata |= {"jwks": jwks}
        party.application.save()
        assert refused(party.push(assertion={**party.assertion(), "client_assertion": key.assertion(party.id)})) == (
            401,
            "invalid_client",
        )

    def test_one_is_good_once(self, party: FapiParty) -> None:
        assertion = party.assertion()
        assert party.push(assertion=assertion).status_code == 201
        assert refused(party.push(assertion=assertion)) == (401, "invalid_client")
