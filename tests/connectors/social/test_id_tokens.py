"""ID tokens: every attack on them that is known has a test here (OpenID Connect Core 3.1.3.7, RFC 8725)."""

import hashlib
import hmac
import json
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from common.clock import now, to_seconds
from common.crypto import base64url
from common.errors import AppError
from common.http import TimedOutError
from connectors.oauth import documents
from connectors.oauth.id_tokens import IdTokenRules, verify_id_token
from tests.connectors.social.web import CLIENT, Issuer, Web

ISSUER = "https://idp.example"
JWKS = f"{ISSUER}/jwks"
RULES = IdTokenRules(client_id=CLIENT["clientId"], issuers=[ISSUER], jwks_uri=JWKS)
NONCE = "nonce-1"


@pytest.fixture
def issuer(web: Web) -> Issuer:
    issuer = Issuer(ISSUER)
    web.answer(JWKS, issuer.jwks)
    return issuer


def refusal(token: str, rules: IdTokenRules = RULES, **options: Any) -> str:
    with pytest.raises(AppError) as failure:
        verify_id_token(token, rules, **{"nonce": NONCE, **options})
    assert failure.value.code == "connector.social_invalid_id_token"
    return str(failure.value.data["reason"])


def test_a_valid_one_gives_its_claims(issuer: Issuer) -> None:
    assert verify_id_token(issuer.sign(nonce=NONCE), RULES, nonce=NONCE)["sub"] == "user-1"


def test_one_without_a_signature_is_refused(issuer: Issuer) -> None:
    unsigned = jwt.encode(issuer.claims(nonce=NONCE), "", algorithm="none")
    assert refusal(unsigned) == "the algorithm is not accepted"
    assert refusal(unsigned.replace(unsigned.split(".")[0], base64url(b'{"alg":"None"}')))


