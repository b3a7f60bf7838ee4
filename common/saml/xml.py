"""Parsing and writing XML: what comes from others has no DTD, no entities, no comments, and a bounded size."""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from lxml import etree

from common.saml.errors import SamlError
from common.saml.names import NAMESPACES, qname

Element: TypeAlias = Any  # lxml has no types

MAX_MESSAGE_BYTES = 256 * 1024
MAX_METADATA_BYTES = 1024 * 1024
# Elements and attributes of a message; a response of a directory with hundreds of groups has a few thousand.
MAX_NODES = 20_000
_DECLARATIONS = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_ID_NAMES = ("ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id")


def hardened_parser() -> Any:
    """Return a parser that opens nothing, expands nothing and keeps neither comments nor processing instructions.

    A comment inside of a name cannot cut it short: the text before and after it is one text, as canonicalization
    without comments, the only one that signatures may use here, sees it.
    """
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
        recover=False,
    )


def parse(data: bytes, *, max_bytes: int = MAX_MESSAGE_BYTES) -> Element:
    """Return the root element of a document of somebody else; raises `SamlError` (`too_large`, `malformed`)."""
    if len(data) > max_bytes:
        raise SamlError("too_large", f"more than {max_bytes} bytes of XML")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SamlError("malformed", "the XML is not UTF-8") from None
    # Before any parser sees it: a declared entity is expanded inside of attributes even if it is not resolved in text.
    if _DECLARATIONS.search(text):
        raise SamlError("malformed", "the XML has a document type declaration")
    try:
        root = etree.fromstring(text.encode(), parser=hardened_parser())
    except (etree.LxmlError, ValueError):
        raise SamlError("malformed", "not well-formed XML") from None
    if root.getroottree().docinfo.doctype:
        raise SamlError("malformed", "the XML has a document type declaration")
    _check_nodes(root)
    return root


def _check_nodes(root: Element) -> None:
    ids: Counter[str] = Counter()
    nodes = 0
    for element in root.iter():
        nodes += 1 + len(element.attrib)
        if not isinstance(element.tag, str):
            raise SamlError("malformed", "the XML has an entity reference")
        ids.update({value for name in _ID_NAMES if (value := element.get(name)) is not None})
    if nodes > MAX_NODES:
        raise SamlError("too_large", f"more than {MAX_NODES} elements and attributes")
    if any(count > 1 for count in ids.values()):
        raise SamlError("malformed", "an ID occurs twice")


def serialize(element: Element) -> bytes:
    """Return an element as a document of its own, with the namespaces in scope and without what follows it."""
    return bytes(etree.tostring(element, encoding="utf-8", with_tail=False))


def element(name: str, attributes: Mapping[str, str | None] | None = None, text: str | None = None) -> Element:
    """Return a new element by its prefixed name; attributes that are `None` are left out.

    Characters that XML cannot hold are taken out of the values.
    """
    prefix = name.partition(":")[0]
    created = etree.Element(qname(name), nsmap={prefix: NAMESPACES[prefix]})
    _fill(created, attributes, text)
    return created


def add(
    parent: Element, name: str, attributes: Mapping[str, str | None] | None = None, text: str | None = None
) -> Element:
    """Append a new element, as `element` makes one, and return it."""
    prefix = name.partition(":")[0]
    created = etree.SubElement(parent, qname(name), nsmap={prefix: NAMESPACES[prefix]})
    _fill(created, attributes, text)
    return created


_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _fill(created: Element, attributes: Mapping[str, str | None] | None, text: str | None) -> None:
    for key, value in (attributes or {}).items():
        if value is not None:
            created.set(key, _FORBIDDEN.sub("", value))
    if text is not None:
        created.text = _FORBIDDEN.sub("", text)


def children(parent: Element, name: str) -> list[Element]:
    """Return the direct children of a prefixed name."""
    return list(parent.findall(qname(name)))


def child(parent: Element, name: str) -> Element | None:
    """Return the only direct child of a prefixed name, or `None`; two are malformed."""
    found = children(parent, name)
    if len(found) > 1:
        raise SamlError("malformed", f"more than one {name}")
    return found[0] if found else None


def text_of(found: Element | None) -> str | None:
    """Return the text of an element without surrounding space; `None` if it is absent or empty.

    An element that should hold a text and holds elements is malformed: the text before the first one is not its value.
    """
    if found is None:
        return None
    if len(found):
        raise SamlError("malformed", f"{etree.QName(found).localname} has elements inside of it")
    return (found.text or "").strip() or None


def child_text(parent: Element, name: str) -> str | None:
    """Return the text of the only direct child of a prefixed name."""
    return text_of(child(parent, name))


def decode_base64(value: str, *, max_bytes: int) -> bytes:
    """Decode base64 (RFC 4648 section 4) that may be broken into lines."""
    if len(value) > max_bytes * 3 // 2:
        raise SamlError("too_large", f"more than {max_bytes} bytes")
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise SamlError("malformed", "not base64") from None


def format_moment(moment: datetime) -> str:
    """Return an xs:dateTime in UTC with milliseconds (SAML core 1.3.3)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def parse_moment(value: str | None) -> datetime | None:
    """Return an aware moment of an xs:dateTime; without a zone it is UTC, as SAML demands."""
    if value is None:
        return None
    if len(value) > 40:
        raise SamlError("malformed", "not a date with time")
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise SamlError("malformed", "not a date with time") from None


def parse_boolean(value: str | None) -> bool:
    """Return an xs:boolean; absent is false."""
    return value is not None and value.strip() in ("true", "1")
