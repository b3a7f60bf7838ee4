"""Every sentence of the pages and of the messages speaks every language."""

import ast
import gettext
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import to_locale

from config.catalogs import TRANSLATED

LANGUAGES = [to_locale(code) for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
FUNCTIONS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_TRANSLATE = re.compile(r'{% translate "([^"]+)"')
_PLACES = re.compile(r"%\(\w+\)s|\{\w+\}|<[^>]+>")


def _python_sentences() -> set[str]:
    found = set()
    for source in TRANSLATED:
        root = settings.BASE_DIR / source
        for path in [root] if root.is_file() else root.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
                    argument = node.args[0]
                    if isinstance(argument, ast.Constant):
                        found.add(str(argument.value))
    return found


def _template_sentences() -> set[str]:
    return {
        sentence
        for root in TRANSLATED
        for path in (settings.BASE_DIR / root).rglob("*.html")
        for sentence in _TRANSLATE.findall(path.read_text())
    }


def _catalog(locale: str) -> Mapping[object, str]:
    path = settings.BASE_DIR / "locale" / locale / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as file:
        return vars(gettext.GNUTranslations(file))["_catalog"]


def _unquoted(lines: str) -> str:
    return "".join(ast.literal_eval(line) for line in lines.splitlines())


def _source(locale: str) -> dict[str, str]:
    text = (settings.BASE_DIR / Path("locale", locale, "LC_MESSAGES", "django.po")).read_text()
    entries = re.findall(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)', text, re.MULTILINE)
    return {key: value for raw, text in entries if (key := _unquoted(raw)) and (value := _unquoted(text))}


@pytest.mark.parametrize("locale", LANGUAGES)
def test_nothing_is_left_in_english(locale: str) -> None:
    catalog = _catalog(locale)
    assert sorted((_python_sentences() | _template_sentences()) - set(catalog)) == []


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_compiled_catalog_is_that_of_the_source(locale: str) -> None:
    compiled = {key: value for key, value in _catalog(locale).items() if isinstance(key, str) and key}
    assert compiled == _source(locale)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_places_and_markup_survive_translation(locale: str) -> None:
    for key, value in _source(locale).items():
        assert sorted(_PLACES.findall(key)) == sorted(_PLACES.findall(value)), key
