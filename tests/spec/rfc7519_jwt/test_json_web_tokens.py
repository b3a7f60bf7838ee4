"""RFC 7519, JSON Web Tokens, with RFC 7515 and RFC 8725: those that are issued, and those that are taken."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.test import Client

from access.management import management_api_indicator
from applications.models import Application
from common.clock import now, to_seconds
from identity.models import User
from oidc.keys.signing import sign_jwt
from tenants.services.keys import current_signer
from tests.management_api.conftest import access_token, make_backend
from tests.oidc.authorization.browsing import SPA_REDIRECT, VERIFIER, Browser, answer_of
from tests.oidc.tokens.parties import ISSUER
from tests.oidc.tokens.proofs import Key, base64url

pytestmark = pytest.mark.django_db

JWKS = "/oidc/jwks"


def part(token: str, index: int) -> Any:
    """One part of a JWT, decoded; a name that comes twice is refused (section 4)."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names))
        return dict(pairs)

    text = token.split(".")[index]
    assert "=" not in text
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), object_pairs_hook=once)


def encoded(*parts: Any) -> str:
    return ".".join(base64url(item if isinstance(item, bytes) else json.dumps(item).encode()) for item in parts)


@pytest.fixture
def tokens(browser: Browser, spa: Application, alice: User, documents: Any) -> dict[str, str]:
    """Alice's ID token, and two access tokens for the same API."""
    wanted = {"resource": documents.indicator, "scope": "openid offline_access read"}
    code = answer_of(browser.signed_in(spa.id, alice, **wanted))["code"]
    body = {"grant_type": "authorization_code", "client_id": spa.id, "code": code, "redirect_uri": SPA_REDIRECT}
    first = browser.client.post("/oidc/token", {**body, "code_verifier": VERIFIER}).json()

    def access(refresh_token: str) -> Any:
        again = {"grant_type": "refresh_token", "client_id": spa.id, "refresh_token": refresh_token}
        answer = browser.client.post("/oidc/token", {**again, "resource": documents.indicator})
        assert answer.status_code == 200, answer.content
        return answer.json()

    one = access(first["refresh_token"])
    two = access(one["refresh_token"])
    return {"id": first["id_token"], "access": one["access_token"], "other access": two["access_token"]}


@pytest.fixture
def backend(browser: Browser) -> Application:
    """May use the Management API, which takes JWTs."""
    return make_backend()


