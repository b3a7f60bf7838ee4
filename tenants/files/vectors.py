"""SVG without what could act: no scripts, no links out of the file, no foreign elements, no entities.

The file is bounded in size, in depth, in elements and in namespaces before it is cleaned: a cleaner that indents writes
a file that grows with the square of the depth, and looks at all namespaces for each element.
"""

import re
from io import BytesIO

from lxml import etree
from py_svg_hush import filter_svg

from common.errors import AppError
from common.style_sheets import MAX_LENGTH, clean_style_sheet

MAX_BYTES = 512 * 1024
MAX_DEPTH = 64
MAX_ELEMENTS = 20_000
# At one place: those of the drawing program and of what it draws for.
MAX_NAMESPACES = 64

_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml|<!--|<!DOCTYPE\s+svg|<(?:\w+:)?svg)", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!ENTITY|<!ATTLIST|<!DOCTYPE[^>]*\[", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*>", re.IGNORECASE)
_ROOT = "{http://www.w3.org/2000/svg}svg"
# The attributes whose functions may ask for an image.
_STYLED = frozenset({"style", "cursor", "mask"})
_MAY_LEAD_ELSEWHERE = re.compile(rb"<style|style=|cursor=|mask=")
_STYLE = "{http://www.w3.org/2000/svg}style"


def is_vector(content: bytes) -> bool:
    """Whether the file begins as XML does; no picture of pixels does."""
    return _START.match(content) is not None


def clean_vector(content: bytes) -> bytes:
    """Return the drawing without scripts, styles that lead elsewhere, and references to other files.

    Raises `guard.mime_type_not_allowed` for what is no SVG or declares entities, `guard.file_size_exceeded`.
    """
    if len(content) > MAX_BYTES:
        raise AppError("guard.file_size_exceeded", details=f"an SVG has at most {MAX_BYTES} bytes")
    if _DECLARATION.search(content):
        raise _refused("the SVG declares entities")
    # It only names the standard; the cleaner knows none.
    content = _DOCTYPE.sub(b"", content, count=1)
    _check_extent(content)
    try:
        cleaned: bytes = filter_svg(content)
    except ValueError as error:
        raise _refused("this is not a well-formed SVG") from error
    return _with_clean_styles(cleaned) if _MAY_LEAD_ELSEWHERE.search(cleaned) else cleaned


def _with_clean_styles(content: bytes) -> bytes:
    """Return the drawing with styles that lead nowhere: `url` is not the only function of addresses."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    root = etree.fromstring(content, parser)
    for element in root.iter(etree.Element):
        if element.tag == _STYLE:
            words = "".join(element.itertext())
            del element[:]
            element.text = _clean_style(words)
        for name in _STYLED & set(element.keys()):
            element.set(name, _clean_style(element.get(name)))
    cleaned: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return cleaned


def _clean_style(css: str) -> str:
    if len(css) > MAX_LENGTH:
        raise _refused("a style of the SVG is too long")
    return clean_style_sheet(css)


def _check_extent(content: bytes) -> None:
    depth = elements = namespaces = 0
    parsing = etree.iterparse(
        BytesIO(content),
        events=("start", "end", "start-ns", "end-ns"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=False,
    )
    try:
        for event, element in parsing:
            if event in ("start-ns", "end-ns"):
                namespaces += 1 if event == "start-ns" else -1
                if namespaces > MAX_NAMESPACES:
                    raise _refused("the SVG has too many namespaces")
                continue
            if event == "end":
                depth -= 1
                element.clear()
                continue
            if not elements and element.tag != _ROOT:
                raise _refused("this is not an SVG")
            depth, elements = depth + 1, elements + 1
            if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
                raise _refused("the SVG has too many elements, one within the other or together")
    except (etree.LxmlError, ValueError) as error:
        raise _refused("this is not a well-formed SVG") from error


def _refused(reason: str) -> AppError:
    return AppError("guard.mime_type_not_allowed", details=reason)
