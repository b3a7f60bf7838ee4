"""Countries and their calling codes: for phone numbers typed as they are dialled at home.

The names in `country_names/` are those of the Unicode CLDR (release 47, license Unicode-3.0), one file a language.
"""

import functools
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import phonenumbers
from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

_NAMES = Path(__file__).parent / "country_names"
_REGION = re.compile(r"^\s*[A-Za-z]{2,3}(?:-[A-Za-z]{4})?-([A-Za-z]{2})\b")
_LANGUAGE = re.compile(r"^\s*([A-Za-z]{2,3}(?:-[A-Za-z]{4})?)\b")
# Where a language is spoken that has one country more than others: a tag without a country means this one.
_HOMES = {
    "cs": "CZ",
    "de": "DE",
    "fa": "IR",
    "fr": "FR",
    "it": "IT",
    "ja": "JP",
    "ko": "KR",
    "pl": "PL",
    "ru": "RU",
    "th": "TH",
    "tr": "TR",
    "uk": "UA",
    "zh-hans": "CN",
    "zh-hant": "TW",
}


def region_of(*languages: str) -> str | None:
    """Return the country of the first tag that has one (`de-AT` → `AT`, `ja` → `JP`, `en` → none).

    A tag may be the beginning of an `Accept-Language` header: what follows the first comma is not read.
    """
    for tag in languages:
        if (match := _REGION.match(tag)) and match[1].upper() in phonenumbers.SUPPORTED_REGIONS:
            return match[1].upper()
        if not match and (language := _LANGUAGE.match(tag)) and (home := _HOMES.get(language[1].lower())):
            return home
    return None


def _sorting(name: str) -> str:
    """`Ägypten` stands under A."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign)).casefold()


@functools.cache
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    names: dict[str, str] = json.loads((_NAMES / f"{language}.json").read_text())
    known = sorted((name, region) for region, name in names.items() if region in phonenumbers.SUPPORTED_REGIONS)
    known.sort(key=lambda country: _sorting(country[0]))
    return tuple((region, f"{name} (+{phonenumbers.country_code_for_region(region)})") for name, region in known)


@functools.cache
def _options(language: str) -> str:
    """All options as markup: drawn once for each language, as drawing them takes longer than the rest of the page."""
    return "".join(format_html('<option value="{}">{}</option>', *country) for country in _countries(language))


def _language() -> str:
    return get_language() or "en"


def name_of_country(region: str) -> str:
    """Return a country with its calling code, in the page's language: `Germany (+49)`."""
    return dict(_countries(_language())).get(region, "")


class _CountrySelect(forms.Select):
    """A list of all countries, put together here: Django's template for each option takes a hundred times as long."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        given = self.build_attrs(self.attrs, attrs)
        options = _options(_language())
        if value in phonenumbers.SUPPORTED_REGIONS:
            options = options.replace(f'value="{value}"', f'value="{value}" selected', 1)
        drawn = mark_safe(options)  # noqa: S308 - format_html has escaped every option
        return format_html('<select name="{}"{}><option value="">–</option>{}</select>', name, flatatt(given), drawn)


class CountryField(forms.Field):
    """The country whose numbers need no country code. Numbers with one are of their own country."""

    widget = _CountrySelect

    def __init__(self, **options: Any) -> None:
        attrs = {"class": "input", "autocomplete": "country"}
        super().__init__(required=False, widget=_CountrySelect(attrs=attrs), **options)

    def clean(self, value: Any) -> str | None:
        """Return the country, or none for what is not on the list."""
        return value if value in phonenumbers.SUPPORTED_REGIONS else None
