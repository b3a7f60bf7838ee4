"""RFC 9101, JWT-Secured Authorization Requests, by value; FAPI 2.0 Message Signing section 5.3.1."""

import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine

from applications import outbound
from applications.models import Application
from applications.services.applications import update_application
from common import http
from common.actors import SYSTEM
from common.clock import now, to_seconds
from identity.models import User
from oidc.models import UsedProof
from tenants.context import enter_tenant
from tests.oidc.authorization.browsing import SPA_REDIRECT, Browser, answer_of
from tests.oidc.authorization.fixtures import MakeApplication
from tests.oidc.tokens.parties import ISSUER
from tests.oidc.tokens.proofs import Key, key_set
from tests.spec.rfc9101_request_objects.signer import Signer, refused, starts_sign_in

pytestmark = pytest.mark.django_db

ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_6_2_the_signature_is_verified_with_the_clients_key(
    browser: Browser, make_application: MakeApplication, alice: User, algorithm: str
) -> None:
    key = Key("one", algorithm)
    signer = Signer(browser, make_application(jwks=key_set(key)), key)
    assert starts_sign_in(signer.send(signer.object()))
    answer = answer_of(browser.sign_in(alice))
    assert answer["state"] == "opaque state"
    assert answer["code"]


def test_5_the_request_may_be_posted(signer: Signer) -> None:
    body = {"client_id": signer.id, "request": signer.object()}
    assert starts_sign_in(signer.browser.client.post("/oidc/auth", body))


def test_6_3_only_the_parameters_in_the_object_are_used(signer: Signer, alice: User) -> None:
    planted = {"state": "planted", "redirect_uri": "https://evil.example/", "scope": "openid email", "prompt": "none"}
    response = signer.send(signer.object(inside={"login_hint": "alice@example.com"}), **planted, nonce="planted")
    assert starts_sign_in(response)
    assert "login_hint=alice" in response["Location"]
    response = signer.browser.sign_in(alice)
    assert response["Location"].startswith(SPA_REDIRECT)
    assert answer_of(response)["state"] == "opaque state"


def test_6_3_a_parameter_that_only_comes_beside_the_object_is_not_used(signer: Signer) -> None:
    bare = signer.object(inside={"state": None, "code_challenge": None, "code_challenge_method": None})
    extra = signer.parameters()
    answer = answer_of(signer.send(bare, **{name: extra[name] for name in ("state", "code_challenge")}))
    assert answer["error"] == "invalid_request", "the challenge was not signed"
    assert "state" not in answer


def test_4_numbers_and_lists_keep_their_json_form(signer: Signer, alice: User, documents: Any) -> None:
    inside = {"max_age": 60, "resource": [documents.indicator, "urn:logto:resource:organizations"]}
    assert starts_sign_in(signer.send(signer.object(inside=inside)))
    pending = signer.browser.pending()
    assert pending is not None
    assert pending.parameters["max_age"] == "60"
    assert pending.parameters["resource"] == inside["resource"]
    assert not {"iss", "aud", "exp", "jti", "request"} & pending.parameters.keys()


@pytest.mark.parametrize("inside", [{"state": {"a": 1}}, {"scope": ["openid"]}])
def test_4_a_parameter_is_a_text(signer: Signer, inside: dict[str, Any]) -> None:
    assert answer_of(signer.send(signer.object(inside=inside)))["error"] == "invalid_request"


def test_5_client_id_is_beside_the_object_and_in_it(signer: Signer, spa: Application) -> None:
    text = signer.object()
    assert refused(signer.browser.client.get("/oidc/auth", {"request": text}), "invalid_request")
    for claim in (None, spa.id, "", 5, [signer.id]):
        assert refused(signer.send(signer.object(client_id=claim)))


def test_5_request_and_request_uri_do_not_come_together(signer: Signer) -> None:
    for uri in ("https://spa.example.com/r", "urn:ietf:params:oauth:request_uri:x"):
        assert refused(signer.send(signer.object(), request_uri=uri), "invalid_request")


def test_4_an_object_holds_no_other(signer: Signer) -> None:
    assert refused(signer.send(signer.object(request="a.b.c")))
    assert refused(signer.send(signer.object(request_uri="https://spa.example.com/r")))


def test_10_2_the_redirect_uri_in_the_object_is_registered(signer: Signer) -> None:
    answer = signer.send(signer.object(inside={"redirect_uri": "https://evil.example/"}), redirect_uri=SPA_REDIRECT)
    assert refused(answer, "invalid_redirect_uri")


@pytest.mark.parametrize("aud", [ISSUER, [ISSUER], ["https://other.example", ISSUER]])
def test_4_aud_is_the_issuer(signer: Signer, aud: Any) -> None:
    assert starts_sign_in(signer.send(signer.object(aud=aud)))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": None},
        {"aud": "https://other.example"},
        {"aud": f"{ISSUER}/request"},
        {"aud": "http://acme.localhost:8000/oidc"},
        {"aud": []},
        {"aud": {ISSUER: 1}},
        {"iss": "somebody-else"},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": 2**60},
        {"nbf": None},
        {"nbf": "now"},
        {"iat": "now"},
        {"jti": ""},
        {"jti": 5},
        {"jti": "x" * 257},
        {"jti": "nul\x00"},
    ],
)
def test_4_a_claim_that_is_missing_or_wrong_makes_it_invalid(signer: Signer, changes: dict[str, Any]) -> None:
    assert refused(signer.send(signer.object(**changes)))
    assert not UsedProof.objects.exists()


