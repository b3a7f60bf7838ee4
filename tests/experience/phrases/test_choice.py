"""Which language a page speaks, in the order of the contract."""

from typing import Any

import pytest

from experience.languages import choose_language

GERMAN = {"autoDetect": True, "fallbackLanguage": "de"}
OFF = {"autoDetect": False, "fallbackLanguage": "de"}


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ({"ui_locales": "ja", "locale": "fr", "accept_language": "it"}, "ja"),
        ({"ui_locales": "xx ko ja"}, "ko"),
        ({"ui_locales": "xx", "locale": "fr", "accept_language": "it"}, "fr"),
        ({"accept_language": "xx, it;q=0.5, fr;q=0.9"}, "fr"),
        ({"accept_language": "*"}, "de"),
        ({}, "de"),
        ({"locale": "fr", "accept_language": "it", "language_info": OFF}, "de"),
        ({"ui_locales": "ja", "accept_language": "it", "language_info": OFF}, "ja"),
        ({"language_info": {"autoDetect": True, "fallbackLanguage": "xx"}}, "en"),
        # A variant of a built-in language is that language, an exact tag of the tenant's own comes first.
        ({"ui_locales": "fr-CA"}, "fr"),
        ({"ui_locales": "fr-CA", "custom": {"fr-CA"}}, "fr-CA"),
        ({"ui_locales": "fr-BE", "custom": {"fr-CA"}}, "fr"),
        ({"ui_locales": "pt"}, "pt-PT"),
        ({"ui_locales": "zh-Hant-HK"}, "zh-HK"),
        ({"ui_locales": "zh_CN"}, "zh-CN"),
        # Of a language that is not built in any of the tenant's own will do.
        ({"ui_locales": "sv", "custom": {"sv-SE"}}, "sv-SE"),
        ({"ui_locales": "sv-FI", "custom": {"sv", "sv-SE"}}, "sv"),
        ({"accept_language": "SV-se,de;q=0.9", "custom": {"sv-SE"}}, "sv-SE"),
        ({"ui_locales": "sv ja", "custom": {"nl-NL"}}, "ja"),
        ({"language_info": {"autoDetect": True, "fallbackLanguage": "sv-SE"}, "custom": {"sv-SE"}}, "sv-SE"),
        # Nothing that a stranger sends is looked at longer than it could be a tag.
        ({"ui_locales": "x" * 100_000}, "de"),
        ({"ui_locales": "xx " * 100_000 + "ja"}, "de"),
        ({"locale": "- -- _ \x00"}, "de"),
    ],
)
def test_the_order(asked: dict[str, Any], chosen: str) -> None:
    assert choose_language(**{"language_info": GERMAN, **asked}) == chosen
