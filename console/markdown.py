"""Guides in Markdown as pages show them: without HTML of their own, and with links that leave the console alone."""

from typing import Any

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

# Headings of a guide are below those of the page around it.
_LEVELS = 2
_LOWEST = 6


def _open_link(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    tokens[index].attrSet("target", "_blank")
    tokens[index].attrSet("rel", "noopener noreferrer")
    tokens[index].attrJoin("class", "gh-link")
    return self.renderToken(tokens, index, options, env)


def _heading(self: RendererHTML, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    level = min(int(tokens[index].tag[1:]) + _LEVELS, _LOWEST)
    tokens[index].tag = f"h{level}"
    return self.renderToken(tokens, index, options, env)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("link_open", _open_link)
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    return parser


_PARSER = _parser()


def render_markdown(text: str) -> SafeString:
    """Return Markdown as HTML; tags in it are shown as text, `javascript:` addresses are no links."""
    return mark_safe(_PARSER.render(text))  # noqa: S308 - the parser escapes everything that is not its own markup
