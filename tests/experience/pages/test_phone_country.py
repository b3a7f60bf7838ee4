"""A phone number typed as it is dialled at home belongs to the country that the page shows.

The field told nobody which country a number without a code would be taken for.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from django.utils import translation

from applications.models import Application
from experience.pages.countries import CountryField
from experience.pages.forms import IdentifierForm
from tests.experience.pages.conftest import Visitor

_SELECTED = re.compile(r'<option value="(\w\w)" selected>([^<]+)</option>')


@pytest.fixture
def by_phone(connectors: None, settings_of: Callable[..., None]) -> None:
    """Users sign in with a code sent to their phone."""
    method = {"identifier": "phone", "password": False, "verificationCode": True, "isPasswordPrimary": False}
    settings_of(
        signIn={"methods": [method]},
        signUp={"identifiers": ["phone"], "password": False, "verify": True},
    )


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("languages", "shown"),
    [
        ("pt-BR,pt;q=0.9", ("BR", "Brasil (+55)")),
        ("de", ("DE", "Deutschland (+49)")),
        ("en-GB", ("GB", "United Kingdom (+44)")),
    ],
)
def test_the_page_offers_the_country_of_the_browser(
    application: Application, by_phone: None, languages: str, shown: tuple[str, str]
) -> None:
    visitor = Visitor(application, accept_language=languages).open()
    assert _SELECTED.findall(visitor.html) == [shown]


@pytest.mark.parametrize(
    ("country", "typed", "meant"),
    [
        ("BR", "(11) 96123-4567", "5511961234567"),
        ("DE", "0171 1234567", "491711234567"),
        ("DE", "+44 7400 123456", "447400123456"),
        ("AU", "0011 44 7400 123456", "447400123456"),
    ],
)
def test_the_country_that_is_chosen_counts(country: str, typed: str, meant: str) -> None:
    form = IdentifierForm({"country": country, "identifier": typed}, kinds=("phone",), region="US")
    assert form.is_valid()
    assert form.identifier.value == meant


@pytest.mark.parametrize("country", ["", "XX", "D" * 10_000])
def test_without_a_country_the_number_has_a_code(country: str) -> None:
    form = IdentifierForm({"country": country, "identifier": "0171 1234567"}, kinds=("phone",), region="DE")
    assert form.errors.as_data()["identifier"][0].code == "user.invalid_phone"


def test_a_country_that_was_not_asked_for_counts_for_nothing() -> None:
    """Anybody could send one to a form without the list, and was answered 500."""
    form = IdentifierForm({"country": "AT", "identifier": "0171 1234567"}, kinds=("email", "phone"), region="DE")
    assert form.is_valid()
    assert form.identifier.value == "491711234567"


def test_a_field_that_takes_other_things_too_says_which_country_counts(english: None) -> None:
    form = IdentifierForm(kinds=("email", "phone"), region="DE")
    assert "country" not in form.fields
    assert form.fields["identifier"].help_text == "Phone numbers without a country code: Germany (+49)"
    assert "+49 151" in str(IdentifierForm(kinds=("email", "phone"), region=None).fields["identifier"].help_text)


def test_the_keyboard_begins_at_the_number() -> None:
    form = IdentifierForm(kinds=("phone",), region=None)
    form.show_focus()
    assert form.fields["identifier"].widget.attrs["autofocus"]
    assert isinstance(form.fields["country"], CountryField)


def test_what_was_chosen_is_still_chosen_after_a_refusal(english: None) -> None:
    form = IdentifierForm({"country": "AT", "identifier": "1"}, kinds=("phone",), region="DE")
    assert not form.is_valid()
    assert _SELECTED.findall(str(form["country"])) == [("AT", "Austria (+43)")]
