"""`make messages`: catalogs follow the source, entry by entry, and carry nothing that changes by itself."""

import gettext
import shutil
from pathlib import Path

import pytest

from config import catalogs

pytestmark = pytest.mark.skipif(shutil.which("msgcat") is None, reason="GNU gettext is not installed")

HEADER = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'


def entry(sentence: str, translation: str = "") -> str:
    return f'\nmsgid "{sentence}"\nmsgstr "{translation}"\n'


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    path = tmp_path / "django.po"
    path.write_text(HEADER + entry("Sign in", "Anmelden") + entry("Gone", "Weg") + entry("Back", "Zurück"))
    return path


def test_it_gains_and_loses_what_the_source_does_and_keeps_its_order(catalog: Path, tmp_path: Path) -> None:
    known, wanted = tmp_path / "known.pot", tmp_path / "wanted.pot"
    known.write_text(HEADER + entry("Back") + entry("Sign in") + entry("New") + entry("Only the console says this"))
    wanted.write_text(HEADER + entry("New") + entry("Sign in"))
    catalogs.update(catalog, known=known, wanted=wanted)
    expected = HEADER + entry("Sign in", "Anmelden") + entry("Back", "Zurück") + entry("New")
    assert catalog.read_text() == expected
    with catalog.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert (compiled.gettext("Back"), compiled.gettext("New")) == ("Zurück", "New")
    catalogs.update(catalog, known=known, wanted=wanted)
    assert catalog.read_text() == expected


def test_the_sentences_of_pages_and_messages_are_found(tmp_path: Path) -> None:
    everything = catalogs.template_catalog(tmp_path / "known").read_text()
    pages = catalogs.template_catalog(tmp_path / "wanted", catalogs.TRANSLATED).read_text()
    assert 'msgid "Create account"' in pages
    assert 'msgid "What are you building?"' in everything
    assert 'msgid "What are you building?"' not in pages


@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parents[2].glob("locale/*/LC_MESSAGES/django.po")), ids=lambda path: path.parts[-3]
)
def test_no_catalog_has_dates_or_places(path: Path) -> None:
    text = path.read_text()
    assert "POT-Creation-Date" not in text
    assert "\n#: " not in text
    assert "\n#~ " not in text