def test_4_iss_and_jti_are_voluntary(signer: Signer) -> None:
    text = signer.object(iss=None, jti=None)
    for _ in range(2):
        assert starts_sign_in(signer.send(text))


@pytest.mark.parametrize(
    ("nbf", "exp", "is_good"),
    [
        (0, 3600, True),
        (-3599, 1, True),
        (0, 3601, False),
        (-4000, 10, False),
        (20, 300, True),
        (31, 300, False),
        (-300, -29, True),
        (-300, -30, False),
    ],
)
def test_fapi_5_3_1_nbf_and_exp_enclose_an_hour_at_most(signer: Signer, nbf: int, exp: int, is_good: bool) -> None:
    with time_machine.travel(now(), tick=False):
        moment = to_seconds(now())
        answer = signer.send(signer.object(nbf=moment + nbf, exp=moment + exp))
        assert starts_sign_in(answer) if is_good else refused(answer)


def test_4_iat_is_not_in_the_future(signer: Signer) -> None:
    assert refused(signer.send(signer.object(iat=to_seconds(now()) + 60)))


def test_7519_4_1_7_a_jti_is_good_once(signer: Signer, browser: Browser) -> None:
    text = signer.object()
    assert starts_sign_in(signer.send(text))
    assert refused(signer.send(text))
    with time_machine.travel(now() + timedelta(minutes=10)):
        assert refused(signer.send(text)), "expired by now"


def test_10_8_another_kind_of_jwt_is_no_request_object(signer: Signer, key: Key) -> None:
    for typ in ("dpop+jwt", "at+jwt", "client-authentication+jwt", "application/at+jwt"):
        assert refused(signer.send(signer.object(headers={"typ": typ})))
    for typ in ("JWT", "application/oauth-authz-req+jwt"):
        assert starts_sign_in(signer.send(signer.object(headers={"typ": typ})))
    assert refused(signer.send(key.assertion(signer.id)))


def test_10_8_a_request_object_authenticates_nobody(
    browser: Browser, make_application: MakeApplication, key: Key
) -> None:
    """`sub` may not be the client, and a client assertion needs it."""
    web = make_application("Traditional", tokenEndpointAuthMethod="private_key_jwt", jwks=key_set(key))
    signer = Signer(browser, web, key)
    assert refused(signer.send(signer.object(sub=web.id)))
    text = signer.object()
    assert "sub" not in jwt.decode(text, options={"verify_signature": False})
    body = {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": text,
        "grant_type": "authorization_code",
        "client_id": web.id,
        "code": "x",
    }
    assert browser.client.post("/oidc/token", body).json()["error"] == "invalid_client"


def test_10_1_unsigned_and_symmetric_objects_are_refused(signer: Signer) -> None:
    claims = jwt.decode(signer.object(), options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": signer.key.name})
    shared = jwt.encode(claims, "x" * 64, algorithm="HS256", headers={"kid": signer.key.name})
    stripped = signer.object().rpartition(".")[0] + "."
    for text in (unsigned, shared, stripped, "not.a.jwt", "a.b.c.d.e", "[" * 3000, "x" * 9000):
        assert refused(signer.send(text))


def test_6_2_anybody_elses_key_is_refused(signer: Signer) -> None:
    other = Key("other")
    for headers in ({"kid": "one"}, {"kid": "other"}):
        assert refused(signer.send(other.request_object(signer.id, signer.parameters(), headers=headers)))


def test_keys_are_fetched_from_the_clients_address(
    browser: Browser, make_application: MakeApplication, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = http.Response(200, {}, json.dumps(key_set(key)).encode())
    monkeypatch.setattr(outbound, "fetch", lambda *_, **__: answer)
    monkeypatch.setattr(outbound, "_PATIENCE", 30.0)
    signer = Signer(browser, make_application(jwksUri="https://client.example/keys"), key)
    assert starts_sign_in(signer.send(signer.object()))


def test_an_object_for_one_tenant_is_worth_nothing_at_another(signer: Signer, acme_spa: Application, key: Key) -> None:
    """Though it is one server, and even where the client has the same keys in both."""
    acme = Browser("acme")
    sent = {"client_id": signer.id, "request": signer.object()}
    assert refused(acme.client.get("/oidc/auth", sent), "invalid_client")
    with enter_tenant("acme"):
        update_application(acme_spa, custom_client_metadata={"jwks": key_set(key)}, actor=SYSTEM)
    parameters = acme.request_of(acme_spa.id)
    sent = {"client_id": acme_spa.id, "request": key.request_object(acme_spa.id, parameters)}
    assert refused(acme.client.get("/oidc/auth", sent))
    sent["request"] = key.request_object(acme_spa.id, parameters, aud="http://acme.localhost:8000/oidc")
    assert starts_sign_in(acme.client.get("/oidc/auth", sent))


def test_7_3_a_client_without_keys_is_told_that_it_cannot_sign(browser: Browser, spa: Application, key: Key) -> None:
    text = key.request_object(spa.id, browser.request_of(spa.id))
    assert answer_of(browser.authorize(spa.id, request=text))["error"] == "request_not_supported"


def test_statements(signer: Signer, django_assert_num_queries: Any) -> None:
    """As many as for a plain request, and one that uses up the `jti`."""
    signer.send(signer.object())
    texts = [signer.object(jti=None), signer.object()]
    with django_assert_num_queries(5) as plain:
        signer.browser.authorize(signer.id)
    with django_assert_num_queries(len(plain)):
        signer.send(texts[0])
    with django_assert_num_queries(len(plain) + 1):
        signer.send(texts[1])
