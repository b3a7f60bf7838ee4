"""What is YAML here, and what is refused with its line."""

import pytest

from common.errors import AppError
from configuration import document
from configuration.document import plain_scalar, read_document
from configuration.writing import to_yaml


def refusal(text: str) -> tuple[str, int | None, str]:
    with pytest.raises(AppError) as refused:
        read_document(text)
    assert refused.value.code == "configuration.invalid_file"
    [issue] = refused.value.data["issues"]
    return issue["path"], issue["line"], issue["message"]


def test_words_are_what_they_are_in_yaml_1_2() -> None:
    text = 'a: no\nb: "yes"\nc: 2024-01-01\nd: 0o14\ne: true\nf: null\ng: ~\nh: 12\ni: -1.5e3\nj: "12"\nk:\nl: 1:30\n'
    assert read_document(text).content == {
        "a": "no",
        "b": "yes",
        "c": "2024-01-01",
        "d": "0o14",
        "e": True,
        "f": None,
        "g": None,
        "h": 12,
        "i": -1500.0,
        "j": "12",
        "k": None,
        "l": "1:30",
    }


def test_lines_are_known_and_the_nearest_one_stands_for_what_is_absent() -> None:
    read = read_document("a:\n  - b: 1\n    c:\n      d: 2\n")
    assert [read.line_of(path) for path in (("a", 0, "b"), ("a", 0, "c", "d"), ("a", 0, "x"), ("y",))] == [2, 4, 2, 1]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: &x [1]\nb: *x", ("a", 1)),
        ("a: !!python/object:os.system 1", ("a", 1)),
        ("a: !own 1", ("a", 1)),
        ("a: 1\nb: 2\na: 3", ("a", 3)),
        ("b:\n  - {c: 1, c: 2}", ("b[0].c", 2)),
        ("[1]: 2", ("", 1)),
        ("a: 1\n---\nb: 2", ("", 2)),
        ('a: "\\0"', ("a", 1)),
        ("- 1", ("", 1)),
        ("", ("", 1)),
        ("a: [1\nb: 2", ("", 2)),
        (f"a: {'[' * 40}{']' * 40}", (f"a{'[0]' * 23}", 1)),
    ],
)
def test_what_is_refused(text: str, place: tuple[str, int]) -> None:
    path, line, _message = refusal(text)
    assert (path, line) == place


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_LENGTH", 20)
    assert "too large" in refusal("a: 1\n" * 10)[2]
    monkeypatch.setattr(document, "MAX_LENGTH", 10_000)
    monkeypatch.setattr(document, "MAX_NODES", 50)
    assert "too many" in refusal(f"a: [{'1, ' * 60}]")[2]


@pytest.mark.parametrize(
    "value",
    [
        "no",
        "12",
        "1e5",
        "~",
        "",
        "null",
        " leading",
        "trailing ",
        "a: b",
        "# no",
        "- x",
        "*a",
        "&a",
        "!a",
        "\ttab",
        "a\nb\n",
    ]
    + [
        "a\nb",
        "line \nb",
        "\n",
        "é\u2028x",
        "日本",
        "{a}",
        "@x",
        "`x`",
        "%x",
        "2024-01-01",
        "0x1F",
        "a\r\nb",
        "- 1\n\n  x",
    ],
)
def test_what_is_written_is_read_as_the_same(value: str) -> None:
    content = {"a": value, value or "k": [value, {"b": value}]}
    assert read_document(to_yaml(content)).content == content


def test_plain_numbers_are_bounded() -> None:
    assert plain_scalar("9" * 19) == "9" * 19
    assert plain_scalar("1e999") == "1e999"
