"""Phone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import AppError
from identity.identifiers import is_valid_phone, normalize_phone


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
def test_one_form_for_each_number(typed, stored):
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
        "٤٩١٧١١٢٣٤٥٦٧",
    ]
    + ["49171123456x", "491711234567\n", "491711234567;ext=5", "tel:+491711234567", "++"],
)
def test_impossible_numbers(typed):
    with pytest.raises(AppError) as caught:
        normalize_phone(typed)
    assert (caught.value.code, caught.value.status) == ("user.invalid_phone", 422)


@pytest.mark.parametrize("phone", ["", "+491711234567", "49 171", "٤٩", "49\n", "4" * 33])
def test_wire_form_is_digits_alone(phone):
    assert not is_valid_phone(phone)


@given(st.text("0123456789+ -", max_size=20))
def test_normalizing_is_stable(typed):
    try:
        once = normalize_phone(typed)
    except AppError:
        return
    assert is_valid_phone(once)
    assert normalize_phone(once) == once
