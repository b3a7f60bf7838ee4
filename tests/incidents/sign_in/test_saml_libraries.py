"""Faults of SAML libraries by which anybody was signed in as anybody: known incidents, against ours."""

import copy
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from lxml import etree

from common.saml.errors import SamlError
from common.saml.names import qname
from tests.spec.saml.messages import respond, take, without_response_signature


def _signed_info(root: Any) -> Any:
    return next(root.iter(qname("ds:SignedInfo")))


def _digest(root: Any) -> Any:
    return next(root.iter(qname("ds:DigestValue")))


def _says_mallory(root: Any) -> None:
    next(root.iter(qname("saml:NameID"))).text = "mallory"


def two_signed_infos(root: Any) -> Any:
    """xml-crypto CVE-2025-29774: the signature fitted one SignedInfo, the digest was read from another."""
    info = _signed_info(root)
    info.addnext(copy.deepcopy(info))
    return root


def two_signed_infos_in_front(root: Any) -> Any:
    """The same, the forged one first."""
    info = _signed_info(root)
    info.addprevious(copy.deepcopy(info))
    return root


def two_references(root: Any) -> Any:
    """A second reference, to what was never signed."""
    reference = next(root.iter(qname("ds:Reference")))
    reference.addnext(copy.deepcopy(reference))
    return root


def a_comment_in_the_digest(root: Any) -> Any:
    """xml-crypto CVE-2025-29775: a comment in DigestValue, of which one parser read the part before it."""
    digest = _digest(root)
    forged = etree.Comment(digest.text)
    digest.text = "Zm9yZ2Vk"
    digest.append(forged)
    return root


def an_element_in_the_digest(root: Any) -> Any:
    """ruby-saml CVE-2024-45409: the digest was found by a path that an attacker's element fitted."""
    digest = _digest(root)
    inner = etree.SubElement(digest, qname("ds:DigestValue"))
    inner.text, digest.text = digest.text, "Zm9yZ2Vk"
    return root


def a_digest_elsewhere(root: Any) -> Any:
    """The same: a DigestValue smuggled in with the status."""
    smuggled = copy.deepcopy(_digest(root))
    etree.SubElement(root.find(qname("samlp:Status")), qname("samlp:StatusDetail")).append(smuggled)
    return root


def a_forged_assertion_first(root: Any) -> Any:
    """samlify CVE-2025-47949: the signed assertion was verified, and an unsigned one in front of it was read."""
    forged = copy.deepcopy(root.find(qname("saml:Assertion")))
    forged.set("ID", "_forged")
    forged.remove(forged.find(qname("ds:Signature")))
    _says_mallory(forged)
    root.insert(1, forged)
    return root


def a_forged_assertion_in_an_extension(root: Any) -> Any:
    """The same, where a search through the whole document comes first."""
    forged = copy.deepcopy(root.find(qname("saml:Assertion")))
    forged.set("ID", "_forged")
    forged.remove(forged.find(qname("ds:Signature")))
    extensions = etree.Element(qname("samlp:Extensions"))
    extensions.append(forged)
    root.insert(1, extensions)
    return root


FORGERIES = [
    two_signed_infos,
    two_signed_infos_in_front,
    two_references,
    a_comment_in_the_digest,
    an_element_in_the_digest,
    a_digest_elsewhere,
    a_forged_assertion_first,
    a_forged_assertion_in_an_extension,
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_forgery_signs_nobody_in_as_somebody_else(forge: Callable[[Any], Any]) -> None:
    """Whatever is made of a genuine response, it is refused, or says what the identity provider has signed."""
    root = forge(without_response_signature(respond()))
    with suppress(SamlError):
        assert take(etree.tostring(root)).name_id == "alice"
    _says_mallory(root)
    with pytest.raises(SamlError):
        take(etree.tostring(root))


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE response [<!ENTITY x "mallory">]>',
        '<!DOCTYPE response SYSTEM "https://mallory.example/dtd">',
        '<!doctype response [<!ATTLIST samlp:Response ID CDATA "forged">]>',
        '<?xml version="1.0" encoding="UTF-16"?>',
        '<?xml version="1.0" encoding="UTF-7"?>',
    ],
)
def test_two_parsers_read_two_documents(prolog: str) -> None:
    """ruby-saml CVE-2025-25291 and CVE-2025-25292: by a document type declaration, or an encoding, one parser read what
    was signed and the other what was not. There is one parser, and it takes neither."""
    document = prolog.encode() + etree.tostring(respond())
    try:
        assert take(document).name_id == "alice"
    except SamlError:
        return
    assert "DOCTYPE" not in prolog.upper()
