"""RFC 9449 sections 4 and 11: what makes a proof, checked at the token endpoint."""

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.test import Client

from access.models import Resource
from common.clock import now, to_seconds
from oidc.clean_up import delete_expired
from oidc.dpop.proof import normalized
from oidc.models import UsedProof
from tests.oidc.tokens.parties import API, ISSUER, basic
from tests.oidc.tokens.proofs import Key, base64url
from tests.spec.rfc9449_dpop.holder import Holder

pytestmark = pytest.mark.django_db

TOKEN_URL = f"{ISSUER}/token"


def ask(holder: Holder, proof: str) -> Any:
    return holder.credentials(resource=API, headers={"DPoP": proof})


def assert_refused(answer: Any) -> None:
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof"), answer.content
    assert answer.json()["code"] == "oidc.invalid_dpop_proof"


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "RS256", "PS256", "EdDSA"])
def test_5_1_the_advertised_algorithms_work(service: Holder, api: Resource, algorithm: str) -> None:
    key = Key("one", algorithm)
    answer = ask(service, key.proof("POST", TOKEN_URL))
    assert answer.status_code == 200, answer.content
    assert answer.json()["token_type"] == "DPoP"
    assert service.claims(answer.json()["access_token"], API)["cnf"] == {"jkt": key.thumbprint}


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": {"typ": "JWT"}},
        {"headers": {"typ": None}},
        {"headers": {"jwk": None}},
        {"headers": {"jwk": "text"}},
        {"headers": {"jwk": []}},
        {"headers": {"jwk": {"kty": "EC"}}},
        {"headers": {"jwk": {"kty": "oct", "k": "c2VjcmV0"}}},
        {"headers": {"jwk": Key("other").public_jwk}},
        {"headers": {"jwk": Key("one", "RS256").public_jwk}},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 257},
        {"jti": "nul\x00"},
        {"htm": None},
        {"htm": "GET"},
        {"htm": "post"},
        {"htu": None},
        {"htu": 5},
        {"htu": f"{ISSUER}/me"},
        {"htu": f"{TOKEN_URL}/"},
        {"htu": "https://localhost:8000/oidc/token"},
        {"htu": "http://localhost:8001/oidc/token"},
        {"htu": "http://acme.localhost:8000/oidc/token"},
        {"htu": "http://localhost:8000@evil.example/oidc/token"},
        {"htu": "http://u@localhost:8000/oidc/token"},
        {"htu": "/oidc/token"},
        {"htu": "http://[::1/oidc/token"},
        {"iat": None},
        {"iat": "now"},
        {"iat": True},
        {"iat": 2**70},
    ],
)
def test_4_3_a_proof_that_fails_a_check_is_refused(service: Holder, api: Resource, changes: dict[str, Any]) -> None:
    assert_refused(ask(service, Key().proof("POST", TOKEN_URL, **changes)))
    assert not UsedProof.objects.exists()


def test_4_2_the_key_of_a_proof_is_public(service: Holder, api: Resource) -> None:
    for algorithm in ("ES256", "RS256", "EdDSA"):
        key = Key("one", algorithm)
        assert_refused(ask(service, key.proof("POST", TOKEN_URL, headers={"jwk": key.private_jwk})))


def test_4_3_5_no_algorithm_and_no_shared_secret(service: Holder, api: Resource) -> None:
    key = Key()
    claims = {"jti": "1", "htm": "POST", "htu": TOKEN_URL, "iat": to_seconds(now())}
    header: dict[str, Any] = {"typ": "dpop+jwt", "jwk": key.public_jwk}
    assert_refused(ask(service, jwt.encode(claims, "", algorithm="none", headers=header)))
    secret = b"a-secret-of-thirty-two-characters"
    header["jwk"] = {"kty": "oct", "k": base64url(secret)}
    assert_refused(ask(service, jwt.encode(claims, secret, algorithm="HS256", headers=header)))


def test_4_3_5_the_algorithm_is_the_keys(service: Holder, api: Resource) -> None:
    """A header that names another algorithm than the key's does not confuse the check."""
    key = Key()
    text = key.proof("POST", TOKEN_URL)
    head, body, signature = text.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    for algorithm in ("ES384", "EdDSA", "RS256", "none", "HS256", ["ES256"], None):
        forged = base64url(json.dumps({**header, "alg": algorithm}).encode())
        assert_refused(ask(service, f"{forged}.{body}.{signature}"))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "a.b", "{}", "." * 50, "a" * 9000])
