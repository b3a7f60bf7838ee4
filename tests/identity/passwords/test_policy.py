"""The password policy."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import AppError
from identity.passwords import PASSWORD_POLICY, PasswordPolicy, UserInfo, assert_password_allowed, find_issues
from identity.passwords.policy import BreachLookup

ALICE = UserInfo(name="Alice Liddell", username="wonder_alice", email="rabbit.hole@example.com", phone="4915112345678")


def policy(*, length: dict[str, int] | None = None, types: int = 1, **rejects: Any) -> PasswordPolicy:
    given_rejects = {"pwned": False, "repetitionAndSequence": False, "userInfo": False, **rejects}
    return PasswordPolicy.from_settings(
        {"length": length or {"min": 1}, "characterTypes": {"min": types}, "rejects": given_rejects}
    )


def codes(password: str, chosen: PasswordPolicy, user_info: UserInfo | None = None, **options: Any) -> list[str]:
    return [
        issue.code.removeprefix("password_rejected.") for issue in find_issues(password, chosen, user_info, **options)
    ]


@pytest.mark.parametrize("partial", [None, {}, {"length": {}, "characterTypes": {}, "rejects": {}}, {"length": None}])
def test_missing_keys_keep_their_defaults(partial: dict[str, Any] | None) -> None:
    assert PASSWORD_POLICY.fill(partial) == {
        "length": {"min": 8, "max": 256},
        "characterTypes": {"min": 1},
        "rejects": {"pwned": True, "repetitionAndSequence": True, "userInfo": True, "words": []},
    }


def test_given_keys_are_kept() -> None:
    given_policy = {
        "length": {"min": 10, "max": 20},
        "characterTypes": {"min": 3},
        "rejects": {"pwned": False, "repetitionAndSequence": False, "userInfo": False, "words": ["acme"]},
    }
    assert PASSWORD_POLICY.fill(given_policy) == given_policy


def test_rejection_lists_every_issue_with_its_numbers() -> None:
    with pytest.raises(AppError) as caught:
        assert_password_allowed("hij", PasswordPolicy.from_settings({"characterTypes": {"min": 2}}))
    assert (caught.value.code, caught.value.status) == ("password.rejected", 422)
    assert caught.value.data == [
        {"code": "password_rejected.too_short", "interpolation": {"min": 8}},
        {"code": "password_rejected.character_types", "interpolation": {"min": 2}},
        {"code": "password_rejected.restricted.sequence"},
    ]


def test_allowed_password_passes() -> None:
    assert_password_allowed("violet-Teapot_82", PasswordPolicy.from_settings({}), ALICE)


@pytest.mark.parametrize(
    ("length", "expected"),
    [(7, ["too_short"]), (8, []), (256, []), (257, ["too_long"]), (5000, ["too_long"])],
)
def test_length(length: int, expected: list[str]) -> None:
    assert codes("k" * length, policy(length={"min": 8, "max": 256})) == expected


def test_too_long_tells_the_bound_that_applies() -> None:
    (issue,) = find_issues("k" * 5000, policy(length={"min": 1, "max": 10**6}))
    assert issue.as_data() == {"code": "password_rejected.too_long", "interpolation": {"max": 1024}}


@pytest.mark.parametrize(
    ("password", "types"),
    [("lower", 1), ("UPPER", 1), ("5937", 1), ("~ `", 1), ("loUP", 2), ("loUP5", 3), ("loUP5 ", 4)],
)
def test_character_types(password: str, types: int) -> None:
    assert codes(password, policy(types=types)) == []
    if types < 4:
        assert codes(password, policy(types=types + 1)) == ["character_types"]


def test_every_printable_symbol_is_a_symbol() -> None:
    symbols = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ "
    assert len(symbols) == 33
    for symbol in symbols:
        assert codes(symbol + "a", policy(types=2)) == []


@pytest.mark.parametrize("password", ["pässword", "пароль", "tab\there", "emoji😀", "null\0", "٣٤٥", "x\ud800"])
def test_unsupported_characters_replace_the_count_of_types(password: str) -> None:
    assert codes(password, policy(types=4)) == ["unsupported_characters"]


def breached(*passwords: str) -> BreachLookup:
    digests = [hashlib.sha1(password.encode()).hexdigest().upper() for password in passwords]
    return lambda prefix: {digest[5:] for digest in digests if digest.startswith(prefix)}


def test_breached_password_is_rejected() -> None:
    lookup = breached("Tr0ub4dor&3")
    assert codes("Tr0ub4dor&3", policy(pwned=True), breach_lookup=lookup) == ["pwned"]
    assert codes("Tr0ub4dor&4", policy(pwned=True), breach_lookup=lookup) == []
    assert codes("Tr0ub4dor&3", policy(pwned=False), breach_lookup=lookup) == []


def test_lookup_sees_five_digits_only() -> None:
    asked: list[str] = []

    def lookup(prefix: str) -> tuple[str, ...]:
        asked.append(prefix)
        return ()

    assert codes("violet-Teapot_82", policy(pwned=True), breach_lookup=lookup) == []
    assert asked == ["9EAE0"]


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("aaaaaaaa", ["restricted.repetition"]),
        ("aaaaa!?:", []),
        ("aaaaaa!?", ["restricted.repetition"]),
        ("12345678", ["restricted.sequence"]),
        ("87654321", ["restricted.sequence"]),
        ("ABCDEFGH", ["restricted.sequence"]),
        ("HGFEDCBA", ["restricted.sequence"]),
        ("qwertyui", ["restricted.sequence"]),
        ("1qaz2wsx", ["restricted.sequence"]),
        ("XSW2ZAQ1", ["restricted.sequence"]),
        # Mixed case is no longer the sequence.
        ("aBcDeFgH", []),
        ("111abc99", ["restricted.repetition", "restricted.sequence"]),
        # Three characters of their own suffice.
        ("12345xK9", []),
        ("1234512345", ["restricted.sequence"]),
        ("ababab12", []),
        # In short passwords two covered characters are already too many.
        ("abc", ["restricted.sequence"]),
        ("abcX", ["restricted.sequence"]),
        ("abcXY", ["restricted.sequence"]),
        ("abcXKV9!", []),
    ],
)
def test_repetition_and_sequence(password: str, expected: list[str]) -> None:
    assert codes(password, policy(repetitionAndSequence=True)) == expected
    assert codes(password, policy(repetitionAndSequence=False)) == []


def test_restricted_words_match_in_any_case_and_longest() -> None:
    chosen = policy(words=["Acme", "AcmeCorp", ""])
    assert codes("aCMEcORP", chosen) == ["restricted.words"]
    assert codes("acmecorp12", chosen) == ["restricted.words"]
    assert codes("acmecorp123", chosen) == []
    assert codes("corporate", chosen) == []


@pytest.mark.parametrize(
    "password",
    [
        "Alice Liddell",
        "aliceliddell",
        "liddellALICE",
        "wonder_alice1",
        "Rabbit.Hole!",
        "4915112345678",
        "alicealice12",
    ],
)
def test_user_info_is_rejected(password: str) -> None:
    assert codes(password, policy(userInfo=True), ALICE) == ["restricted.user_info"]
    assert codes(password, policy(userInfo=False), ALICE) == []
    assert codes(password, policy(userInfo=True), UserInfo()) == []


def test_domain_of_the_address_is_no_user_info() -> None:
    assert codes("example.com", policy(userInfo=True), ALICE) == []


def test_all_kinds_that_were_found_are_reported_together() -> None:
    chosen = policy(repetitionAndSequence=True, userInfo=True, words=["acme"])
    assert codes("aaa123acmeAlice", chosen, ALICE) == [
        "restricted.repetition",
        "restricted.sequence",
        "restricted.words",
        "restricted.user_info",
    ]


def test_letter_whose_lower_case_is_longer_does_not_shift_the_positions() -> None:
    assert "restricted.words" in codes("\u0130acmeacme", policy(words=["acme"]))


@given(st.text(max_size=300), st.builds(UserInfo, name=st.text(max_size=20), email=st.text(max_size=20)))
def test_any_text_gets_an_answer(password: str, user_info: UserInfo) -> None:
    everything = PasswordPolicy.from_settings({"rejects": {"words": ["acme", "İ"]}})
    for issue in find_issues(password, everything, user_info, breach_lookup=lambda prefix: ()):
        assert issue.code.startswith("password_rejected.")


def test_longest_examined_password_is_examined_in_passing() -> None:
    chosen = policy(length={"min": 1, "max": 1024}, repetitionAndSequence=True, words=["a" * 50] * 100)
    assert codes("a" * 1024, chosen) == ["restricted.repetition", "restricted.words"]


@pytest.mark.parametrize(
    "password",
    [
        "rabbit.hole@example.com",
        "Rabbit.Hole@Example.com1",
        "rabbit.hole@example.com!!",
        "4915112345678",
        "+49 151 12345678",
        "0151/1234-5678",
        "+49 (0)151 123 456 78!",
        "wonder_alice7",
        "AliceLiddell",
    ],
)
def test_own_data_is_no_password(password: str) -> None:
    """An email address used to be taken as a whole: only the part before the @ counted."""
    assert "restricted.user_info" in codes(password, policy(userInfo=True), ALICE)
    assert "restricted.user_info" not in codes(password, policy(userInfo=False), ALICE)


def test_own_data_with_enough_else_is_a_password() -> None:
    assert codes("rabbit.hole@example.com & tea", policy(userInfo=True), ALICE) == []


def test_the_prepared_form_is_judged() -> None:
    assert codes("violet\u00a0Teapot", policy(), ALICE) == []
    assert codes("e\u0301" * 8, policy(length={"min": 8, "max": 8})) == ["unsupported_characters"]
