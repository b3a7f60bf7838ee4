"""Custom CSS that cannot reach outside of the page's origin: one rule, when it is written and when it is drawn.

A style sheet is harmless as long as it can ask for nothing: what attribute selectors find out, only an address could
tell. So addresses lead to `data:` pictures and fonts, to files of the tenant (`/files/…`), or to a place in the
page. The content security policy of the pages is the second lock.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

import tinycss2
from tinycss2.ast import AtKeywordToken, IdentToken, StringToken, URLToken

MAX_LENGTH = 100_000
MAX_DEPTH = 32

# The name of a stored file is the digest of its content, so whichever host it is said to be at, it is at this one too.
_FILE = re.compile(r"(?:https?://[^/?#\s]+)?(/files/[0-9a-f]{64}\.[a-z]{3,4})", re.IGNORECASE)
_DATA = re.compile(r"data:(?:image/|font/|application/(?:x-)?font-|application/vnd\.ms-fontobject)", re.IGNORECASE)
_FRAGMENT = re.compile(r"#[\w-]+")
# What ends a `style` element, and no more: escaped before `*` or `url(`, a slash would change what these begin.
_ELEMENT_END = re.compile(r"</(?=style)", re.IGNORECASE)
# What is asked for instead: nothing.
_NOTHING = "data:,"
# Functions whose strings are addresses, and what may be in them: what `var` puts there cannot be seen.
_OF_ADDRESSES = frozenset({"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade"})
_WITHIN_THEM = frozenset({"type", "calc", "rgb", "rgba", "hsl", "hsla", "linear-gradient", "radial-gradient"})
_REFUSED_FUNCTIONS = frozenset({"expression"})
_REFUSED_PROPERTIES = frozenset({"behavior", "-ms-behavior", "-moz-binding", "progid"})
_REFUSED_RULES = frozenset({"import", "namespace"})


class Problem(NamedTuple):
    """Something that a style sheet may not have, and its line."""

    line: int
    message: str


class _Place(NamedTuple):
    """A list of tokens, how deep it lies, and whether its strings are addresses."""

    tokens: list[Any]
    depth: int
    has_addresses: bool


class _Review:
    """Looks at every token of a style sheet once, and replaces those that may not be there."""

    def __init__(self, css: str) -> None:
        self.problems: list[Problem] = []
        self.is_changed = False
        self.tokens: list[Any] = tinycss2.parse_component_value_list(css, skip_comments=True)
        places = [_Place(self.tokens, 0, has_addresses=False)]
        # Not by recursion: a sheet of brackets alone is as deep as it is long.
        while places:
            place = places.pop()
            for index, token in enumerate(place.tokens):
                if not self._replace(place, index, token) and (inner := _content_of(token)) is not None:
                    has_addresses = getattr(token, "lower_name", "") in _OF_ADDRESSES
                    places.append(_Place(inner, place.depth + 1, has_addresses))

    def _replace(self, place: _Place, index: int, token: Any) -> bool:
        """Put something harmless in the place of what is not; whether that has been done."""
        line, column = token.source_line, token.source_column
        if token.type == "url" or (token.type == "string" and place.has_addresses):
            address = self._checked_address(line, token.value)
            if address == token.value:
                return False
            make = URLToken if token.type == "url" else StringToken
            shown = f"url({address})" if token.type == "url" else f'"{address}"'
            return self._put(place, index, make(line, column, address, shown))
        if token.type == "at-keyword" and token.lower_value in _REFUSED_RULES:
            self._note(line, f"@{token.lower_value} is not allowed")
            return self._put(place, index, AtKeywordToken(line, column, "removed"))
        if token.type == "function" and token.lower_name in _REFUSED_FUNCTIONS:
            self._note(line, f"{token.lower_name}() is not allowed")
        elif token.type == "function" and place.has_addresses and token.lower_name not in _OF_ADDRESSES | _WITHIN_THEM:
            self._note(line, f"{token.lower_name}() is not allowed where an address is expected")
        elif token.type == "ident" and token.lower_value in _REFUSED_PROPERTIES and _is_property(place.tokens, index):
            self._note(line, f"{token.lower_value} is not allowed")
        elif place.depth >= MAX_DEPTH and _content_of(token) is not None:
            self._note(line, "brackets are nested too deeply")
        else:
            return False
        return self._put(place, index, IdentToken(line, column, "none"))

    def _checked_address(self, line: int, address: str) -> str:
        file = _FILE.fullmatch(address)
        if file is not None:
            return file[1]
        if _DATA.match(address) or _FRAGMENT.fullmatch(address) or address == _NOTHING:
            return address
        self._note(line, "an address leads to data:, to an uploaded file (/files/…), or to a #place in the page")
        return _NOTHING

    def _note(self, line: int, message: str) -> None:
        self.problems.append(Problem(line, message))

    def _put(self, place: _Place, index: int, token: Any) -> bool:
        place.tokens[index] = token
        self.is_changed = True
        return True


def _content_of(token: Any) -> list[Any] | None:
    content = getattr(token, "arguments" if token.type == "function" else "content", None)
    return content if isinstance(content, list) else None


def _is_property(tokens: list[Any], index: int) -> bool:
    # White space is one token; a comment may part it in two.
    following = (token for token in tokens[index + 1 : index + 4] if token.type != "whitespace")
    return next(following, None) == ":"


def find_problems(css: str) -> list[Problem]:
    """Return what the style sheet may not have, in the order of its lines."""
    return sorted(set(_Review(css).problems))


@lru_cache(maxsize=128)
def clean_style_sheet(css: str) -> str:
    """Return a style sheet as it may stand in a `style` element, without what it may not have.

    Of one that is too long nothing is left. One that is as it should be stays as it was written.
    """
    if len(css) > MAX_LENGTH:
        return ""
    review = _Review(css)
    cleaned = tinycss2.serialize(review.tokens) if review.is_changed else css
    # `<\/` means the same to a style sheet, and nothing to an HTML parser.
    return _ELEMENT_END.sub(r"<\\/", cleaned)
