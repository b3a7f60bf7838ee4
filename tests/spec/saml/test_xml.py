"""What XML of strangers may not do: open files, grow, or hide a declaration in an encoding."""

import base64
import zlib
from urllib.parse import quote_plus

import pytest
from lxml import etree

from common.saml.bindings import decode_redirect
from common.saml.errors import SamlError
from common.saml.names import qname
from common.saml.xml import MAX_MESSAGE_BYTES, parse
from tests.spec.saml.messages import respond, take

BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><a x="&d;">&d;</a>"""


def reason_of(data: bytes) -> str:
    with pytest.raises(SamlError) as caught:
        parse(data)
    return caught.value.reason


@pytest.mark.parametrize(
    "data",
    [
        BILLION_LAUGHS,
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b"<!doctype a><a/>",
        BILLION_LAUGHS.decode().encode("utf-16"),
        BILLION_LAUGHS.decode().encode("utf-32"),
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>',
        b"<a>&b;</a>",
        b"<a",
        b"",
        b"\xff\xfe",
        b"<a/><b/>",
        b"<a" + b"><a" * 300 + b">" + b"</a>" * 301,
    ],
)
def test_declarations_and_broken_documents_are_refused(data: bytes) -> None:
    assert reason_of(data) == "malformed"


def test_a_byte_order_mark_and_a_declaration_are_fine() -> None:
    assert parse(b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?><a>\xc3\xa4</a>').text == "\u00e4"


def test_size_and_number_are_bounded() -> None:
    assert reason_of(b"<a>" + b"x" * MAX_MESSAGE_BYTES + b"</a>") == "too_large"
    assert reason_of(b"<a>" + b"<b/>" * 20_000 + b"</a>") == "too_large"


def test_an_oversized_response_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(SamlError) as caught:
        take(b"A" * (MAX_MESSAGE_BYTES + 1))
    assert caught.value.reason == "too_large"


def test_a_response_with_a_declaration_is_refused() -> None:
    data = etree.tostring(respond())
    with pytest.raises(SamlError) as caught:
        take(b'<!DOCTYPE x [<!ENTITY a "b">]>' + data)
    assert caught.value.reason == "malformed"


def test_a_deflated_bomb_is_not_inflated() -> None:
    """Ten megabytes of spaces become ten kilobytes; inflating stops at the bound."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = compressor.compress(b"<a>" + b" " * 10_000_000 + b"</a>") + compressor.flush()
    with pytest.raises(SamlError) as caught:
        decode_redirect(f"SAMLRequest={quote_plus(base64.b64encode(bomb).decode())}")
    assert caught.value.reason == "too_large"


def test_deep_and_wide_attributes_are_bounded() -> None:
    root = parse(b'<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">x</saml:NameID>')
    assert root.tag == qname("saml:NameID")
    attributes = " ".join(f'a{number}="1"' for number in range(20_001)).encode()
    assert reason_of(b"<a " + attributes + b"/>") == "too_large"
