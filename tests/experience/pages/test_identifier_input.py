"""What people type into an identifier field."""

import pytest

from common.errors import AppError
from experience.pages.countries import region_of
from experience.pages.identifier_input import kinds_asked, read_identifier
from experience.records import Identifier, IdentifierKind

ALL: tuple[IdentifierKind, ...] = ("username", "email", "phone")


@pytest.mark.parametrize(
    ("typed", "kinds", "region", "meant"),
    [
        (" alice ", ALL, None, ("username", "alice")),
        ("alice@example.com", ALL, None, ("email", "alice@example.com")),
        ("+49 151 23456789", ALL, None, ("phone", "4915123456789")),
        ("0049 151 23456789", ALL, "US", ("phone", "4915123456789")),
        ("0151 23456789", ALL, "DE", ("phone", "4915123456789")),
        ("(202) 555-0101", ("phone",), "US", ("phone", "12025550101")),
        ("4915123456789", ("phone",), "US", ("phone", "4915123456789")),
        ("+49\u00a0151\u202f234\u201156789", ALL, None, ("phone", "4915123456789")),
        ("+٢٠ ١٠٠ ١٢٣ ٤٥٦٧", ALL, None, ("phone", "201001234567")),
        ("0011 44 20 7946 0958", ALL, "AU", ("phone", "442079460958")),
        ("+52 1 55 1234 5678", ALL, "MX", ("phone", "525512345678")),
        ("12345678901", ("username",), "US", ("username", "12345678901")),
        ("a@b", ("username",), None, ("username", "a@b")),
    ],
)
def test_the_kind_is_told_by_the_text(
    typed: str, kinds: tuple[IdentifierKind, ...], region: str | None, meant: tuple[IdentifierKind, str]
) -> None:
    assert read_identifier(typed, kinds=kinds, region=region) == Identifier(*meant)


@pytest.mark.parametrize(
    ("typed", "kinds", "code"),
    [
        ("alice", ("email",), "user.invalid_email"),
        ("a@b", ALL, "user.invalid_email"),
        ("alice", ("email", "phone"), "user.invalid_phone"),
        ("+1", ("phone",), "user.invalid_phone"),
        ("0151 23456789", ("phone",), "user.invalid_phone"),
    ],
)
def test_what_cannot_be_meant_is_refused(typed: str, kinds: tuple[IdentifierKind, ...], code: str) -> None:
    with pytest.raises(AppError) as caught:
        read_identifier(typed, kinds=kinds, region=None)
    assert caught.value.code == code


def test_an_application_narrows_the_kinds_but_cannot_widen_them() -> None:
    assert kinds_asked("phone email", ["email", "username"]) == ("email",)
    assert kinds_asked("phone", ["email"]) == ("email",)
    assert kinds_asked("", ["phone", "username"]) == ("username", "phone")


@pytest.mark.parametrize(
    ("tags", "region"),
    [
        (["de-AT,de;q=0.9"], "AT"),
        (["zh-Hant-TW"], "TW"),
        (["zh-Hans"], "CN"),
        (["ja,en-US;q=0.8"], "JP"),
        (["en", "pt-BR"], "BR"),
        (["en-XX", "de"], "DE"),
        (["en"], None),
        (["", "en"], None),
        (["*"], None),
    ],
)
def test_the_region_is_that_of_the_first_tag_that_has_one(tags: list[str], region: str | None) -> None:
    assert region_of(*tags) == region