@pytest.fixture
def call(backend: Application) -> Callable[[str], int]:
    """The status with which the Management API answers a token."""

    def status(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return Client(HTTP_HOST="localhost:8000").get("/api/roles", headers=headers).status_code

    return status


class TestIssued:
    @pytest.mark.parametrize("kind", ["id", "access"])
    def test_3_1_three_parts_of_base64url_without_padding(self, tokens: dict[str, str], kind: str) -> None:
        assert len(tokens[kind].split(".")) == 3
        assert isinstance(part(tokens[kind], 0), dict)
        assert isinstance(part(tokens[kind], 1), dict)

    @pytest.mark.parametrize("kind", ["id", "access"])
    def test_7_1_signed_by_a_published_key_with_its_algorithm(
        self, browser: Browser, tokens: dict[str, str], kind: str
    ) -> None:
        header = part(tokens[kind], 0)
        (jwk,) = [key for key in browser.client.get(JWKS).json()["keys"] if key["kid"] == header["kid"]]
        assert header["alg"] == jwk["alg"] != "none"
        options: Any = {"verify_aud": False}
        assert jwt.decode(tokens[kind], jwt.PyJWK.from_dict(jwk), algorithms=[jwk["alg"]], options=options)

    def test_5_1_typ_tells_an_access_token_from_an_id_token(self, tokens: dict[str, str]) -> None:
        assert part(tokens["access"], 0)["typ"] == "at+jwt"
        assert "typ" not in part(tokens["id"], 0)

    @pytest.mark.parametrize("kind", ["id", "access"])
    def test_4_1_the_registered_claims_have_their_types(self, tokens: dict[str, str], alice: User, kind: str) -> None:
        claims = part(tokens[kind], 1)
        assert claims["iss"] == ISSUER
        assert claims["sub"] == alice.id
        assert isinstance(claims["aud"], str)

    @pytest.mark.parametrize("kind", ["id", "access"])
    def test_2_a_numeric_date_is_a_number_of_seconds(self, tokens: dict[str, str], kind: str) -> None:
        claims = part(tokens[kind], 1)
        assert type(claims["iat"]) is int
        assert type(claims["exp"]) is int
        assert abs(claims["iat"] - to_seconds(now())) < 60 < claims["exp"] - claims["iat"]

    def test_4_1_3_the_audience_is_who_the_token_is_for(
        self, tokens: dict[str, str], spa: Application, documents: Any
    ) -> None:
        assert part(tokens["id"], 1)["aud"] == spa.id
        assert part(tokens["access"], 1)["aud"] == documents.indicator

    def test_4_1_7_no_jti_is_given_twice(self, tokens: dict[str, str]) -> None:
        assert part(tokens["access"], 1)["jti"] != part(tokens["other access"], 1)["jti"]


class TestTaken:
    """Section 7.2, at the Management API: whatever is wrong, the token is refused, and nothing fails."""

    def test_a_good_one(self, call: Callable[[str], int], backend: Application) -> None:
        assert call(access_token(backend.id)) == 200

    def test_4_1_4_not_on_or_after_its_expiry(self, call: Callable[[str], int], backend: Application) -> None:
        token = access_token(backend.id)
        expires = part(token, 1)["exp"]
        with time_machine.travel(now(), tick=False) as clock:
            clock.shift(timedelta(seconds=expires - 1 - to_seconds(now())))
            assert call(token) == 200
            clock.shift(timedelta(seconds=1))
            assert call(token) == 401

    def test_4_1_5_not_before_its_time(self, call: Callable[[str], int], backend: Application) -> None:
        assert call(access_token(backend.id, nbf=to_seconds(now()) + 3600)) == 401
        assert call(access_token(backend.id, nbf=to_seconds(now()) - 60)) == 200

    @pytest.mark.parametrize(
        "claims",
        [
            {"aud": "https://api.example.com"},
            {"aud": None},
            {"iss": "https://evil.example/oidc"},
            {"iss": None},
            {"exp": None},
            {"exp": "tomorrow"},
            {"exp": {}},
            {"nbf": "today"},
            {"sub": None},
            {"sub": 5},
            {"sub": ["x"]},
            {"client_id": 5},
        ],
    )
    def test_4_1_a_claim_that_is_missing_or_wrong(
        self, call: Callable[[str], int], backend: Application, claims: dict[str, Any]
    ) -> None:
        """`sign_jwt` signs what the published key would: only the claims are bad."""
        good = {
            "iss": ISSUER,
            "sub": backend.id,
            "client_id": backend.id,
            "aud": management_api_indicator("default"),
            "scope": "all",
            "exp": to_seconds(now()) + 60,
        }
        assert call(sign_jwt(good, typ="at+jwt")) == 200
        bad = {name: value for name, value in {**good, **claims}.items() if value is not None}
        assert call(sign_jwt(bad, typ="at+jwt")) == 401

    def test_6_unsecured_ones(self, call: Callable[[str], int], backend: Application) -> None:
        header, claims, signature = access_token(backend.id).split(".")
        for alg in ("none", "None", "NONE", ""):
            unsecured = {**part(f"{header}.", 0), "alg": alg}
            assert call(f"{encoded(unsecured)}.{claims}.") == 401
            assert call(f"{encoded(unsecured)}.{claims}.{signature}") == 401

    def test_7_2_what_is_no_jwt(self, call: Callable[[str], int], backend: Application) -> None:
        header, claims, signature = access_token(backend.id).split(".")
        for text in (
            f"{header}.{claims}",
            f"{header}.{claims}.{signature}.",
            f"{header}.{claims}.{signature}.x.y",
            f".{claims}.{signature}",
            f"{header}..{signature}",
            f"{header}.{claims}.",
            f"{header}.{claims}.{signature[:-8]}",
            f"{encoded(b'not json')}.{claims}.{signature}",
            f"{encoded([])}.{claims}.{signature}",
            f"{encoded(b'[' * 9000)}.{claims}.{signature}",
            f"{header}.{encoded([])}.{signature}",
            f"{header}.{encoded(bytes([0xFF, 0xFE]))}.{signature}",
            "....",
            ".",
        ):
            assert call(text) == 401, text[:80]

    def test_7515_4_1_11_critical_extensions_that_are_not_understood(
        self, call: Callable[[str], int], backend: Application, browser: Browser
    ) -> None:
        """Signed well, so that only `crit` stands against it."""
        signer = current_signer()
        claims = part(access_token(backend.id), 1)

        def signed(**extra: Any) -> str:
            headers = {"typ": "at+jwt", "kid": signer.kid, **extra}
            return jwt.encode(claims, signer.key, algorithm=signer.algorithm, headers=headers)

        assert call(signed()) == 200
        assert call(signed(crit=["exp-not-understood"])) == 401

    @pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c"])
    def test_8725_3_10_a_key_that_the_token_brings_along_is_not_trusted(
        self, call: Callable[[str], int], backend: Application, member: str
    ) -> None:
        mine = Key()
        brought = {
            "jwk": mine.public_jwk,
            "jku": "https://evil.example/jwks",
            "x5u": "https://evil.example/x",
            "x5c": [],
        }
        good = access_token(backend.id)
        for kid in (part(good, 0)["kid"], "../../dev/null", "' OR 1=1 --", "", None):
            headers = {"typ": "at+jwt", member: brought[member], **({} if kid is None else {"kid": kid})}
            assert call(mine.sign(part(good, 1), **headers)) == 401

    def test_8725_3_1_a_public_key_is_no_shared_secret(
        self, call: Callable[[str], int], backend: Application, browser: Browser
    ) -> None:
        good = access_token(backend.id)
        jwks = browser.client.get(JWKS).json()["keys"]
        texts = [secret for jwk in jwks for secret in (json.dumps(jwk), jwk.get("x") or jwk["n"])]
        for secret in (*texts, ""):
            for alg in ("HS256", "HS384", "HS512"):
                header = {**part(good, 0), "alg": alg}
                signed = f"{encoded(header)}.{good.split('.')[1]}"
                digest = hmac.digest(secret.encode(), signed.encode(), alg.replace("HS", "sha"))
                assert call(f"{signed}.{base64url(digest)}") == 401

    def test_8725_3_11_another_kind_of_jwt_is_not_taken(
        self, call: Callable[[str], int], backend: Application, tokens: dict[str, str]
    ) -> None:
        assert call(tokens["id"]) == 401
        claims = part(access_token(backend.id), 1)
        for typ in (None, "JWT", "logout+jwt", "dpop+jwt", "oauth-authz-req+jwt"):
            assert call(sign_jwt(claims, typ=typ)) == 401

    def test_11_1_another_tenants_key_is_not_trusted(self, call: Callable[[str], int], backend: Application) -> None:
        assert call(access_token(backend.id, tenant_id="acme", iss=ISSUER)) == 401
