"""XML Signature for SAML (SAML core 5.4): one enveloped signature over the whole element that carries it.

Signature wrapping has nothing to hold on to: the element is taken out of its document, its own child must be the
signature, that must refer to it, and what is read afterwards is what the verifier returns as signed.
"""

from collections.abc import Iterable
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature as InvalidKeySignature
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from common.saml.certificates import Certificate, load_private_key, parse_certificate
from common.saml.errors import SamlError
from common.saml.names import EXCLUSIVE_C14N, qname
from common.saml.xml import Element, add, child, children, hardened_parser, serialize

MAX_CERTIFICATES: Final = 10
_ENVELOPED: Final = SignatureConstructionMethod.enveloped.value
_SIGNATURE_METHODS: Final = frozenset(
    {
        SignatureMethod.RSA_SHA256,
        SignatureMethod.RSA_SHA384,
        SignatureMethod.RSA_SHA512,
        SignatureMethod.ECDSA_SHA256,
        SignatureMethod.ECDSA_SHA384,
        SignatureMethod.ECDSA_SHA512,
    }
)
_DIGESTS: Final = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
_SIGNATURE_URIS: Final = frozenset(method.value for method in _SIGNATURE_METHODS)
_DIGEST_URIS: Final = frozenset(digest.value for digest in _DIGESTS)


def pinned_certificates(certificates: Iterable[str]) -> list[Certificate]:
    """Return the certificates that messages of a peer may be signed with; unusable ones are left out."""
    pinned = []
    for text in list(certificates)[:MAX_CERTIFICATES]:
        try:
            pinned.append(parse_certificate(text))
        except SamlError:
            continue
    return pinned


def is_signed(element: Element) -> bool:
    """Return whether an element carries a signature of its own, valid or not."""
    return bool(children(element, "ds:Signature"))


def verify_signed(element: Element, *, certificates: Iterable[str]) -> Element:
    """Return what the element's own signature covers, as a document of its own.

    Only the given certificates count, never the signature's `KeyInfo`; their dates do not. Raises `SamlError`
    (`signature`, `algorithm`).
    """
    _check_form(element)
    document = serialize(element)
    for certificate in pinned_certificates(certificates):
        signed = _verify_with(document, certificate)
        if signed is not None:
            if signed.tag != element.tag or signed.get("ID") != element.get("ID"):
                raise SamlError("signature", "the signature covers something else")
            return signed
    raise SamlError("signature", "not signed with a key of the issuer")


def _verify_with(document: bytes, certificate: Certificate) -> Element | None:
    loaded = x509.load_pem_x509_certificate(certificate.pem.encode())
    expected = SignatureConfiguration(
        location="./",
        expect_references=1,
        signature_methods=_SIGNATURE_METHODS,
        digest_algorithms=_DIGESTS,
        ignore_ambiguous_key_info=True,
        # A pinned key is good until it is taken away, whatever its certificate says.
        verification_time=loaded.not_valid_before_utc,
        default_reference_c14n_method=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    try:
        result = XMLVerifier().verify(
            document, x509_cert=loaded, id_attribute="ID", parser=hardened_parser(), expect_config=expected
        )
    except (
        SignXMLException,
        InvalidKeySignature,
        UnsupportedAlgorithm,
        etree.LxmlError,
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        AssertionError,
    ):
        # A signature may be wrong in as many ways as its author can think of, and the library says so in all of these.
        return None
    return None if isinstance(result, list) else result.signed_xml


def _check_form(element: Element) -> None:
    """Refuse what SAML core 5.4 forbids, before anything of it is computed."""
    signature = child(element, "ds:Signature")
    if signature is None:
        raise SamlError("signature", "not signed")
    if children(signature, "ds:Object"):
        raise SamlError("signature", "the signature holds objects")
    signed_info = child(signature, "ds:SignedInfo")
    reference = child(signed_info, "ds:Reference") if signed_info is not None else None
    if signed_info is None or reference is None:
        raise SamlError("signature", "the signature has no single reference")
    if not element.get("ID") or reference.get("URI") != "#" + element.get("ID"):
        raise SamlError("signature", "the signature refers to something else")
    _check_algorithm(signed_info, "ds:CanonicalizationMethod", {EXCLUSIVE_C14N})
    _check_algorithm(signed_info, "ds:SignatureMethod", _SIGNATURE_URIS)
    _check_algorithm(reference, "ds:DigestMethod", _DIGEST_URIS)
    transforms = child(reference, "ds:Transforms")
    named = [] if transforms is None else [transform.get("Algorithm") for transform in transforms]
    if named != [_ENVELOPED, EXCLUSIVE_C14N]:
        raise SamlError("algorithm", "the signature is not enveloped with exclusive canonicalization alone")


def _check_algorithm(parent: Element, name: str, allowed: Iterable[str]) -> None:
    found = child(parent, name)
    uri = "" if found is None else found.get("Algorithm", "")
    if uri not in allowed:
        raise SamlError("algorithm", f"{name.partition(':')[2]} is not accepted: {uri[:120]}")


def sign(element: Element, *, private_key: str, certificate: str) -> Element:
    """Return the element with a signature over it, after its Issuer, where the schema has it.

    RSA-SHA256 or ECDSA-SHA256, by the key.
    """
    key = load_private_key(private_key)
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=(
            SignatureMethod.ECDSA_SHA256 if isinstance(key, ec.EllipticCurvePrivateKey) else SignatureMethod.RSA_SHA256
        ),
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    placeholder = add(element, "ds:Signature", {"Id": "placeholder"})
    issuer = element.find(qname("saml:Issuer"))
    element.insert(0 if issuer is None else element.index(issuer) + 1, placeholder)
    return signer.sign(element, key=key, cert=certificate, reference_uri="#" + element.get("ID"), id_attribute="ID")
