"""Requests, logout, metadata and bindings: what is written is read again, and what is wrong is refused."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree

from common.saml.authn_requests import build_authn_request, new_message_id, parse_authn_request
from common.saml.bindings import RSA_SHA512, Parameter, decode_post, decode_redirect, post_fields, redirect_url
from common.saml.certificates import create_signing_key, parse_certificate
from common.saml.errors import SamlError
from common.saml.logout import (
    build_logout_request,
    build_logout_response,
    parse_logout_request,
    parse_logout_response,
)
from common.saml.metadata import render_idp_metadata, render_sp_metadata
from common.saml.metadata_reading import parse_idp_metadata, parse_sp_metadata
from common.saml.names import (
    BINDING_POST,
    BINDING_REDIRECT,
    NAME_ID_EMAIL,
    NAME_ID_PERSISTENT,
    STATUS_PARTIAL_LOGOUT,
    STATUS_SUCCESS,
    qname,
)
from tests.spec.saml.messages import ACS, IDP, MOMENT, SP, key_pair

SSO = "https://idp.example/sso?tenant=1"


def request(**changes: Any) -> bytes:
    settings: dict[str, Any] = {
        "request_id": "_1",
        "issuer": SP,
        "destination": SSO,
        "acs_url": ACS,
        "moment": MOMENT,
        "name_id_format": NAME_ID_EMAIL,
    }
    return build_authn_request(**{**settings, **changes})


def reason_of(call: Any, *values: Any, **named: Any) -> str:
    with pytest.raises(SamlError) as caught:
        call(*values, **named)
    return caught.value.reason


def test_a_request_by_redirect() -> None:
    url = redirect_url(SSO, parameter="SAMLRequest", message=request(force_authn=True), relay_state="a b")
    assert url.startswith(SSO + "&SAMLRequest=")
    message = decode_redirect(urlsplit(url).query)
    asked = parse_authn_request(message.xml)
    assert (asked.id, asked.issuer, asked.acs_url, asked.destination) == ("_1", SP, ACS, SSO)
    assert (asked.force_authn, asked.is_passive, asked.is_signed) == (True, False, False)
    assert (asked.name_id_format, asked.issued_at, message.relay_state) == (NAME_ID_EMAIL, MOMENT, "a b")
    assert reason_of(message.verify, [key_pair("sp")[1]]) == "signature"


@pytest.mark.parametrize("algorithm", ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", RSA_SHA512])
@pytest.mark.parametrize("relay_state", [None, "a=b&c d/\u00e4"])
def test_a_signed_redirect(algorithm: str, relay_state: str | None) -> None:
    private_key, certificate = key_pair("sp")
    url = redirect_url(
        "https://idp.example/sso",
        parameter="SAMLRequest",
        message=request(),
        relay_state=relay_state,
        private_key=private_key,
        algorithm=algorithm,
    )
    query = urlsplit(url).query
    decode_redirect(query).verify([key_pair("other")[1], certificate])
    assert reason_of(decode_redirect(query).verify, [key_pair("mallory")[1]]) == "signature"
    changed = query.replace("RelayState=a", "RelayState=b") if relay_state else f"RelayState=x&{query}"
    assert reason_of(decode_redirect(changed).verify, [certificate]) == "signature"


@pytest.mark.parametrize("weak", ["http%3A%2F%2Fwww.w3.org%2F2000%2F09%2Fxmldsig%23rsa-sha1", "", "nonsense"])
def test_weak_algorithms_of_a_query_are_refused(weak: str) -> None:
    private_key, certificate = key_pair("sp")
    url = redirect_url("https://idp.example/", parameter="SAMLRequest", message=request(), private_key=private_key)
    query = urlsplit(url).query
    head, _, tail = query.partition("SigAlg=")
    changed = f"{head}SigAlg={weak}&{tail.partition('&')[2]}"
    assert reason_of(decode_redirect(changed).verify, [certificate]) == "algorithm"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "malformed"),
        ("SAMLRequest=!!", "malformed"),
        ("SAMLRequest=AAAA", "malformed"),
        ("SAMLRequest=a&SAMLRequest=b", "malformed"),
        ("SAMLResponse=a", "malformed"),
        ("SAMLRequest=" + "A" * 40_000, "too_large"),
        ("SAMLEncoding=other&SAMLRequest=AAAA", "malformed"),
    ],
)
def test_queries_that_are_refused(query: str, reason: str) -> None:
    assert reason_of(decode_redirect, query) == reason


def test_relay_state_is_bounded() -> None:
    url = redirect_url("https://idp.example/", parameter="SAMLRequest", message=request(), relay_state="x" * 513)
    assert reason_of(decode_redirect, urlsplit(url).query) == "too_large"
    assert reason_of(decode_post, "AAAA", "x" * 513) == "too_large"


def test_a_request_by_post() -> None:
    private_key, certificate = key_pair("sp")
    signed = request(private_key=private_key, certificate=certificate)
    fields = post_fields(parameter="SAMLRequest", message=signed, relay_state="state")
    xml, relay_state = decode_post(fields["SAMLRequest"], fields["RelayState"])
    assert relay_state == "state"
    assert parse_authn_request(xml, certificates=[certificate]).is_signed
    # Without a certificate the signature proves nothing.
    assert not parse_authn_request(xml).is_signed
    assert reason_of(parse_authn_request, xml.replace(b"_1", b"_2"), certificates=[certificate]) == "signature"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda root: root.attrib.pop("ID"), "malformed"),
        (lambda root: root.set("ID", "x" * 129), "malformed"),
        (lambda root: root.set("Version", "1.1"), "malformed"),
        (lambda root: root.attrib.pop("IssueInstant"), "malformed"),
        (lambda root: root.set("IssueInstant", "9" * 100), "malformed"),
        (lambda root: root.remove(root.find(qname("saml:Issuer"))), "malformed"),
        (lambda root: root.set("AssertionConsumerServiceURL", "https://" + "x" * 2048), "too_large"),
        (lambda root: root.__setattr__("tag", qname("samlp:Response")), "malformed"),
    ],
)
def test_requests_that_are_refused(change: Any, reason: str) -> None:
    root = etree.fromstring(request())
    change(root)
    assert reason_of(parse_authn_request, etree.tostring(root)) == reason


@pytest.mark.parametrize("is_signed", [True, False])
def test_logout(is_signed: bool) -> None:
    private_key, certificate = key_pair("idp") if is_signed else (None, None)
    sent = build_logout_request(
        request_id="_1",
        issuer=IDP,
        destination=ACS,
        name_id="alice",
        name_id_format=NAME_ID_PERSISTENT,
        session_indexes=["s1", "s2"],
        moment=MOMENT,
        private_key=private_key,
        certificate=certificate,
    )
    read = parse_logout_request(sent, certificates=[key_pair("idp")[1]])
    assert (read.id, read.issuer, read.destination, read.is_signed) == ("_1", IDP, ACS, is_signed)
    assert (read.name_id, read.name_id_format, read.session_indexes) == ("alice", NAME_ID_PERSISTENT, ("s1", "s2"))
    assert read.not_on_or_after == MOMENT + timedelta(minutes=5)
    answered = build_logout_response(
        response_id="_2",
        issuer=SP,
        destination=IDP,
        in_response_to="_1",
        status=[STATUS_SUCCESS, STATUS_PARTIAL_LOGOUT],
        moment=MOMENT,
        private_key=private_key,
        certificate=certificate,
    )
    answer = parse_logout_response(answered, certificates=[key_pair("idp")[1]])
    assert (answer.id, answer.issuer, answer.in_response_to, answer.is_signed) == ("_2", SP, "_1", is_signed)
    assert answer.status == (STATUS_SUCCESS, STATUS_PARTIAL_LOGOUT)
    assert reason_of(parse_logout_request, answered) == "malformed"
    if is_signed:
        forged = sent.replace(b"alice", b"bobby")
        assert reason_of(parse_logout_request, forged, certificates=[key_pair("idp")[1]]) == "signature"


def test_logout_messages_are_bounded() -> None:
    many = build_logout_request(
        request_id="_1",
        issuer=IDP,
        destination=ACS,
        name_id="alice",
        name_id_format=NAME_ID_PERSISTENT,
        session_indexes=["s"] * 21,
        moment=MOMENT,
    )
    assert reason_of(parse_logout_request, many) == "too_large"


def test_metadata_of_an_identity_provider() -> None:
    certificates = [key_pair("idp")[1], key_pair("new")[1]]
    document = render_idp_metadata(
        entity_id=IDP,
        certificates=certificates,
        sso_redirect_url=SSO,
        sso_post_url="https://idp.example/post",
        slo_url="https://idp.example/slo",
        name_id_formats=[NAME_ID_EMAIL],
        wants_signed_requests=True,
    )
    read = parse_idp_metadata(document)
    assert (read.entity_id, read.sso_redirect_url, read.sso_post_url) == (IDP, SSO, "https://idp.example/post")
    assert (read.slo_url, read.wants_signed_requests) == ("https://idp.example/slo", True)
    assert (read.certificates, read.name_id_formats) == (tuple(certificates), (NAME_ID_EMAIL,))
    assert reason_of(parse_sp_metadata, document) == "malformed"


def test_metadata_of_a_service_provider() -> None:
    document = render_sp_metadata(
        entity_id=SP,
        acs_url=ACS,
        signing_certificates=[key_pair("sp")[1]],
        encryption_certificates=[key_pair("new")[1]],
        slo_url="https://sp.example/slo",
        signs_requests=True,
    )
    read = parse_sp_metadata(document)
    assert (read.entity_id, read.signs_requests, read.wants_signed_assertions) == (SP, True, True)
    assert [(each.binding, each.url, each.is_default) for each in read.assertion_consumer_services] == [
        (BINDING_POST, ACS, True)
    ]
    assert [(each.binding, each.response_url) for each in read.single_logout_services] == [
        (BINDING_REDIRECT, "https://sp.example/slo"),
        (BINDING_POST, "https://sp.example/slo"),
    ]
    assert read.signing_certificates == (key_pair("sp")[1],)
    assert read.encryption_certificates == (key_pair("new")[1],)


@pytest.mark.parametrize("location", ["javascript:alert(1)", "", "https://", "data:text/html,x", "https://[", "/acs"])
def test_endpoints_are_web_addresses(location: str) -> None:
    document = render_sp_metadata(entity_id=SP, acs_url=location)
    assert parse_sp_metadata(document).assertion_consumer_services == ()


def test_a_federation_is_not_one_provider() -> None:
    one = render_idp_metadata(entity_id=IDP, certificates=[], sso_redirect_url=SSO, sso_post_url=SSO)
    wrapper = '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">%s</md:EntitiesDescriptor>'
    assert parse_idp_metadata((wrapper % one.decode()).encode()).entity_id == IDP
    assert reason_of(parse_idp_metadata, (wrapper % (one * 2).decode()).encode()) == "malformed"


def test_certificates() -> None:
    _, pem = create_signing_key(common_name="Gatehouse", days=30, moment=MOMENT)
    certificate = parse_certificate(pem)
    assert parse_certificate(certificate.body) == certificate
    assert certificate.not_after == MOMENT + timedelta(days=30)
    assert len(certificate.fingerprint) == 64
    for wrong in ("", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", pem[:400] + pem[-30:]):
        assert reason_of(parse_certificate, wrong) == "malformed"
    assert reason_of(parse_certificate, "A" * 20_000) == "too_large"


def test_ids_are_unguessable_names() -> None:
    assert len({new_message_id() for _ in range(50)}) == 50
    assert all(new_message_id().startswith("_") for _ in range(5))


def test_both_parameters_are_never_taken_for_each_other() -> None:
    parameters: list[Parameter] = ["SAMLRequest", "SAMLResponse"]
    both = "SAMLRequest=a&SAMLResponse=b"
    assert reason_of(decode_redirect, both, parameters=parameters) == "malformed"
