"""Known attacks on signatures of SAML: wrapping, stripping, other keys, weak algorithms, cut names."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod

from common.saml.errors import SamlError
from common.saml.names import NAMESPACES, SIGNATURE, qname
from common.saml.xml import parse
from tests.spec.saml.messages import (
    key_pair,
    respond,
    sign_carelessly,
    take,
    without_assertion_signature,
    without_response_signature,
)


def _assertion_of(root: Any) -> Any:
    return root.find(qname("saml:Assertion"))


def _signature_of(element: Any) -> Any:
    return element.find(qname("ds:Signature"))


def _evil(element: Any) -> Any:
    """A copy that says mallory, under an id of its own, without a signature."""
    evil = copy.deepcopy(element)
    for named in evil.iter(qname("saml:NameID")):
        named.text = "mallory"
    evil.set("ID", "_evil")
    for signature in list(evil.iter(qname("ds:Signature"))):
        signature.getparent().remove(signature)
    return evil


def _unsigned(element: Any) -> Any:
    plain = copy.deepcopy(element)
    plain.remove(_signature_of(plain))
    return plain


def xsw1(root: Any) -> Any:
    """The response signed; the original inside of the signature of an evil one."""
    evil, signature = _evil(root), copy.deepcopy(_signature_of(root))
    signature.append(_unsigned(root))
    evil.insert(1, signature)
    return evil


def xsw2(root: Any) -> Any:
    """The response signed; the original next to a detached signature."""
    evil, signature = _evil(root), copy.deepcopy(_signature_of(root))
    evil.insert(1, signature)
    evil.insert(1, _unsigned(root))
    return evil


def xsw3(root: Any) -> Any:
    """The assertion signed; an evil one before it."""
    without_response_signature(root)
    root.insert(root.index(_assertion_of(root)), _evil(_assertion_of(root)))
    return root


def xsw4(root: Any) -> Any:
    """The assertion signed; it becomes a child of the evil one."""
    without_response_signature(root)
    original = _assertion_of(root)
    evil = _evil(original)
    root.replace(original, evil)
    evil.append(original)
    return root


def xsw5(root: Any) -> Any:
    """The evil assertion carries the signature; the original, without it, comes last."""
    without_response_signature(root)
    original = _assertion_of(root)
    evil, signature = _evil(original), copy.deepcopy(_signature_of(original))
    evil.insert(1, signature)
    root.replace(original, evil)
    root.append(_unsigned(original))
    return root


def xsw6(root: Any) -> Any:
    """The evil assertion carries the signature, and that carries the original."""
    without_response_signature(root)
    original = _assertion_of(root)
    evil, signature = _evil(original), copy.deepcopy(_signature_of(original))
    signature.append(_unsigned(original))
    evil.insert(1, signature)
    root.replace(original, evil)
    return root


def xsw7(root: Any) -> Any:
    """The evil assertion in Extensions, where anything may be."""
    without_response_signature(root)
    extensions = etree.Element(qname("samlp:Extensions"), nsmap=NAMESPACES)
    extensions.append(_evil(_assertion_of(root)))
    root.insert(1, extensions)
    return root


def xsw8(root: Any) -> Any:
    """The original in an Object of the signature of the evil one."""
    without_response_signature(root)
    original = _assertion_of(root)
    evil, signature = _evil(original), copy.deepcopy(_signature_of(original))
    holder = etree.SubElement(signature, qname("ds:Object"))
    holder.append(_unsigned(original))
    evil.insert(1, signature)
    root.replace(original, evil)
    return root


def same_id(root: Any) -> Any:
    """An evil assertion under the signed one's id."""
    without_response_signature(root)
    evil = _evil(_assertion_of(root))
    evil.set("ID", _assertion_of(root).get("ID"))
    root.insert(root.index(_assertion_of(root)), evil)
    return root


def empty_reference(root: Any) -> Any:
    """A reference to the whole document, whatever that is."""
    next(root.iter(qname("ds:Reference"))).set("URI", "")
    return root


WRAPPINGS = [xsw1, xsw2, xsw3, xsw4, xsw5, xsw6, xsw7, xsw8, same_id, empty_reference]


@pytest.mark.parametrize("wrap", WRAPPINGS, ids=[wrap.__name__ for wrap in WRAPPINGS])
def test_signature_wrapping_fails(wrap: Callable[[Any], Any]) -> None:
    with pytest.raises(SamlError) as caught:
        take(wrap(respond()))
    assert caught.value.reason in ("signature", "malformed")


def reason_of(root: Any, **changes: Any) -> str:
    with pytest.raises(SamlError) as caught:
        take(root, **changes)
    return caught.value.reason


def test_an_unsigned_response_is_refused() -> None:
    assert reason_of(without_assertion_signature(respond())) == "signature"


def test_a_broken_signature_is_not_ignored_for_a_good_one() -> None:
    """The assertion is signed well; the response's signature does not fit. Neither is read."""
    root = respond()
    root.set("IssueInstant", "2026-03-02T12:00:01.000Z")
    assert reason_of(root) == "signature"


