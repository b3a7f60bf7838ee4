"""RFC 7523 sections 2.2 and 3, and OpenID Connect Core section 9: a client authenticates by a JWT it has signed."""

import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.test import Client

from applications import outbound
from common import http
from common.clock import now, to_seconds
from oidc.clean_up import delete_expired
from oidc.models import UsedProof
from tenants.models import Tenant
from tests.oidc.tokens.parties import API, ISSUER, SECRET, Party, basic, make_application
from tests.oidc.tokens.proofs import Key, assertion_of, base64url, key_set
from tests.responses import ClientResponse

pytestmark = pytest.mark.django_db

ALGORITHMS = ["ES256", "ES384", "RS256", "PS256", "EdDSA"]


class Service(Party):
    """A machine that signs instead of sending a secret."""

    def send(self, path: str, assertion: str, *, headers: dict[str, str] | None = None, **parameters: Any) -> Any:
        body = {**assertion_of(assertion), **parameters}
        return self.browser.post(f"/oidc/{path}", body, headers=headers or {}, content_type="application/json")

    def token(self, assertion: str, **parameters: Any) -> ClientResponse:
        return self.send("token", assertion, grant_type="client_credentials", resource=API, **parameters)


@pytest.fixture
def key() -> Key:
    return Key()


@pytest.fixture
def make_service(tenant: Tenant, api: Any) -> Callable[..., Service]:
    def make(**metadata: Any) -> Service:
        custom = {"tokenEndpointAuthMethod": "private_key_jwt", **metadata}
        return Service(make_application("MachineToMachine", custom_client_metadata=custom))

    return make


@pytest.fixture
def service(make_service: Callable[..., Service], key: Key) -> Service:
    return make_service(jwks=key_set(key))


def refused(answer: Any) -> tuple[int, str, str]:
    return answer.status_code, answer.json()["error"], answer.json()["error_description"]


FAILED = (401, "invalid_client", "client authentication failed")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_2_2_the_client_authenticates_with_a_signed_jwt(make_service: Callable[..., Service], algorithm: str) -> None:
    key = Key("one", algorithm)
    service = make_service(jwks=key_set(key))
    answer = service.token(key.assertion(service.id), scope="read:things")
    assert answer.status_code == 200, answer.content
    assert service.claims(answer.json()["access_token"], API)["sub"] == service.id


def test_2_2_client_id_is_optional_and_must_be_the_same(service: Service, machine: Party, key: Key) -> None:
    assert service.token(key.assertion(service.id), client_id=service.id).status_code == 200
    assert refused(service.token(key.assertion(service.id), client_id=machine.id)) == FAILED


def test_2_2_the_assertion_type_is_that_of_jwts(service: Service, key: Key) -> None:
    other = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"
    assert refused(service.token(key.assertion(service.id), client_assertion_type=other))[:2] == (
        400,
        "invalid_request",
    )
    answer = service.token(key.assertion(service.id), client_assertion_type="")
    assert refused(answer)[:2] == (400, "invalid_request")


@pytest.mark.parametrize("path", ["token/introspection", "token/revocation"])
def test_core_9_the_method_holds_at_every_endpoint_of_a_client(service: Service, key: Key, path: str) -> None:
    assert service.send(path, key.assertion(service.id), token="unknown").status_code == 200
    assert refused(service.send(path, Key("other").assertion(service.id), token="unknown")) == FAILED


@pytest.mark.parametrize("aud", [ISSUER, f"{ISSUER}/token", [ISSUER], ["https://other.example", f"{ISSUER}/token"]])
def test_3_3_aud_identifies_the_authorization_server(service: Service, key: Key, aud: Any) -> None:
    assert service.token(key.assertion(service.id, aud=aud)).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody-else"},
        {"sub": None},
        {"iss": None},
        {"aud": None},
        {"aud": "https://other.example"},
        {"aud": "http://acme.localhost:8000/oidc"},
        {"aud": f"{ISSUER}/me"},
        {"aud": []},
        {"aud": {ISSUER: 1}},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": 2**60},
        {"jti": None},
        {"jti": ""},
        {"jti": 5},
        {"jti": "x" * 257},
        {"jti": "nul\x00"},
        {"iat": "now"},
    ],
)
def test_3_a_claim_that_is_missing_or_wrong_makes_it_invalid(
    service: Service, key: Key, changes: dict[str, Any]
) -> None:
    answer = service.token(key.assertion(service.id, **changes), client_id=service.id)
    assert refused(answer) == FAILED
    assert not UsedProof.objects.exists()


