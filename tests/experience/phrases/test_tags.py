"""Languages by tag: which there are, how they are written, and how they count."""

import pytest

from experience.languages import wire_languages
from experience.phrases.tags import find_tag, get_tag, known_tags, sample_of


def test_the_list_has_built_in_languages_others_and_the_regions_that_matter() -> None:
    assert wire_languages() <= set(known_tags())
    for tag in ("sv", "sv-SE", "en-GB", "fr-CA", "es-MX", "he", "nb-NO", "sr-Latn", "vi-VN"):
        assert find_tag(tag), tag
    for tag in ("de-CH", "SV-se", "sv_SE", "zh-hans", "pt", "xx", "", "sv-SE-x-secret", "en-XX"):
        assert find_tag(tag) is None, tag


def test_every_language_has_names_a_direction_and_forms() -> None:
    for tag, language in known_tags().items():
        assert tag == language.tag
        assert len(tag) <= 16
        assert language.english
        assert language.native
        assert language.direction in ("ltr", "rtl")
        assert language.forms
        assert all(sample_of(language, form) is not None for form in language.forms)


@pytest.mark.parametrize("tag", ["ar", "fa-IR", "he-IL", "ur-PK"])
def test_right_to_left(tag: str) -> None:
    assert get_tag(tag).direction == "rtl"


@pytest.mark.parametrize(
    ("tag", "numbers"),
    [
        ("sv-SE", {1: "one", 2: "other"}),
        ("fr", {0: "one", 1: "one", 2: "other"}),
        ("pl-PL", {1: "one", 3: "few", 5: "many", 22: "few"}),
        ("ar", {0: "zero", 1: "one", 2: "two", 3: "few", 30: "many", 100: "other"}),
        ("cy-GB", {1: "one", 2: "two", 3: "few", 6: "many", 30: "other"}),
        ("ja", {1: "other", 30: "other"}),
    ],
)
def test_numbers_have_the_forms_of_their_language(tag: str, numbers: dict[int, str]) -> None:
    language = get_tag(tag)
    assert {number: language.form_of(number) for number in numbers} == numbers