@pytest.mark.parametrize("name", ["saml:NameID", "saml:AttributeValue", "saml:Audience"])
def test_what_was_changed_after_signing_is_refused(name: str) -> None:
    root = without_response_signature(respond())
    next(root.iter(qname(name))).text = "mallory"
    assert reason_of(root) == "signature"


def test_the_key_that_a_message_brings_counts_for_nothing() -> None:
    """mallory signs with her own key and puts her certificate into KeyInfo."""
    private_key, certificate = key_pair("mallory")
    root = without_assertion_signature(respond(name_id="mallory"))
    root.replace(
        _assertion_of(root),
        sign_carelessly(_assertion_of(root), key=private_key, certificate=certificate),
    )
    assert reason_of(root) == "signature"
    for found in root.iter(qname("ds:X509Certificate")):
        found.text = "".join(key_pair("idp")[1].splitlines()[1:-1])
    assert reason_of(root) == "signature"


def test_no_certificate_means_no_signature_fits() -> None:
    assert reason_of(respond(), certificates=[]) == "signature"


@pytest.mark.parametrize(
    ("method", "digest"),
    [
        (SignatureMethod.RSA_SHA1, DigestAlgorithm.SHA256),
        (SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA1),
        (SignatureMethod.RSA_SHA224, DigestAlgorithm.SHA256),
    ],
)
def test_weak_digests_are_refused(method: SignatureMethod, digest: DigestAlgorithm) -> None:
    private_key, certificate = key_pair("idp")
    root = without_assertion_signature(respond())
    signed = sign_carelessly(
        _assertion_of(root), key=private_key, certificate=certificate, method=method, digest=digest
    )
    root.replace(_assertion_of(root), signed)
    assert reason_of(root) == "algorithm"


def test_a_public_key_is_no_shared_secret() -> None:
    """HMAC under the certificate, which everybody has."""
    root = without_assertion_signature(respond(name_id="mallory"))
    key = key_pair("idp")[1].encode()
    signed = sign_carelessly(_assertion_of(root), key=key, certificate=None, method=SignatureMethod.HMAC_SHA256)
    root.replace(_assertion_of(root), signed)
    assert reason_of(root) == "algorithm"


@pytest.mark.parametrize(
    "c14n",
    [
        CanonicalizationMethod.CANONICAL_XML_1_0,
        CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0_WITH_COMMENTS,
    ],
)
def test_other_canonicalizations_are_refused(c14n: CanonicalizationMethod) -> None:
    private_key, certificate = key_pair("idp")
    root = without_assertion_signature(respond())
    key = load_pem_private_key(private_key.encode(), None)
    root.replace(_assertion_of(root), sign_carelessly(_assertion_of(root), key=key, certificate=certificate, c14n=c14n))
    assert reason_of(root) == "algorithm"


@pytest.mark.parametrize(
    "algorithm",
    [
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        f"{SIGNATURE}base64",
    ],
)
def test_transforms_that_compute_are_refused(algorithm: str) -> None:
    root = without_response_signature(respond())
    transforms = next(root.iter(qname("ds:Transforms")))
    etree.SubElement(transforms, qname("ds:Transform"), {"Algorithm": algorithm})
    assert reason_of(root) == "algorithm"


def test_a_comment_does_not_cut_a_name() -> None:
    """Registered as `alice@example.com.evil.example`, mallory puts a comment behind `.com`: the signature still fits,
    and libraries of 2018 read what stands before the comment (CVE-2017-11427 and its kin)."""
    root = etree.tostring(respond(name_id="alice@example.com.evil.example"))
    cut = root.replace(b"alice@example.com.evil", b"alice@example.com<!-- -->.evil")
    assert cut != root
    assert take(cut).name_id == "alice@example.com.evil.example"


def test_processing_instructions_do_not_cut_a_name() -> None:
    root = etree.tostring(respond(name_id="alice@example.com.evil.example"))
    cut = root.replace(b"alice@example.com.evil", b"alice@example.com<?x y?>.evil")
    assert take(cut).name_id == "alice@example.com.evil.example"


def test_elements_do_not_cut_a_name() -> None:
    private_key, certificate = key_pair("idp")
    root = without_assertion_signature(respond(name_id="alice@example.com"))
    etree.SubElement(next(root.iter(qname("saml:NameID"))), "x").tail = ".evil.example"
    root.replace(_assertion_of(root), sign_carelessly(_assertion_of(root), key=private_key, certificate=certificate))
    assert reason_of(parse(etree.tostring(root))) == "malformed"


def test_two_good_assertions_are_one_too_many() -> None:
    root = without_response_signature(respond())
    root.append(_assertion_of(respond(name_id="bob")))
    assert reason_of(root) == "malformed"


def test_ids_that_occur_twice_are_refused() -> None:
    root = without_response_signature(respond())
    root.set("ID", _assertion_of(root).get("ID"))
    assert reason_of(root) == "malformed"
