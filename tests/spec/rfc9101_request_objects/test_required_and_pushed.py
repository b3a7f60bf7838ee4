"""RFC 9101 section 10.5, RFC 9126 section 3: clients that sign every request, and signed requests that are pushed."""

from typing import Any

import jwt
import pytest

from applications.models import Application
from identity.models import User
from tests.oidc.authorization.browsing import Browser, answer_of
from tests.oidc.authorization.fixtures import MakeApplication
from tests.oidc.tokens.proofs import Key, key_set
from tests.spec.rfc9101_request_objects.signer import Signer, refused, starts_sign_in

pytestmark = pytest.mark.django_db


class TestRequired:
    """Section 10.5: a client may register that all its requests are signed."""

    def test_a_plain_request_is_refused(self, strict: Signer) -> None:
        assert refused(strict.browser.authorize(strict.id), "invalid_request")

    def test_a_signed_one_is_taken(self, strict: Signer, alice: User) -> None:
        assert starts_sign_in(strict.send(strict.object()))
        assert answer_of(strict.browser.sign_in(alice))["code"]

    def test_a_downgrade_is_refused(self, strict: Signer) -> None:
        claims = jwt.decode(strict.object(), options={"verify_signature": False})
        unsigned = jwt.encode(claims, "", algorithm="none")
        assert refused(strict.send(unsigned, **strict.parameters()))

    def test_pushed_requests_are_signed_too(self, strict: Signer) -> None:
        client = strict.browser.client
        answer = client.post("/oidc/request", strict.parameters())
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
        pushed = client.post("/oidc/request", {"client_id": strict.id, "request": strict.object()})
        assert pushed.status_code == 201, pushed.content
        reference = {"client_id": strict.id, "request_uri": pushed.json()["request_uri"]}
        assert starts_sign_in(client.get("/oidc/auth", reference))


class TestPushed:
    """RFC 9126 section 3: the object may be pushed."""

    def push(self, signer: Signer, text: str, **extra: Any) -> Any:
        return signer.browser.client.post("/oidc/request", {"client_id": signer.id, "request": text, **extra})

    def test_its_parameters_count_alone(self, signer: Signer, alice: User) -> None:
        answer = self.push(signer, signer.object(), state="planted", redirect_uri="https://evil.example/")
        assert answer.status_code == 201, answer.content
        reference = {"client_id": signer.id, "request_uri": answer.json()["request_uri"]}
        signer.browser.client.get("/oidc/auth", reference)
        assert answer_of(signer.browser.sign_in(alice))["state"] == "opaque state"

    def test_its_client_is_the_one_that_authenticates(self, signer: Signer, spa: Application) -> None:
        assert refused(self.push(signer, signer.object(client_id=spa.id)))

    def test_it_is_good_once(self, signer: Signer) -> None:
        text = signer.object()
        assert self.push(signer, text).status_code == 201
        assert refused(self.push(signer, text))

    def test_what_is_in_it_is_checked(self, signer: Signer) -> None:
        answer = self.push(signer, signer.object(inside={"response_type": "token"}))
        assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_response_type")

    def test_a_proof_beside_it_binds_the_code(self, browser: Browser, make_application: MakeApplication) -> None:
        key, holder = Key(), Key("holder")
        signer = Signer(browser, make_application(jwks=key_set(key), allowDpop=True), key)
        proof = {"DPoP": holder.proof("POST", "http://localhost:8000/oidc/request")}
        body = {"client_id": signer.id, "request": signer.object(inside={"dpop_jkt": "x" * 43})}
        answer = browser.client.post("/oidc/request", body, headers=proof)
        assert answer.json()["error"] == "invalid_dpop_proof", "the object names another key"