def test_a_public_key_is_no_secret(web: Web) -> None:
    """HS256 under the text of the provider's RSA key: who checks by the header alone takes it for the provider's."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    web.answer(JWKS, {"keys": [{**public, "kid": "key-1"}]})
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claims = Issuer(ISSUER).claims(nonce=NONCE)
    header = base64url(json.dumps({"alg": "HS256", "kid": "key-1"}).encode())
    signed = f"{header}.{base64url(json.dumps(claims).encode())}"
    for secret in (pem, pem.strip(), json.dumps(public).encode()):
        forged = f"{signed}.{base64url(hmac.digest(secret, signed.encode(), hashlib.sha256))}"
        assert refusal(forged) == "the algorithm is not accepted"


def test_the_clients_secret_verifies_only_if_the_provider_signs_with_it(issuer: Issuer) -> None:
    secret = CLIENT["clientSecret"]
    token = jwt.encode(issuer.claims(nonce=NONCE), secret, algorithm="HS256")
    by_secret = IdTokenRules(client_id=CLIENT["clientId"], issuers=[ISSUER], algorithms=("HS256",), secret=secret)
    assert verify_id_token(token, by_secret, nonce=NONCE)["sub"] == "user-1"
    assert refusal(token) == "the algorithm is not accepted"
    other = jwt.encode(issuer.claims(nonce=NONCE), "another-secret-of-32-characters-!", algorithm="HS256")
    assert refusal(other, by_secret) == "the signature is not the key's"
    # And what a key of the provider's signs is not taken there.
    assert refusal(issuer.sign(nonce=NONCE), by_secret) == "the algorithm is not accepted"
    empty = IdTokenRules(client_id=CLIENT["clientId"], issuers=[ISSUER], algorithms=("HS256",), secret="")
    assert refusal(token, empty) == "signature"


def test_a_key_that_comes_with_the_token_counts_for_nothing(issuer: Issuer) -> None:
    mallory = Issuer(ISSUER)
    forged = jwt.encode(
        issuer.claims(nonce=NONCE),
        mallory.key,
        algorithm="ES256",
        headers={"kid": "key-1", "jwk": mallory.jwks["keys"][0], "jku": "https://mallory.example/jwks"},
    )
    assert refusal(forged) == "signature"


def test_a_published_private_key_vouches_for_nobody(web: Web, issuer: Issuer) -> None:
    (key,) = issuer.jwks["keys"]
    web.answer(JWKS, {"keys": [{**key, "d": "AA"}]})
    assert refusal(issuer.sign(nonce=NONCE)) == "signature"


def test_headers_that_must_be_understood_are_not(issuer: Issuer) -> None:
    token = jwt.encode(
        issuer.claims(nonce=NONCE), issuer.key, algorithm="ES256", headers={"kid": "key-1", "crit": ["b64"]}
    )
    assert refusal(token)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://mallory.example"}, "iss"),
        ({"iss": ISSUER + "/"}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another-client"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": [["client-1"]]}, "aud"),
        ({"aud": ["client-1", "another-client"]}, "azp"),
        ({"aud": ["client-1", "another-client"], "azp": "another-client"}, "azp"),
        ({"azp": "another-client"}, "azp"),
        ({"azp": ["client-1"]}, "azp"),
        ({"nonce": "of-another-sign-in"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"nonce": ["nonce-1"]}, "nonce"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
        ({"exp": None}, "exp"),
        ({"iat": None}, "iat"),
        ({"exp": "tomorrow"}, "'exp' must be a number of seconds"),
        ({"exp": 1e300}, "'exp' must be a number of seconds"),
    ],
)
def test_claims_that_are_not_for_this_sign_in(issuer: Issuer, changes: dict[str, Any], reason: str) -> None:
    assert refusal(issuer.sign(**{"nonce": NONCE, **changes})) == reason


def test_times_are_taken_with_a_minute_to_spare(issuer: Issuer) -> None:
    moment = to_seconds(now())
    refused: list[tuple[dict[str, Any], str]] = [
        ({"exp": moment - 61}, "exp"),
        ({"iat": moment + 90}, "iat"),
        ({"iat": moment - 90_000}, "iat"),
        ({"nbf": moment + 90}, "nbf"),
    ]
    for changes, reason in refused:
        assert refusal(issuer.sign(nonce=NONCE, **changes)) == reason
    taken: list[dict[str, Any]] = [{"exp": moment - 30}, {"iat": moment + 30}, {"nbf": moment + 30}]
    for changes in taken:
        assert verify_id_token(issuer.sign(nonce=NONCE, **changes), RULES, nonce=NONCE)


def test_digests_bind_the_token_and_the_code_that_came_with_it(issuer: Issuer) -> None:
    def left_half(text: str) -> str:
        return base64url(hashlib.sha256(text.encode()).digest()[:16])

    token = issuer.sign(nonce=NONCE, at_hash=left_half("access-1"), c_hash=left_half("code-1"))
    assert verify_id_token(token, RULES, nonce=NONCE, access_token="access-1", code="code-1")
    assert refusal(token, access_token="access-2") == "at_hash"
    assert refusal(token, access_token="access-1", code="code-2") == "c_hash"


def test_a_provider_that_has_no_nonce_may_leave_it_out_but_not_change_it(issuer: Issuer) -> None:
    assert verify_id_token(issuer.sign(), RULES, nonce=NONCE, requires_nonce=False)
    assert refusal(issuer.sign(nonce="another"), requires_nonce=False) == "nonce"


ENTRA = "https://login.microsoftonline.com/{tenantid}/v2.0"
TENANT = "11111111-2222-3333-4444-555555555555"


def test_the_tenant_of_a_templates_issuer_is_the_tokens(issuer: Issuer) -> None:
    rules = IdTokenRules(client_id=CLIENT["clientId"], issuers=[ENTRA], jwks_uri=JWKS)
    valid = ENTRA.replace("{tenantid}", TENANT)
    assert verify_id_token(issuer.sign(nonce=NONCE, iss=valid, tid=TENANT), rules, nonce=NONCE)
    other = TENANT.replace("1", "9")
    odd: list[dict[str, Any]] = [{"tid": other}, {"tid": None}, {"tid": "x/../" + TENANT}]
    for changes in [*odd, {"iss": ENTRA, "tid": "{tenantid}"}]:
        assert refusal(issuer.sign(**{"nonce": NONCE, "iss": valid, **changes}), rules) == "iss"


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The age of this process, for the test to say."""
    seconds = [1000.0]
    monkeypatch.setattr(documents, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    return seconds


def test_an_unknown_key_is_looked_for_once_in_half_a_minute(web: Web, issuer: Issuer, seconds: list[float]) -> None:
    """Made-up key ids do not make this server call the provider for each of them; a rotated key is found."""
    assert verify_id_token(issuer.sign(nonce=NONCE), RULES, nonce=NONCE)
    for number in range(5):
        assert refusal(issuer.sign(nonce=NONCE, kid=f"made-up-{number}")) == "signature"
    assert len(web.sent) == 1
    rotated = Issuer(ISSUER, kid="key-2")
    web.answer(JWKS, rotated.jwks)
    seconds[0] += 31
    assert verify_id_token(rotated.sign(nonce=NONCE), RULES, nonce=NONCE)
    assert len(web.sent) == 2


def test_keys_outlive_their_provider_by_a_day(web: Web, issuer: Issuer, seconds: list[float]) -> None:
    assert verify_id_token(issuer.sign(nonce=NONCE), RULES, nonce=NONCE)
    web.answer(JWKS, TimedOutError("late"))
    seconds[0] += 3600
    assert verify_id_token(issuer.sign(nonce=NONCE), RULES, nonce=NONCE)
    seconds[0] += 86_400
    with pytest.raises(AppError) as failure:
        verify_id_token(issuer.sign(nonce=NONCE), RULES, nonce=NONCE)
    assert failure.value.code == "connector.timed_out"


def test_what_is_no_jwt_at_all(issuer: Issuer) -> None:
    for token in ("", "a.b.c", "{}", "x" * 40_000, issuer.sign(nonce=NONCE)[:-10]):
        assert refusal(token)


def test_a_provider_that_is_down_says_so_and_is_not_asked_again_at_once(web: Web) -> None:
    web.answer(JWKS, "<html>", status=503, content_type="text/html")
    for _ in range(3):
        with pytest.raises(AppError) as failure:
            verify_id_token(Issuer(ISSUER).sign(nonce=NONCE), RULES, nonce=NONCE)
        assert failure.value.code == "connector.general"
    assert len(web.sent) == 1
