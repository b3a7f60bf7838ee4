"""SVG: drawings without scripts, foreign elements, entities and ways out of the file."""

import pytest

from common.errors import AppError
from tenants.files.pictures import read_asset, read_avatar
from tenants.files.vectors import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, MAX_NAMESPACES
from tests.pictures import svg

XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def test_a_drawing_stays_a_drawing() -> None:
    inside = '<defs><linearGradient id="g"/></defs><path d="M0 0h9" fill="url(#g)" style="opacity:.5"/>'
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    for before in ("", "\ufeff", '<?xml version="1.0"?><!-- made by hand -->', f'<?xml version="1.0"?>{doctype}'):
        stored = read_asset(svg(inside, before=before))
        assert stored.media_type == "image/svg+xml"
        assert b'd="M0 0h9"' in stored.content
        assert b"url(#g)" in stored.content
        assert b"DTD" not in stored.content


@pytest.mark.parametrize(
    ("inside", "attributes"),
    [
        ("<script>alert(1)</script>", ""),
        ("<SCRIPT>alert(1)</SCRIPT>", ""),
        ("<script href='data:text/javascript,alert(1)'/>", ""),
        ("", 'onload="alert(1)"'),
        ("<path onclick='alert(1)'/>", ""),
        ("<a href='javascript:alert(1)'><path/></a>", ""),
        ("<a xlink:href='java&#10;script:alert(1)'><path/></a>", XLINK),
        ("<set attributeName='onload' to='alert(1)'/><animate attributeName='href' values='javascript:alert(1)'/>", ""),
        ("<foreignObject><body xmlns='http://www.w3.org/1999/xhtml' onload='alert(1)'/></foreignObject>", ""),
        ("<iframe xmlns='http://www.w3.org/1999/xhtml' src='javascript:alert(1)'/>", ""),
        ("<handler type='text/javascript'>alert(1)</handler>", ""),
    ],
)
def test_what_could_act_is_gone(inside: str, attributes: str) -> None:
    stored = read_asset(svg(inside, attributes=attributes)).content.lower()
    for word in (b"<script", b"onload=", b"onclick", b"href", b"attributename", b"<foreign", b"<iframe", b"<handler"):
        assert word not in stored


@pytest.mark.parametrize(
    "inside",
    [
        "<image href='https://evil.example/x.png'/>",
        f"<image {XLINK} xlink:href='//evil.example/x.png'/>",
        f"<use {XLINK} xlink:href='https://evil.example/x.svg#a'/>",
        "<style>@import url(https://evil.example/x.css); path { fill: url(https://evil.example/#a) }</style>",
        "<path style='fill: url(//evil.example/x)' filter='url(https://evil.example/x#f)'/>",
    ],
)
def test_nothing_leads_elsewhere(inside: str) -> None:
    stored = read_asset(svg(inside)).content
    for reference in (b'href="http', b'href="//', b"@import", b"url(//", b"url(http"):
        assert reference not in stored


@pytest.mark.parametrize(
    "inside",
    [
        "<style>path { background: image-set('https://evil.example/x' 1x) }</style>",
        "<style><![CDATA[path { mask: src('https://evil.example/x') }]]></style>",
        "<path style='mask-image: -webkit-image-set(\"https://evil.example/x\" 1x)'/>",
        "<path mask='src(\"https://evil.example/x\")'/>",
    ],
)
def test_no_function_of_a_style_leads_elsewhere(inside: str) -> None:
    """The cleaner knows `url` alone: what else names an address stayed, for the policy of the file's answer to stop."""
    stored = read_asset(svg(inside + "<style>path { fill: #0a0 }</style><path style='opacity:.5'/>")).content
    assert b"evil" not in stored
    assert b"path { fill: #0a0 }" in stored
    assert b'style="opacity:.5"' in stored


def test_a_style_of_a_drawing_has_a_bound() -> None:
    with pytest.raises(AppError) as refused:
        read_asset(svg(f"<style>{'a{}' * 40_000}</style>"))
    assert refused.value.code == "guard.mime_type_not_allowed"


@pytest.mark.parametrize(
    "content",
    [
        svg("<text>&x;</text>", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        svg("<text>&x;</text>", before='<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY x "&a;&a;&a;&a;">]>'),
        svg(before='<!DOCTYPE svg [<!ENTITY % x SYSTEM "https://evil.example/x.dtd"> %x;]>'),
        svg("<text>&undeclared;</text>"),
        svg("<g>" * MAX_DEPTH + "</g>" * MAX_DEPTH),
        svg("<g/>" * MAX_ELEMENTS),
        b"<svg>without a namespace</svg>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><g>',
        b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
        b'<?xml version="1.0" encoding="utf-7"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        svg().decode().encode("utf-16"),
        b"\x1f\x8b\x08\x00svgz",
    ],
)
def test_entities_depth_and_what_is_no_svg_are_refused(content: bytes) -> None:
    """The cleaner indents: twenty thousand groups in one another, 140 kB, became 800 MB."""
    with pytest.raises(AppError) as refused:
        read_asset(content)
    assert refused.value.code == "guard.mime_type_not_allowed"


def test_a_large_one_is_refused_and_none_is_a_users_picture() -> None:
    with pytest.raises(AppError) as refused:
        read_asset(svg("<g/>" + " " * MAX_BYTES))
    assert refused.value.code == "guard.file_size_exceeded"
    with pytest.raises(AppError) as refused:
        read_avatar(svg())
    assert refused.value.code == "guard.mime_type_not_allowed"


def test_namespaces_are_few_at_one_place() -> None:
    """The cleaner looks at all of them for each element: half a megabyte of them kept a processor busy for minutes."""
    many = " ".join(f'xmlns:a{index}="u"' for index in range(MAX_NAMESPACES))
    with pytest.raises(AppError) as refused:
        read_asset(svg("<g/>", attributes=many))
    assert refused.value.code == "guard.mime_type_not_allowed"
    read_asset(svg(f"<path {XLINK}/>" * (MAX_NAMESPACES * 2)))
