"""Keys on elliptic curves: what is signed with one is taken, and nothing is encrypted for one."""

import base64
from datetime import timedelta
from functools import cache
from urllib.parse import quote_plus, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

from common.saml.bindings import decode_redirect, redirect_url
from common.saml.certificates import parse_certificate
from common.saml.encryption import encrypt
from common.saml.errors import SamlError
from common.saml.names import qname
from common.saml.response_building import Addressing, Encryption, build_response
from common.saml.xml import parse
from tests.spec.saml.messages import ACS, IDP, MOMENT, REQUEST, SP, key_pair, respond, subject, take

ECDSA = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"


def certify(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | dsa.DSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "curve")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(MOMENT)
        .not_valid_after(MOMENT + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM).decode()


@cache
def curve() -> tuple[ec.EllipticCurvePrivateKey, str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return key, pem, certify(key)


def test_a_response_signed_on_a_curve_is_taken() -> None:
    _, private_key, certificate = curve()
    built = build_response(
        subject(),
        addressing=Addressing(IDP, SP, ACS, REQUEST),
        moment=MOMENT,
        private_key=private_key,
        certificate=certificate,
    )
    assert b"ecdsa-sha256" in built
    assert take(built, certificates=[certificate]).name_id == "alice"
    with pytest.raises(SamlError, match="signature"):
        take(built, certificates=[key_pair("idp")[1]])


@pytest.mark.parametrize("is_der", [True, False])
def test_a_query_signed_on_a_curve_is_taken(is_der: bool) -> None:
    """XML Signature has the two numbers side by side; OpenSAML writes DER."""
    key, _, certificate = curve()
    unsigned = urlsplit(redirect_url("https://idp.example/", parameter="SAMLRequest", message=b"<a/>")).query
    query = f"{unsigned}&SigAlg={quote_plus(ECDSA)}"
    signature = key.sign(query.encode(), ec.ECDSA(hashes.SHA256()))
    if not is_der:
        signature = b"".join(number.to_bytes(32) for number in decode_dss_signature(signature))
    message = decode_redirect(f"{query}&Signature={quote_plus(base64.b64encode(signature).decode())}")
    message.verify([certificate])
    with pytest.raises(SamlError, match="signature"):
        message.verify([key_pair("idp")[1]])


def test_our_own_queries_are_signed_with_rsa() -> None:
    with pytest.raises(SamlError, match="algorithm"):
        redirect_url("https://idp.example/", parameter="SAMLRequest", message=b"<a/>", private_key=curve()[1])


def test_nothing_is_encrypted_for_a_curve() -> None:
    with pytest.raises(SamlError, match="algorithm"):
        encrypt(respond().find(qname("saml:Assertion")), certificate=curve()[2])


def test_a_key_on_a_curve_decrypts_nothing() -> None:
    root = respond(encryption=Encryption(key_pair("sp")[1], then_sign=False))
    with pytest.raises(SamlError, match="encryption"):
        take(root, decryption_keys=[curve()[1]])


def test_weak_and_other_keys_are_refused() -> None:
    weak = certify(rsa.generate_private_key(public_exponent=65537, key_size=1024))
    other = certify(dsa.generate_private_key(2048))
    for certificate in (weak, other):
        with pytest.raises(SamlError, match="algorithm"):
            parse_certificate(certificate)
    with pytest.raises(SamlError, match="signature"):
        take(respond(), certificates=[weak, other])


def test_attributes_and_names_are_bounded() -> None:
    """An identity provider that is taken over cannot make us keep whatever it likes."""
    private_key, certificate = key_pair("idp")
    addressing = Addressing(IDP, SP, ACS, REQUEST)
    for told in (subject("x" * 257), subject(attributes={str(n): ["1"] for n in range(301)})):
        built = build_response(
            told, addressing=addressing, moment=MOMENT, private_key=private_key, certificate=certificate
        )
        with pytest.raises(SamlError, match="too_large"):
            take(parse(built))
