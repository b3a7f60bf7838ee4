"""The sentences of the source, read without gettext's tools."""

import ast
import re
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.translation.template import templatize

from config.phrase_keys import Entry

# Function -> where its arguments have the context, the sentence and its plural.
_PLACES = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (None, 0, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, 0, 1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, 1, 2)),
}
_CALL = re.compile(r"\b(?:n?p?gettext|_)\((?:[^()'\"]|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")*\)", re.DOTALL)


def sentences_of(prefixes: Iterable[str]) -> set[Entry]:
    """Return every sentence of the files and folders."""
    return {entry for prefix in prefixes for entry in _sentences(prefix)}


def _sentences(prefix: str) -> Iterator[Entry]:
    root = settings.BASE_DIR / prefix
    for path in [root] if root.is_file() else sorted(root.rglob("*.*")):
        if path.suffix == ".py":
            yield from _calls(ast.parse(path.read_text()))
        elif path.suffix in (".html", ".txt"):
            for call in _CALL.findall(templatize(path.read_text(), origin=str(path))):
                yield from _calls(ast.parse(call.strip()))


def _calls(tree: ast.AST) -> Iterator[Entry]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _PLACES:
            context, text, plural = (_constant(node, place) for place in _PLACES[node.func.id])
            if text:
                yield Entry(text, plural, context)


def _constant(call: ast.Call, place: int | None) -> str:
    argument = None if place is None else call.args[place]
    return str(argument.value) if isinstance(argument, ast.Constant) else ""
