"""Both sides next to implementations that are not ours: node-saml and samlify as service providers, samlp as an
identity provider."""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from common.clock import now
from common.saml.authn_requests import parse_authn_request
from common.saml.bindings import decode_post, decode_redirect
from common.saml.errors import SamlError
from common.saml.metadata import render_idp_metadata, render_sp_metadata
from common.saml.metadata_reading import parse_sp_metadata
from common.saml.names import BINDING_POST, NAME_ID_EMAIL
from common.saml.response_building import Encryption
from common.saml.responses import Assertion, verify_response
from tests.counterparts.saml import RefusedError, call, why_missing
from tests.spec.saml.messages import ACS, IDP, REQUEST, SP, key_pair, respond

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(why_missing()), reason=why_missing() or "installed")]
ENTRY = "https://idp.example/sso"


def service_provider(**changes: Any) -> dict[str, Any]:
    return {
        "issuer": SP,
        "callbackUrl": ACS,
        "entryPoint": ENTRY,
        "idpCert": key_pair("idp")[1],
        "idpIssuer": IDP,
        "audience": SP,
        "wantAssertionsSigned": True,
        "wantAuthnResponseSigned": True,
        **changes,
    }


def _posted(root: Any) -> str:
    return base64.b64encode(etree.tostring(root)).decode()


def test_node_saml_takes_our_response() -> None:
    profile = call("takeResponse", options=service_provider(), response=_posted(respond(moment=now())))
    assert (profile["nameID"], profile["email"], profile["groups"]) == ("alice", "alice@example.com", ["a", "b"])
    assert (profile["issuer"], profile["inResponseTo"], profile["sessionIndex"]) == (IDP, REQUEST, "session-1")


@pytest.mark.parametrize("then_sign", [True, False])
def test_node_saml_takes_our_encrypted_response(then_sign: bool) -> None:
    private_key, certificate = key_pair("sp")
    response = _posted(respond(moment=now(), encryption=Encryption(certificate, then_sign)))
    options = service_provider(decryptionPvk=private_key, wantAuthnResponseSigned=then_sign)
    assert call("takeResponse", options=options, response=response)["nameID"] == "alice"


def test_node_saml_refuses_what_another_signed() -> None:
    with pytest.raises(RefusedError, match=r"[Ii]nvalid .*signature"):
        call("takeResponse", options=service_provider(), response=_posted(respond(moment=now(), signer="mallory")))


def test_we_read_requests_of_node_saml() -> None:
    private_key, certificate = key_pair("sp")
    options = service_provider(
        privateKey=private_key,
        publicCert=certificate,
        signatureAlgorithm="sha256",
        digestAlgorithm="sha256",
        forceAuthn=True,
        identifierFormat=NAME_ID_EMAIL,
    )
    message = decode_redirect(urlsplit(call("requestUrl", options=options, relayState="a&b=c")).query)
    message.verify([certificate])
    request = parse_authn_request(message.xml)
    assert (request.issuer, request.acs_url, request.destination) == (SP, ACS, ENTRY)
    assert (request.force_authn, request.is_passive, request.name_id_format) == (True, False, NAME_ID_EMAIL)
    assert message.relay_state == "a&b=c"
    with pytest.raises(SamlError):
        message.verify([key_pair("mallory")[1]])


def test_we_read_posted_requests_of_node_saml() -> None:
    private_key, certificate = key_pair("sp")
    options = service_provider(
        privateKey=private_key,
        publicCert=certificate,
        signatureAlgorithm="sha256",
        digestAlgorithm="sha256",
        authnRequestBinding="HTTP-POST",
        skipRequestCompression=True,
    )
    form = etree.HTML(call("requestForm", options=options, relayState="state"))
    fields = {field.get("name"): field.get("value") for field in form.iter("input")}
    xml, relay_state = decode_post(fields["SAMLRequest"], fields["RelayState"])
    assert parse_authn_request(xml, certificates=[certificate]).is_signed
    assert relay_state == "state"
    with pytest.raises(SamlError):
        parse_authn_request(xml, certificates=[key_pair("mallory")[1]])


