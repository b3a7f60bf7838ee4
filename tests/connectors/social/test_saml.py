"""Sign-in with a SAML identity provider: the request, and which responses are taken. Attacks: `tests/spec/saml`."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from common.errors import AppError
from common.saml.authn_requests import parse_authn_request
from common.saml.bindings import RSA_SHA512, decode_redirect
from common.saml.metadata import render_idp_metadata
from common.saml.names import NAME_ID_PERSISTENT, NAME_ID_TRANSIENT, STATUS_RESPONDER
from common.saml.response_building import Addressing, Encryption, Subject, build_failure, build_response
from connectors.provider_sign_in import SignInRequest
from tests.connectors.social.web import Kind
from tests.spec.saml.messages import IDP, MOMENT, key_pair

SP = "https://acme.example/saml"
ACS = "https://acme.example/api/authn/saml/c1"
REQUEST = SignInRequest(
    state="state-1",
    redirect_uri="https://acme.example/callback/c1",
    connector_id="c1",
    origin="https://acme.example",
    relay_state="journey-1",
)
ATTRIBUTES = {"email": ["alice@example.com"], "displayName": ["Alice Archer"], "groups": ["a", "b"]}


def metadata(**changes: Any) -> str:
    described: dict[str, Any] = {
        "entity_id": IDP,
        "certificates": [key_pair("idp")[1]],
        "sso_redirect_url": "https://idp.example/sso?tenant=1",
        "sso_post_url": "https://idp.example/sso",
    }
    return render_idp_metadata(**{**described, **changes}).decode()


CONFIG: dict[str, Any] = {"entityID": SP, "idpMetadataXml": metadata(), "profileMap": {"name": "displayName"}}


@pytest.fixture(autouse=True)
def _at_that_time() -> Iterator[None]:
    with time_machine.travel(MOMENT, tick=False):
        yield


def respond(
    session: dict[str, Any],
    *,
    name_id_format: str = NAME_ID_PERSISTENT,
    signer: str = "idp",
    encryption: Encryption | None = None,
    **addressing: Any,
) -> str:
    """A response of the identity provider to the request of a session, as the browser posts it."""
    subject = Subject(
        name_id="alice",
        name_id_format=name_id_format,
        attributes=ATTRIBUTES,
        session_index="session-1",
        authenticated_at=MOMENT - timedelta(minutes=1),
        authn_context="urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
    )
    between = {"issuer": IDP, "audience": SP, "destination": ACS, "in_response_to": session["requestId"], **addressing}
    private_key, certificate = key_pair(signer)
    built = build_response(
        subject,
        addressing=Addressing(**between),
        moment=MOMENT,
        private_key=private_key,
        certificate=certificate,
        encryption=encryption,
    )
    return base64.b64encode(built).decode()


def finish(kind: Kind, session: dict[str, Any], response: Any) -> Any:
    return kind.factory.connector.finish(kind.config, data={"SAMLResponse": response}, session=session)


def refusal(kind: Kind, session: dict[str, Any], response: Any) -> tuple[str, Any]:
    with pytest.raises(AppError) as failure:
        finish(kind, session, response)
    return failure.value.code, failure.value.data


def test_the_request_names_us_and_where_to_answer() -> None:
    kind = Kind("saml", CONFIG)
    start = kind.start(REQUEST)
    parts = urlsplit(start.url)
    assert (parts.netloc, parts.path) == ("idp.example", "/sso")
    assert parse_qs(parts.query)["tenant"] == ["1"]
    message = decode_redirect(parts.query.removeprefix("tenant=1&"))
    assert (message.relay_state, message.signature) == ("journey-1", None)
    request = parse_authn_request(message.xml)
    assert (request.issuer, request.acs_url, request.id) == (SP, ACS, start.session["requestId"])


def test_a_request_is_signed_if_the_provider_wants_it() -> None:
    private_key, certificate = key_pair("sp")
    signing = {"signAuthnRequest": True, "privateKey": private_key, "requestSignatureAlgorithm": "rsa-sha512"}
    start = Kind("saml", {**CONFIG, **signing}).start(REQUEST)
    message = decode_redirect(urlsplit(start.url).query.removeprefix("tenant=1&"))
    assert message.algorithm == RSA_SHA512
    message.verify([certificate])


def test_the_assertion_says_who_has_signed_in() -> None:
    kind = Kind("saml", CONFIG)
    session = kind.start(REQUEST).session
    found = finish(kind, session, respond(session))
    assert (found.user.id, found.user.name, found.user.email, found.issuer) == ("alice", "Alice Archer", None, IDP)
    assert found.user.raw_data["groups"] == ["a", "b"]
    trusting = Kind("saml", {**CONFIG, "trustUnverifiedEmail": True, "profileMap": {"id": "email"}})
    user = finish(trusting, session, respond(session)).user
    assert (user.id, user.email, user.name) == ("alice@example.com", "alice@example.com", None)


def test_an_encrypted_assertion_is_read_with_our_key() -> None:
    private_key, certificate = key_pair("sp")
    kind = Kind("saml", {**CONFIG, "encryptAssertion": True, "encPrivateKey": private_key})
    session = kind.start(REQUEST).session
    response = respond(session, encryption=Encryption(certificate, then_sign=True))
    assert finish(kind, session, response).user.id == "alice"
    assert refusal(Kind("saml", CONFIG), session, response)[1] == {"error": "encryption"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"signer": "mallory"}, "signature"),
        ({"issuer": "https://mallory.example"}, "issuer"),
        ({"audience": "https://other.example"}, "audience"),
        ({"destination": "https://other.example/acs"}, "recipient"),
        ({"in_response_to": "_of-another-browser"}, "in_response_to"),
        ({"in_response_to": None}, "in_response_to"),
    ],
)
def test_a_response_that_is_not_for_this_sign_in(changes: dict[str, Any], error: str) -> None:
    kind = Kind("saml", CONFIG)
    session = kind.start(REQUEST).session
    refused = refusal(kind, session, respond(session, **changes))
    assert refused == ("connector.authorization_failed", {"error": error})


def test_a_response_is_late_or_was_never_asked_for() -> None:
    kind = Kind("saml", CONFIG)
    session = kind.start(REQUEST).session
    response = respond(session)
    with time_machine.travel(MOMENT + timedelta(hours=1), tick=False):
        assert refusal(kind, session, response)[1] == {"error": "expired"}
    for odd in ({}, {"requestId": ""}):
        assert refusal(kind, odd, response)[1] == {"error": "in_response_to"}
    for nothing in (None, "", 7, "###"):
        assert refusal(kind, session, nothing)[0] == "connector.authorization_failed"


def test_the_provider_says_that_the_user_has_refused() -> None:
    kind = Kind("saml", CONFIG)
    session = kind.start(REQUEST).session
    private_key, certificate = key_pair("idp")
    failure = build_failure(
        addressing=Addressing(IDP, SP, ACS, session["requestId"]),
        moment=MOMENT,
        status=[STATUS_RESPONDER],
        private_key=private_key,
        certificate=certificate,
    )
    assert refusal(kind, session, base64.b64encode(failure).decode())[1] == {"error": "status"}


def test_a_name_that_is_another_at_each_sign_in_is_nobodys() -> None:
    kind = Kind("saml", CONFIG)
    session = kind.start(REQUEST).session
    response = respond(session, name_id_format=NAME_ID_TRANSIENT)
    assert refusal(kind, session, response) == ("connector.invalid_response", {"reason": "transient_name_id"})
    absent = Kind("saml", {**CONFIG, "profileMap": {"id": "employeeNumber"}})
    assert refusal(absent, session, respond(session)) == ("connector.invalid_response", {"reason": "id"})


@pytest.mark.parametrize(
    "changes",
    [
        {"idpMetadataXml": "<md/>"},
        {"idpMetadataXml": metadata(certificates=[])},
        {"x509Certificate": "none"},
        {"signAuthnRequest": True},
        {"encryptAssertion": True},
        {"privateKey": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"},
        {"requestSignatureAlgorithm": "http://www.w3.org/2000/09/xmldsig#rsa-sha1"},
        {"nameIDFormat": NAME_ID_TRANSIENT},
    ],
)
def test_a_configuration_that_would_not_sign_anybody_in(changes: dict[str, Any]) -> None:
    with pytest.raises(AppError) as failure:
        Kind("saml", {**CONFIG, **changes})
    assert failure.value.code == "connector.invalid_config"
