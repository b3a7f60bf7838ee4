"""Basic OP: what the authorization endpoint makes of requests. Each test bears the name of the suite's module."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from common.clock import now, to_seconds
from identity.models import User
from tests.spec.relying_party import CALLBACK, CHALLENGE, VERIFIER, RelyingParty, answer_at

pytestmark = pytest.mark.django_db


def test_oidcc_server(party: RelyingParty, alice: User) -> None:
    answer = party.authorize()
    assert answer == {"code": answer["code"], "state": "a state", "iss": party.metadata["issuer"]}
    response = party.redeem(answer["code"])
    assert response["Content-Type"].startswith("application/json")
    assert (response["Cache-Control"], response["Pragma"]) == ("no-store", "no-cache")
    tokens = response.json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    claims = party.verified(tokens["id_token"])
    assert (claims["sub"], claims["nonce"], claims["aud"]) == (alice.id, "a nonce", party.id)
    assert {"iss", "exp", "iat"} <= set(claims)
    assert party.userinfo(tokens["access_token"]).json()["sub"] == alice.id


def test_oidcc_response_type_missing(party: RelyingParty) -> None:
    answer = answer_at(party.ask(response_type=None))
    assert (answer["error"], answer["state"]) == ("invalid_request", "a state")
    assert "code" not in answer


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(party: RelyingParty) -> None:
    assert "nonce" not in party.verified(party.tokens(nonce=None)["id_token"])


@pytest.mark.parametrize("display", ["page", "popup"])
def test_oidcc_display(party: RelyingParty, display: str) -> None:
    assert "code" in party.authorize(display=display)


def test_oidcc_prompt_login(party: RelyingParty) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        first = party.verified(party.tokens()["id_token"])
        clock.shift(timedelta(seconds=2))
        asked = party.ask(prompt="login")
        answer = answer_at(party.log_in(asked=asked))
        second = party.verified(party.redeem(answer["code"]).json()["id_token"])
    assert second["sub"] == first["sub"]
    assert second["auth_time"] == first["auth_time"] + 2


def test_oidcc_prompt_none_not_logged_in(party: RelyingParty) -> None:
    answer = answer_at(party.ask(prompt="none"))
    assert (answer["error"], answer["state"]) == ("login_required", "a state")


def test_oidcc_prompt_none_logged_in(party: RelyingParty) -> None:
    first = party.verified(party.tokens()["id_token"])
    answer = answer_at(party.ask(prompt="none"))
    second = party.verified(party.redeem(answer["code"]).json()["id_token"])
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])


def test_oidcc_max_age_1(party: RelyingParty) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        first = party.verified(party.tokens()["id_token"])
        clock.shift(timedelta(seconds=2))
        answer = answer_at(party.log_in(asked=party.ask(max_age="1")))
        second = party.verified(party.redeem(answer["code"]).json()["id_token"])
        assert first["auth_time"] < second["auth_time"] == to_seconds(now())


def test_oidcc_max_age_10000(party: RelyingParty) -> None:
    first = party.verified(party.tokens(max_age="15000")["id_token"])
    answer = answer_at(party.ask(max_age="10000"))
    second = party.verified(party.redeem(answer["code"]).json()["id_token"])
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(party: RelyingParty) -> None:
    assert "code" in party.authorize(extra="foobar")


def test_oidcc_id_token_hint(party: RelyingParty) -> None:
    first = party.tokens()["id_token"]
    answer = answer_at(party.ask(prompt="none", id_token_hint=first))
    second = party.verified(party.redeem(answer["code"]).json()["id_token"])
    assert second["sub"] == party.verified(first)["sub"]


@pytest.mark.parametrize(
    "changes",
    [{"login_hint": "alice@example.com"}, {"ui_locales": "se"}, {"claims_locales": "se"}],
    ids=["login_hint", "ui_locales", "claims_locales"],
)
def test_oidcc_hints_and_locales(party: RelyingParty, changes: dict[str, Any]) -> None:
    assert "code" in party.authorize(**changes)


def test_oidcc_ensure_request_with_acr_values_succeeds(party: RelyingParty) -> None:
    wanted = party.metadata["acr_values_supported"]
    assert party.verified(party.tokens(acr_values=" ".join(wanted))["id_token"])["acr"] in wanted
    assert "code" in party.authorize(acr_values="1 2")


@pytest.mark.parametrize("uri", [f"{CALLBACK}/bad", None])
def test_oidcc_ensure_registered_redirect_uri(party: RelyingParty, uri: str | None) -> None:
    answer = party.ask(redirect_uri=uri)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_oidcc_ensure_post_request_succeeds(party: RelyingParty) -> None:
    asked = party.browser.post(party.at("authorization_endpoint"), party.request())
    assert "code" in answer_at(party.log_in(asked=asked))


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
        ("request_uri", "https://suite.example/request", "request_uri_not_supported"),
    ],
)
def test_oidcc_unsigned_requests_are_rejected_as_unsupported(
    party: RelyingParty, name: str, value: str, error: str
) -> None:
    answer = answer_at(party.ask(**{name: value}))
    assert (answer["error"], answer["state"]) == (error, "a state")


def test_oidcc_ensure_request_with_valid_pkce_succeeds(party: RelyingParty) -> None:
    answer = party.authorize(code_challenge=CHALLENGE, code_challenge_method="S256")
    assert party.redeem(answer["code"], code_verifier=VERIFIER).status_code == 200
    answer = party.authorize(code_challenge=CHALLENGE, code_challenge_method="S256")
    assert party.redeem(answer["code"]).json()["error"] == "invalid_grant"
