"""Phone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import AppError
from identity.identifiers import is_valid_phone, looks_like_phone, normalize_phone, phone_digits


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("491711234567", "491711234567"),
        ("+49 171 1234567", "491711234567"),
        ("+1 (310) 555-0123", "13105550123"),
        ("8613800138000", "8613800138000"),
        ("33.6.12.34.56.78", "33612345678"),
        # The national prefix after the country code is not part of the number.
        ("610412345678", "61412345678"),
        ("+44 (0)20 7946 0958", "442079460958"),
        # The zero of an Italian land line is.
        ("390612345678", "390612345678"),
    ],
)
def test_one_form_for_each_number(typed: str, stored: str) -> None:
    assert normalize_phone(typed) == stored
    assert normalize_phone(stored) == stored
    assert is_valid_phone(stored)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "+",
        "1",
        "123",
        "0000000000",
        "9991234567",
        "12345678",
        "1" * 33,
        "1" * 5000,
        "1-800-FLOWERS",
        "99999",
        "15550100",
        # Zeros that stay in front: each reading took one more away, so that the stored number was never found again.
        "270000000",
        "²³49171",
        "+" + "49171" * 20,
    ]
    + ["49171123456x", "491711234567\n", "491711234567;ext=5", "tel:+491711234567", "++"],
)
def test_impossible_numbers(typed: str) -> None:
    with pytest.raises(AppError) as caught:
        normalize_phone(typed)
    assert (caught.value.code, caught.value.status) == ("user.invalid_phone", 422)


@pytest.mark.parametrize("phone", ["", "+491711234567", "49 171", "٤٩", "49\n", "4" * 33])
def test_wire_form_is_digits_alone(phone: str) -> None:
    assert not is_valid_phone(phone)


@given(st.text("0123456789+ -", max_size=20))
def test_normalizing_is_stable(typed: str) -> None:
    try:
        once = normalize_phone(typed)
    except AppError:
        return
    assert is_valid_phone(once)
    assert normalize_phone(once) == once


@pytest.mark.parametrize(
    ("typed", "region", "stored"),
    [
        # Non-breaking spaces and hyphens, as address books and web pages have them.
        ("+49\u00a0171\u202f123\u20114567", None, "491711234567"),
        ("\u202a+49 171 1234567\u202c", None, "491711234567"),
        ("+49 (0) 171/1234567", None, "491711234567"),
        ("0171\u00a0123\u20114567", "DE", "491711234567"),
        # Digits of other scripts.
        ("+٢٠ ١٠٠ ١٢٣ ٤٥٦٧", None, "201001234567"),
        ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "IR", "989123456789"),
        ("＋８１ ９０-１２３４-５６７８", None, "819012345678"),
        # International prefixes: a country's own, and the most frequent one anywhere.
        ("0011 44 20 7946 0958", "AU", "442079460958"),
        ("011 44 20 7946 0958", "US", "442079460958"),
        ("810 44 20 7946 0958", "RU", "442079460958"),
        ("00 44 20 7946 0958", None, "442079460958"),
        # Mexico's prefixes of before 2019.
        ("+52 1 55 1234 5678", None, "525512345678"),
        ("5215512345678", None, "525512345678"),
        ("044 55 1234 5678", "MX", "525512345678"),
        ("01 55 1234 5678", "MX", "525512345678"),
        ("55 1234 5678", "MX", "525512345678"),
        # Argentina's mobile numbers: 15 at home, 9 from abroad.
        ("011 15 3123 4567", "AR", "5491131234567"),
        ("8 912 345 67 89", "RU", "79123456789"),
        # A number without `+` in another country than its own.
        ("491711234567", "AT", "491711234567"),
        ("491711234567", "US", "491711234567"),
    ],
)
def test_every_customary_writing_is_that_number(typed: str, region: str | None, stored: str) -> None:
    """Each of these was refused, or became another number, while people, phones and address books write them."""
    assert normalize_phone(typed, region=region) == stored
    assert looks_like_phone(typed)


@pytest.mark.parametrize("typed", ["0171 1234567", "011 44 20 7946 0958"])
def test_national_writing_needs_a_country(typed: str) -> None:
    with pytest.raises(AppError):
        normalize_phone(typed)


@pytest.mark.parametrize(
    ("text", "digits"), [("+49 171 123-4567", "491711234567"), ("123-45", "12345"), ("alice", ""), ("12", "")]
)
def test_search_is_by_the_digits(text: str, digits: str) -> None:
    assert phone_digits(text) == digits
