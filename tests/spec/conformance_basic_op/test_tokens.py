"""Basic OP: codes, refresh tokens and client authentication. Each test bears the name of the suite's module."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine

from common.actors import SYSTEM
from common.clock import now
from tenants import keys
from tenants.services.keys import rotate_key
from tests.oidc.tokens.proofs import private_key
from tests.spec.relying_party import CALLBACK, SECRET, RelyingParty, register

pytestmark = pytest.mark.django_db


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_oidcc_idtoken_signature(party: RelyingParty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "generate_key", lambda algorithm: private_key("RS256", "the tenant's"))
    rotate_key(algorithm="RS256", actor=SYSTEM)
    token = party.tokens()["id_token"]
    header = jwt.get_unverified_header(token)
    assert header["alg"] == "RS256"
    assert header["kid"]
    party.verified(token)


def test_oidcc_codereuse(party: RelyingParty) -> None:
    code = party.authorize()["code"]
    assert party.redeem(code).status_code == 200
    assert refused(party.redeem(code)) == (400, "invalid_grant")


def test_oidcc_codereuse_30seconds(party: RelyingParty) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        code = party.authorize()["code"]
        tokens = party.redeem(code).json()
        clock.shift(timedelta(seconds=30))
        assert refused(party.redeem(code)) == (400, "invalid_grant")
        assert party.userinfo(tokens["access_token"]).status_code == 401, "what was issued for it is revoked"


def test_oidcc_server_client_secret_post(party: RelyingParty) -> None:
    body = {
        "grant_type": "authorization_code",
        "code": party.authorize()["code"],
        "redirect_uri": CALLBACK,
        "client_id": party.id,
        "client_secret": SECRET,
    }
    answer = party.browser.post(party.at("token_endpoint"), body)
    assert answer.status_code == 200
    party.verified(answer.json()["id_token"])


def test_oidcc_refresh_token(party: RelyingParty) -> None:
    tokens = party.tokens(scope="openid offline_access", prompt="consent")
    refreshed = party.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
    first, second = (party.verified(each["id_token"]) for each in (tokens, refreshed))
    for name in ("iss", "sub", "aud", "auth_time"):
        assert second[name] == first[name]
    assert refreshed["access_token"] != tokens["access_token"]
    assert party.userinfo(refreshed["access_token"]).status_code == 200
    another = RelyingParty(register(name="Second"))
    stolen = another.token(grant_type="refresh_token", refresh_token=refreshed["refresh_token"])
    assert refused(stolen) == (400, "invalid_grant")