def test_we_read_metadata_of_node_saml() -> None:
    signing, encryption = key_pair("sp"), key_pair("new")
    options = service_provider(privateKey=signing[0], decryptionPvk=encryption[0], identifierFormat=NAME_ID_EMAIL)
    document = call("metadata", options=options, decryptionCert=encryption[1], signingCert=signing[1])
    metadata = parse_sp_metadata(document.encode())
    assert metadata.entity_id == SP
    assert [(each.binding, each.url) for each in metadata.assertion_consumer_services] == [(BINDING_POST, ACS)]
    assert metadata.signing_certificates == (signing[1],)
    assert metadata.encryption_certificates == (encryption[1],)
    assert metadata.name_id_formats == (NAME_ID_EMAIL,)


def _samlp(**changes: Any) -> str:
    private_key, certificate = key_pair("idp")
    options = {
        "issuer": IDP,
        "cert": certificate,
        "key": private_key,
        "audience": SP,
        "recipient": ACS,
        "destination": ACS,
        "inResponseTo": REQUEST,
        "signatureAlgorithm": "rsa-sha256",
        "digestAlgorithm": "sha256",
        "samlStatusCode": "urn:oasis:names:tc:SAML:2.0:status:Success",
        "sessionIndex": "session-1",
        **changes,
    }
    user = {"id": "alice", "emails": [{"value": "alice@example.com"}], "displayName": "Alice Archer", "name": {}}
    return str(call("respond", options=options, user=user))


def _take(response: str) -> Assertion:
    return verify_response(
        response,
        certificates=[key_pair("idp")[1]],
        idp_entity_id=IDP,
        audience=SP,
        recipient=ACS,
        in_response_to=REQUEST,
        moment=now() + timedelta(seconds=1),
        decryption_keys=[key_pair("sp")[0]],
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"signResponse": True},
        {"signResponse": True, "signAssertion": False},
    ],
)
def test_we_take_responses_of_samlp(changes: dict[str, Any]) -> None:
    assertion = _take(_samlp(**changes))
    assert (assertion.name_id, assertion.session_index) == ("alice", "session-1")
    assert ("alice@example.com",) in assertion.attributes.values()


@pytest.mark.parametrize(
    "algorithm",
    [
        "http://www.w3.org/2009/xmlenc11#aes256-gcm",
        "http://www.w3.org/2009/xmlenc11#aes128-gcm",
        "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    ],
)
def test_we_take_encrypted_responses_of_samlp(algorithm: str) -> None:
    certificate = key_pair("sp")[1]
    public = _public_key(certificate)
    response = _samlp(
        encryptionCert=certificate,
        encryptionPublicKey=public,
        encryptionAlgorithm=algorithm,
        disallowEncryptionWithInsecureAlgorithm=False,
    )
    assert b"EncryptedAssertion" in base64.b64decode(response)
    assert _take(response).name_id == "alice"


def _public_key(certificate: str) -> str:
    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_we_refuse_unsigned_and_sha1_responses_of_samlp() -> None:
    with pytest.raises(SamlError, match="signature"):
        _take(_samlp(signAssertion=False))
    with pytest.raises(SamlError, match="algorithm"):
        _take(_samlp(signatureAlgorithm="rsa-sha1", digestAlgorithm="sha1"))


def test_samlify_reads_our_metadata_and_takes_our_response() -> None:
    idp = render_idp_metadata(
        entity_id=IDP, certificates=[key_pair("idp")[1]], sso_redirect_url=ENTRY, sso_post_url=ENTRY
    ).decode()
    sp = render_sp_metadata(entity_id=SP, acs_url=ACS).decode()
    asked = call("samlifyRequest", idpMetadata=idp, spMetadata=sp)
    request = parse_authn_request(decode_redirect(urlsplit(asked).query).xml)
    assert (request.issuer, request.acs_url) == (SP, ACS)
    assert parse_qs(urlsplit(asked).query)["SAMLRequest"]
    taken = call("samlifyTake", idpMetadata=idp, spMetadata=sp, response=_posted(respond(moment=now())))
    assert (taken["nameID"], taken["attributes"]["email"]) == ("alice", "alice@example.com")