@pytest.mark.parametrize(
    ("claim", "good", "bad"), [("exp", -20, -31), ("exp", 3600, 3700), ("nbf", 20, 60), ("iat", 10, 60)]
)
def test_3_4_times_are_bounded(service: Service, key: Key, claim: str, good: int, bad: int) -> None:
    with time_machine.travel(now(), tick=False):
        moment = to_seconds(now())
        assert service.token(key.assertion(service.id, **{claim: moment + good})).status_code == 200
        assert refused(service.token(key.assertion(service.id, **{claim: moment + bad}))) == FAILED


def test_3_7_an_assertion_is_good_once(service: Service, key: Key) -> None:
    text = key.assertion(service.id)
    assert service.token(text).status_code == 200
    assert refused(service.token(text)) == FAILED
    assert refused(service.send("token/revocation", text, token="unknown")) == FAILED


def test_3_7_two_clients_may_draw_the_same_jti(make_service: Callable[..., Service], key: Key) -> None:
    for service in (make_service(jwks=key_set(key)), make_service(jwks=key_set(key))):
        assert service.token(key.assertion(service.id, jti="1")).status_code == 200


def test_3_7_a_used_jti_is_kept_until_the_assertion_has_expired(service: Service, key: Key) -> None:
    service.token(key.assertion(service.id))
    assert delete_expired() == 0
    with time_machine.travel(now() + timedelta(minutes=5)):
        assert delete_expired() == 1


def test_3_9_the_signature_is_the_clients(service: Service) -> None:
    assert refused(service.token(Key("other").assertion(service.id, headers={"kid": "one"}))) == FAILED
    assert refused(service.token(Key("other").assertion(service.id, headers={}))) == FAILED


def test_3_9_without_kid_every_key_is_tried(make_service: Callable[..., Service]) -> None:
    service = make_service(jwks=key_set(Key("one"), Key("two", "RS256"), Key("three")))
    assert service.token(Key("three").assertion(service.id, headers={})).status_code == 200


