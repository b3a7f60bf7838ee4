"""What a plan shows of texts and lists, and that it takes no longer than they are long."""

from collections.abc import Sequence
from typing import Any

from configuration.differences import Difference
from configuration.plans import Action, Plan, Step
from configuration.rendering import plan_lines


def shown(*pairs: tuple[Any, Any]) -> list[str]:
    """The lines of a plan that changes values of one thing, without the thing's own."""
    found = [Difference("script", before, after) for before, after in pairs]
    return plan_lines(Plan([Step("actions", "A", Action.CHANGE, found)], "version"))[1:]


def text(lines: Sequence[object]) -> str:
    return "".join(f"{line}\n" for line in lines)


def isolated(tag: str, count: int, *, kinds: int = 100) -> list[str]:
    """Lines of which every second one stands in the other text too, and never two in a row."""
    return [line for number in range(count) for line in (f"{tag}{number}", f"common {number % kinds}")] + [tag]


def test_long_texts_that_differ_everywhere_are_counted() -> None:
    """Texts were compared whole and cut to forty lines afterwards: a file of 900 KB took a worker for hours."""
    assert shown((text(isolated("old", 30_000)), text(isolated("new", 30_001)))) == [
        "~   script:",
        "~     60001 lines → 60003 lines",
    ]


def test_a_plan_compares_so_much_altogether() -> None:
    """Each text was short enough to be compared, and a file could have a thousand of them."""
    old, new = text(isolated("old", 150)), text(isolated("new", 150))
    lines = shown(*[(old, new)] * 1000)
    assert lines.count("~   script:") == 1000
    assert lines.count("~     301 lines → 301 lines") == 989
    assert sum(line.startswith("      … ") for line in lines) == 11


def test_a_small_change_of_a_long_text_is_shown_in_its_place() -> None:
    """What is the same at both ends is not compared, and the lines that are shown keep their numbers."""
    before = [f"line {number}" for number in range(1, 50_001)]
    after = [*before[:29_999], "another", *before[30_000:]]
    assert shown((text(before), text(after))) == [
        "~   script:",
        "      @ -29999,3 +29999,3 @@",
        "      line 29999",
        "-     line 30000",
        "+     another",
        "      line 30001",
    ]


def test_ends_that_overlap_are_counted_once() -> None:
    assert shown((text("aaa"), text("aa"))) == ["~   script:", "      @ -2,2 +2 @@", "      a", "-     a"]
    assert shown(("", text("ab"))) == ["~   script:", "      @ -0,0 +1,2 @@", "+     a", "+     b"]


def test_lists_of_names_are_compared_in_one_pass() -> None:
    """Each name was looked for in the whole other list: two long ones took minutes."""
    before, after = ([f"{tag}{number:x}" for number in range(150_000)] for tag in ("old", "new"))
    lines = shown((before, after))
    assert (len(lines), lines[0], lines[-1]) == (300_000, '-   script: "old0"', '+   script: "new249ef"')


def test_lists_of_names_keep_their_order_and_what_stands_twice() -> None:
    assert shown((["b", "kept", "a", "b"], ["d", "kept", "c", "d"])) == [
        *(f'-   script: "{name}"' for name in "bab"),
        *(f'+   script: "{name}"' for name in "dcd"),
    ]
