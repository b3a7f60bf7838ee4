"""`python -m config.catalogs` (`make messages`): bring the translations in line with the source, and compile them.

Each `locale/*/LC_MESSAGES/django.po` gets the sentences that pages and messages have gained, without a translation, and
loses those that the source no longer has. What is left keeps its place, and nothing carries a date or a line number:
a second run changes nothing. Needs GNU gettext. Every sentence of the pages also has a key (`config.phrase_keys`).
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management.commands import makemessages

from config import environment
from config.phrase_keys import MESSAGES, read_entries, sentences_with_keys, update_keys

# What users of the tenants meet. Sentences of the console and of the APIs are translated where somebody has done so.
TRANSLATED = (
    "connectors/messages.py",
    "experience/pages/",
    "experience/profile_fields/refusals.py",
    "experience/templates/",
    "oidc/device/errors.py",
    "oidc/templates/",
    "saml/page_errors.py",
)
PAGES = tuple(prefix for prefix in TRANSLATED if not prefix.startswith(MESSAGES))
_IGNORED = [".*", "locale", "node_modules", "tests", "bench", "examples", "docs"]
_GETTEXT = ("xgettext", "msguniq", "msgattrib", "msgcat", "msgfmt")


class _Extraction(makemessages.Command):
    """Django reads Python and templates into one template catalog, without locations and wrapped lines."""

    xgettext_options = ["--from-code=UTF-8", "--no-location", "--no-wrap"]
    msguniq_options = ["--to-code=utf-8", "--no-wrap"]

    def __init__(self, folder: Path, prefixes: tuple[str, ...]) -> None:
        super().__init__()
        self.domain, self.verbosity, self.symlinks, self.extensions = "django", 0, False, {".py", ".html", ".txt"}
        self.invoked_for_django, self.ignore_patterns = False, _IGNORED
        self.locale_paths, self.default_locale_path = [str(folder)], str(folder)
        self.prefixes = prefixes

    def find_files(self, root: str) -> list[Any]:
        """Return the files of the installation that lie below the prefixes."""
        files = super().find_files(root)
        return [file for file in files if file.path.removeprefix("./").startswith(self.prefixes)]


def template_catalog(folder: Path, prefixes: tuple[str, ...] = ("",)) -> Path:
    """Write the sentences of the source below `prefixes` into a template catalog in `folder` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    [path] = _Extraction(folder, prefixes).build_potfiles()
    return Path(path)


def update(catalog: Path, *, known: Path, wanted: Path) -> None:
    """Drop from the catalog what `known` lacks, append what only `wanted` has, and compile it."""
    options = ["--no-wrap", "--no-location"]
    kept = _gettext("msgattrib", *options, "--set-obsolete", f"--ignore-file={known}", str(catalog))
    kept = _gettext("msgattrib", *options, "--no-obsolete", "-", text=kept)
    complete = _gettext("msgcat", *options, "--use-first", "-", str(wanted), text=kept)
    catalog.write_text(complete)
    _gettext("msgfmt", "--check-format", f"--output-file={catalog.with_suffix('.mo')}", str(catalog))


def _gettext(*command: str, text: str | None = None) -> str:
    return subprocess.run(command, input=text, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout


def main() -> None:
    """Update and compile every catalog of the installation."""
    if missing := [name for name in _GETTEXT if shutil.which(name) is None]:
        raise SystemExit(f"GNU gettext is missing ({', '.join(missing)}). On Debian: apt-get install gettext")
    environment.prepare()
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        known = template_catalog(Path(folder, "known"))
        wanted = template_catalog(Path(folder, "wanted"), TRANSLATED)
        catalogs = [
            path for root in settings.LOCALE_PATHS for path in sorted(Path(root).glob("*/LC_MESSAGES/django.po"))
        ]
        for catalog in catalogs:
            update(catalog, known=known, wanted=wanted)
        of_messages = read_entries(template_catalog(Path(folder, "messages"), MESSAGES))
        wanted_keys = sentences_with_keys(
            translated=read_entries(catalogs[0]),
            of_pages=read_entries(template_catalog(Path(folder, "pages"), PAGES)),
            of_messages=of_messages,
        )
        for key in update_keys(wanted_keys):
            sys.stdout.write(f"New key in locale/phrases.json, to be named well: {key}\n")


if __name__ == "__main__":
    main()