def test_8725_no_algorithm_and_no_shared_secret(service: Service, key: Key) -> None:
    """`alg` none, and HMAC keyed with the public key: RFC 8725 sections 2.1 and 3.1."""
    claims = jwt.decode(key.assertion(service.id), options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": key.name})
    by_public_key = hmac_signed({"alg": "HS256", "kid": key.name}, claims, secret=json.dumps(key.public_jwk).encode())
    for text in (unsigned, by_public_key, "not.a.jwt", "[" * 3000, text_without_signature(key, service)):
        assert refused(service.token(text, client_id=service.id)) == FAILED


def hmac_signed(header: dict[str, Any], claims: dict[str, Any], *, secret: bytes) -> str:
    signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{base64url(hmac.digest(secret, signed.encode(), 'sha256'))}"


def text_without_signature(key: Key, service: Service) -> str:
    return key.assertion(service.id).rpartition(".")[0] + "."


def test_8725_a_key_serves_its_own_algorithm(make_service: Callable[..., Service]) -> None:
    key = Key("one", "RS256")
    service = make_service(jwks={"keys": [key.registered(alg="PS256")]})
    assert refused(service.token(key.assertion(service.id))) == FAILED
    assert service.token(key.assertion(service.id, headers={"kid": "one", "alg": "PS256"})).status_code == 200


def test_6749_2_3_one_method_in_each_request(service: Service, key: Key) -> None:
    answer = service.token(key.assertion(service.id), client_secret=SECRET)
    assert refused(answer)[:2] == (400, "invalid_request")
    answer = service.token(key.assertion(service.id), headers={"Authorization": basic(service.id)})
    assert refused(answer)[:2] == (400, "invalid_request")


def test_a_client_registered_for_it_has_no_other_method(service: Service) -> None:
    answer = service.post("token", grant_type="client_credentials", resource=API)
    assert refused(answer)[:2] == (401, "invalid_client")
    answer = Client(HTTP_HOST="localhost:8000").post(
        "/oidc/token", {"grant_type": "client_credentials", "client_id": service.id, "client_secret": SECRET}
    )
    assert refused(answer) == FAILED


def test_a_client_not_registered_for_it_cannot_use_it(machine: Party, spa: Party, api: Any, key: Key) -> None:
    for party in (machine, spa):
        assert refused(Service(party.application).token(key.assertion(party.id))) == FAILED


def test_an_unknown_client_is_told_so(tenant: Tenant, machine: Party, key: Key) -> None:
    answer = Service(machine.application).token(key.assertion("made-up"))
    assert refused(answer) == (400, "invalid_client", "invalid client made-up")


def test_another_tenants_issuer_is_no_audience(service: Service, key: Key) -> None:
    """An assertion for one tenant is worth nothing at another, though it is one server."""
    elsewhere = Client(HTTP_HOST="acme.localhost:8000")
    body = {**assertion_of(key.assertion(service.id)), "grant_type": "client_credentials"}
    assert elsewhere.post("/oidc/token", body).json()["error"] == "invalid_client"


class Site:
    """A client's site that publishes its keys."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *keys: Key) -> None:
        self.keys = list(keys)
        self.calls = 0
        self.is_down = False
        monkeypatch.setattr(outbound, "fetch", self.answer)
        monkeypatch.setattr(outbound, "_PATIENCE", 30.0)

    def answer(self, method: str, url: str, **options: Any) -> http.Response:
        self.calls += 1
        assert (method, url) == ("GET", "https://client.example/keys")
        if self.is_down:
            raise http.OutboundRequestError("down")
        return http.Response(200, {}, json.dumps(key_set(*self.keys)).encode())


class Ticks:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.value = 1000.0
        monkeypatch.setattr(time, "monotonic", lambda: self.value)


class TestKeysByAddress:
    """OpenID Connect Core section 10.1.1: keys are found at the `jwks_uri` and rotate there."""

    @pytest.fixture
    def service(self, make_service: Callable[..., Service]) -> Service:
        return make_service(jwksUri="https://client.example/keys")

    def test_keys_are_fetched_and_remembered(self, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
        site = Site(monkeypatch, Key("one"))
        for _ in range(3):
            assert service.token(Key("one").assertion(service.id)).status_code == 200
        assert site.calls == 1

    def test_an_unknown_kid_is_looked_up_but_not_each_time(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site, ticks = Site(monkeypatch, Key("one")), Ticks(monkeypatch)
        assert service.token(Key("one").assertion(service.id)).status_code == 200
        site.keys.append(Key("two"))
        for _ in range(5):
            assert refused(service.token(Key("two").assertion(service.id))) == FAILED
        assert site.calls == 1, "just asked"
        ticks.value += 31
        assert service.token(Key("two").assertion(service.id)).status_code == 200
        for _ in range(5):
            assert refused(service.token(Key("made-up").assertion(service.id))) == FAILED
        assert site.calls == 2

    def test_a_withdrawn_key_is_gone_within_ten_minutes(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site, ticks = Site(monkeypatch, Key("one")), Ticks(monkeypatch)
        assert service.token(Key("one").assertion(service.id)).status_code == 200
        site.keys = [Key("two")]
        ticks.value += 601
        assert refused(service.token(Key("one").assertion(service.id))) == FAILED

    def test_a_site_that_is_down_stops_nobody_for_a_day(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site, ticks = Site(monkeypatch, Key("one")), Ticks(monkeypatch)
        assert service.token(Key("one").assertion(service.id)).status_code == 200
        site.is_down = True
        ticks.value += 3600
        assert service.token(Key("one").assertion(service.id)).status_code == 200
        ticks.value += 86_400
        assert refused(service.token(Key("one").assertion(service.id))) == FAILED


def test_statements(service: Service, machine: Party, key: Key, api: Any, django_assert_num_queries: Any) -> None:
    """One more than with a secret, and for clients with a secret none more than before."""
    service.token(key.assertion(service.id))
    machine.credentials(resource=API)
    with django_assert_num_queries(2):
        machine.credentials(resource=API)
    text = key.assertion(service.id)
    with django_assert_num_queries(3):
        service.token(text)
