"""Uploads are read as if the worst had made them."""

import io
import stat
import struct
import zipfile

import pytest

from common.errors import AppError
from experience.custom_ui import archive as rules
from experience.custom_ui.archive import read_archive
from tests.experience.own_pages.archives import INDEX, archive, entry, pack, renamed


def refusal(content: bytes) -> str:
    """The code with which an upload is refused."""
    with pytest.raises(AppError) as raised:
        read_archive(content)
    return raised.value.code


def test_files_come_by_their_paths() -> None:
    found = read_archive(archive({"assets/app.js": "1", "logo.svg": "<svg/>", "assets/": ""}, comment=b"a comment"))
    assert found == {"index.html": INDEX.encode(), "assets/app.js": b"1", "logo.svg": b"<svg/>"}


def test_a_folder_around_everything_is_left_out() -> None:
    found = read_archive(archive({"dist/index.html": INDEX, "dist/a/app.js": "1"}, index=None))
    assert set(found) == {"index.html", "a/app.js"}


def test_what_file_managers_add_is_left_out() -> None:
    noise = ["__MACOSX/._index.html", ".DS_Store", "assets/.DS_Store", "Thumbs.db"]
    assert set(read_archive(archive({"dist/index.html": INDEX, **dict.fromkeys(noise, "x")}, index=None))) == {
        "index.html"
    }


@pytest.mark.parametrize(
    "name",
    [
        "../app.js",
        "a/../../app.js",
        "a/./app.js",
        "/etc/app.js",
        "//host/app.js",
        "C:/app.js",
        "a\\..\\app.js",
        "a//app.js",
        ".env.js",
        ".well-known/a.json",
        "a/.git/config.txt",
        "app\n.js",
        "app\x1b.js",
        "пароль.js",
        "\u202esj.exe.js",
        "a" * 200 + ".js",
        "a/" * 10 + "app.js",
        "a;b.js",
        "a%2e.js",
        "a'b.js",
        "<img>.js",
    ],
)
def test_names_that_could_lead_elsewhere(name: str) -> None:
    assert refusal(archive({name: "1"})) == "guard.invalid_input"


def test_a_name_that_ends_before_its_end() -> None:
    """Python reads a name up to its NUL: `app.js\\0.exe` is `app.js` to it."""
    content = renamed(archive({"app.jsX.exe": "1"}), "app.jsX.exe", "app.js\0.exe")
    assert refusal(content) == "guard.invalid_input"


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices(mode: int) -> None:
    assert refusal(pack([("index.html", INDEX), (entry("app.js", mode=mode), "/etc/passwd")])) == "guard.invalid_input"


@pytest.mark.parametrize(
    ("first", "second"), [("app.js", "app.js"), ("App.js", "app.js"), ("assets/a.js", "ASSETS/a.js")]
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_mean_the_same(first: str, second: str) -> None:
    assert refusal(pack([("index.html", INDEX), (first, "1"), (second, "2")])) == "guard.invalid_input"


def test_an_encrypted_file() -> None:
    content = bytearray(archive({"app.js": "secret"}))
    directory = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    content[directory + 8] |= 1
    assert refusal(bytes(content)) == "guard.invalid_input"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_pack(method: int) -> None:
    assert refusal(pack([("index.html", INDEX), (entry("app.js", method=method), "1")])) == "guard.invalid_input"


@pytest.mark.parametrize(
    "name",
    ["run.php", "run.sh", "app.exe", "page.shtml", "a.jsp", "noextension", "a.js.py", "module.wasm", "x.htaccess"],
)
def test_only_what_pages_are_made_of(name: str) -> None:
    assert refusal(archive({name: "1"})) == "guard.mime_type_not_allowed"


@pytest.mark.parametrize("content", [b"", b"PK", b"\x89PNG\r\n\x1a\n" + b"x" * 100, b"<html></html>" * 10])
def test_what_is_no_archive(content: bytes) -> None:
    assert refusal(content) == "guard.mime_type_not_allowed"


def test_a_page_is_needed_and_it_is_text() -> None:
    assert refusal(archive({"app.js": "1"}, index=None)) == "guard.invalid_input"
    assert refusal(archive({"a/index.html": INDEX, "b/app.js": "1"}, index=None)) == "guard.invalid_input"
    assert refusal(archive(index=b"\xff\xfe\x00")) == "guard.invalid_input"


def test_sizes_are_bounded_one_by_one_and_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_FILE_BYTES", 1000)
    monkeypatch.setattr(rules, "MAX_TOTAL_BYTES", 1500)
    monkeypatch.setattr(rules, "MAX_FILES", 4)
    assert read_archive(archive({"a.js": "a" * 600, "b.js": "b" * 600}))
    assert refusal(archive({"a.js": "a" * 1001})) == "guard.file_size_exceeded"
    assert refusal(archive({"a.js": "a" * 800, "b.js": "b" * 800})) == "guard.file_size_exceeded"
    assert refusal(archive({f"{number}.js": "a" for number in range(4)})) == "guard.file_size_exceeded"
    monkeypatch.setattr(rules, "MAX_INDEX_BYTES", 10)
    assert refusal(archive()) == "guard.file_size_exceeded"
    monkeypatch.setattr(rules, "MAX_ARCHIVE_BYTES", 10)
    assert refusal(archive()) == "guard.file_size_exceeded"


def test_a_bomb_is_not_unpacked() -> None:
    assert refusal(archive({"a.json": b"\0" * 4_000_000})) == "guard.file_size_exceeded"


def test_a_directory_of_many_entries_is_not_read() -> None:
    """Each entry is an object, and 10 MiB hold two hundred thousand."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as file:
        for number in range(20_000):
            file.writestr(f"{number}/", "")
    assert refusal(kept.getvalue()) == "guard.file_size_exceeded"


def test_a_file_that_says_it_is_smaller_than_it_is() -> None:
    content = bytearray(archive({"a.json": b"ab" * 50_000}))
    directory = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    content[directory + 24 : directory + 28] = struct.pack("<L", 10)
    assert refusal(bytes(content)) == "guard.invalid_input"


@pytest.mark.parametrize("at", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_damaged_file_is_refused_in_order(at: float) -> None:
    content = bytearray(archive({"a.js": "let a = 1;" * 500, "b.css": "b{}"}))
    for offset in range(8):
        content[int(len(content) * at) + offset] ^= 0xFF
    assert refusal(bytes(content)).startswith("guard.")


def test_an_archive_that_is_cut_off() -> None:
    content = archive({"a.js": "1"})
    for length in range(0, len(content), 7):
        assert refusal(content[:length]).startswith("guard.")