def test_4_3_2_what_is_no_jwt(service: Holder, api: Resource, text: str) -> None:
    assert_refused(ask(service, text))


def test_4_3_1_there_is_one_proof(service: Holder, api: Resource) -> None:
    """Several fields of one name reach the server joined by a comma."""
    both = ", ".join(Key().proof("POST", TOKEN_URL) for _ in range(2))
    assert_refused(ask(service, both))


def test_4_3_6_a_weak_key(service: Holder, api: Resource) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = Key("weak", "RS256")
    key.private = rsa.generate_private_key(65537, 1024)
    assert_refused(ask(service, key.proof("POST", TOKEN_URL)))


@pytest.mark.parametrize(
    "htu",
    [f"{TOKEN_URL}?parse_error=false#there", "HTTP://LOCALHOST:8000/oidc/token", "http://localhost:8000/oidc/%74oken"],
)
def test_4_3_9_addresses_are_normalized(service: Holder, api: Resource, htu: str) -> None:
    assert ask(service, Key().proof("POST", htu)).status_code == 200


def test_4_3_9_normal_forms() -> None:
    assert normalized("https://A.example:443") == normalized("https://a.example/?q#f") == "https://a.example/"
    assert normalized("http://a.example:80/%7ea%2fb") == "http://a.example/~a%2Fb"
    assert normalized("https://[2001:DB8::1]:444/x") == "https://[2001:db8::1]:444/x"
    for text in ("", "ftp://a.example/", "https://", "https://u@a.example/", "https://a.example:x/"):
        assert normalized(text) is None


@pytest.mark.parametrize(("age", "is_good"), [(0, True), (300, True), (301, False), (-10, True), (-31, False)])
def test_4_3_11_the_window_of_iat(service: Holder, api: Resource, age: int, is_good: bool) -> None:
    with time_machine.travel(now(), tick=False):
        answer = ask(service, Key().proof("POST", TOKEN_URL, iat=to_seconds(now()) - age))
    if is_good:
        assert answer.status_code == 200
    else:
        assert_refused(answer)


class TestReplay:
    """Section 11.1: a proof is good once."""

    def test_a_second_time_it_is_refused(self, service: Holder, api: Resource) -> None:
        proof = Key().proof("POST", TOKEN_URL)
        assert ask(service, proof).status_code == 200
        assert_refused(ask(service, proof))

    def test_whoever_presents_it(self, service: Holder, strict: Holder, api: Resource) -> None:
        proof = Key().proof("POST", TOKEN_URL)
        assert ask(service, proof).status_code == 200
        assert_refused(ask(strict, proof))

    def test_two_keys_may_draw_the_same_jti(self, service: Holder, api: Resource) -> None:
        for name in ("one", "other"):
            assert ask(service, Key(name).proof("POST", TOKEN_URL, jti="1")).status_code == 200

    def test_it_is_remembered_as_long_as_it_is_good(self, service: Holder, api: Resource) -> None:
        with time_machine.travel(now(), tick=False) as clock:
            ahead = to_seconds(now()) + 30
            proof = Key().proof("POST", TOKEN_URL, iat=ahead)
            assert ask(service, proof).status_code == 200
            clock.shift(timedelta(seconds=330))
            assert delete_expired() == 0
            assert_refused(ask(service, proof))
            clock.shift(timedelta(seconds=2))
            assert delete_expired() == 1
            assert_refused(ask(service, proof))


def test_a_client_that_fails_to_authenticate_uses_nothing_up(service: Holder, api: Resource) -> None:
    proof = {"DPoP": Key().proof("POST", TOKEN_URL), "Authorization": basic(service.id, "wrong")}
    assert service.credentials(resource=API, headers=proof).status_code == 401
    assert not UsedProof.objects.exists()


def test_a_page_may_send_the_header(service: Holder) -> None:
    """Cross-origin preflights let the header through (section 4.1 has it sent by scripts)."""
    asked = {
        "Origin": "https://app.example.com",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "dpop",
    }
    for path in ("token", "me"):
        answer = Client(HTTP_HOST="localhost:8000").options(f"/oidc/{path}", headers=asked)
        assert answer["Access-Control-Allow-Headers"] == "dpop"
