"""Uploaded pictures: known by their content, bounded before they are decoded, and stored as pixels alone."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from common.errors import AppError
from tenants.files import pictures
from tenants.files.pictures import ASSET_SIDE, AVATAR_SIDE, MAX_READS, MAX_SCANS, read_asset, read_avatar
from tenants.rate_limits import TooManyRequestsError
from tests.pictures import opened, picture

NOT_ALLOWED = "guard.mime_type_not_allowed"
SCRIPT = b"<script>alert(document.domain)</script>"


def refusal_of(content: bytes, *, avatar: bool = False) -> str:
    with pytest.raises(AppError) as refused:
        (read_avatar if avatar else read_asset)(content)
    return refused.value.code


def png_head(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels, and has hardly any."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/png"),
        ("WEBP", "image/png"),
        ("BMP", "image/png"),
    ],
)
def test_each_kind_becomes_one_that_browsers_show(kind: str, media_type: str) -> None:
    stored = read_avatar(picture(kind))
    assert stored.media_type == media_type
    assert (opened(stored.content).format, opened(stored.content).size) == (media_type[6:].upper(), (40, 20))


def test_large_ones_are_made_smaller_and_keep_their_shape() -> None:
    content = picture("JPEG", size=(3000, 1500))
    assert opened(read_avatar(content).content).size == (AVATAR_SIDE, AVATAR_SIDE // 2)
    assert opened(read_asset(content).content).size == (ASSET_SIDE, ASSET_SIDE // 2)
    assert opened(read_avatar(picture(size=(5, 3))).content).size == (5, 3)


def test_transparency_stays() -> None:
    stored = opened(read_asset(picture(color=(10, 20, 30, 128))).content)
    assert (stored.mode, stored.getpixel((1, 1))) == ("RGBA", (10, 20, 30, 128))


def test_where_a_photo_was_taken_is_not_stored_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera of Alice"
    content = picture("JPEG", size=(40, 20), exif=exif, comment=b"at home")
    assert b"Camera of Alice" in content
    stored = read_avatar(content).content
    assert b"Camera" not in stored
    assert b"at home" not in stored
    assert opened(stored).size == (20, 40)


def test_text_of_a_png_and_what_follows_a_picture_are_not_stored() -> None:
    """A file that is a picture to one program and a page to another is none to the other any more."""
    for kind in ("PNG", "JPEG", "GIF"):
        assert SCRIPT not in read_asset(picture(kind) + SCRIPT).content
    assert SCRIPT not in read_asset(picture("GIF", comment=SCRIPT)).content
    assert SCRIPT not in read_asset(picture("JPEG", comment=SCRIPT)).content


def test_an_icon_has_its_sizes() -> None:
    stored = read_asset(picture("ICO", size=(64, 64), sizes=[(16, 16), (64, 64)]))
    assert stored.media_type == "image/vnd.microsoft.icon"
    assert opened(stored.content).info["sizes"] == {(16, 16), (32, 32), (48, 48), (64, 64)}
    assert refusal_of(picture("ICO", size=(32, 32)), avatar=True) == "guard.mime_type_not_allowed"


def test_an_icon_whose_frame_is_larger_than_it_says() -> None:
    """The table of an icon says 16 by 16; the picture in it would take gigabytes."""
    frame = png_head(60_000, 60_000)
    icon = struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(frame), 22) + frame
    assert refusal_of(icon) == "guard.mime_type_not_allowed"
    bitmap = struct.pack("<IiiHHIIiiII", 40, 30_000, 60_000, 1, 32, 0, 0, 0, 0, 0, 0)
    icon = struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(bitmap), 22) + bitmap
    assert refusal_of(icon) == "guard.mime_type_not_allowed"


@pytest.mark.parametrize("size", [(60_000, 60_000), (5_001, 5_000), (25_000_001, 1)])
def test_a_picture_of_too_many_pixels_is_refused_by_its_head(size: tuple[int, int]) -> None:
    assert refusal_of(png_head(*size)) == "guard.mime_type_not_allowed"


def test_photos_of_phones_are_read_and_progressive_ones_of_that_size_are_not() -> None:
    """Baseline photos are decoded at an eighth of their size; progressive ones take all their memory first."""
    large = (8_000, 6_000)
    assert opened(read_avatar(picture("JPEG", size=large)).content).size == (512, 384)
    assert refusal_of(picture("JPEG", size=large, progressive=True)) == "guard.mime_type_not_allowed"


def test_a_photo_of_many_passes_is_refused_by_its_scans() -> None:
    """Mallory repeats the last scan of a progressive photo: forty bytes each, and each a pass over all pixels."""
    content = picture("JPEG", size=(64, 64), progressive=True)
    last = content.rindex(b"\xff\xda")
    read_avatar(content[:-2] + content[last:-2] * 10 + content[-2:])
    assert refusal_of(content[:-2] + content[last:-2] * MAX_SCANS + content[-2:], avatar=True) == NOT_ALLOWED


def test_a_photo_whose_colors_come_one_by_one_is_bounded_as_other_pictures() -> None:
    """Its coefficients are held all at once, hundreds of megabytes of them, though it is no progressive one."""
    content = picture("JPEG", size=(16, 16))
    head = content.index(b"\xff\xc0") + 5
    scan = content.index(b"\xff\xda")
    large = content[:head] + struct.pack(">HH", 7000, 7000) + content[head + 4 : scan]
    assert refusal_of(large + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\0" * 99, avatar=True) == NOT_ALLOWED
    read_avatar(large + content[scan:])


@pytest.mark.parametrize(
    ("kind", "place", "part"),
    [
        ("JPEG", 2, b"\xff\xe1\x00\x18Exif\0\0" + b"a" * 16),
        ("PNG", 33, b"\0\0\0\0abCd" + struct.pack(">I", zlib.crc32(b"abCd"))),
    ],
)
def test_a_file_of_many_small_parts_is_refused(kind: str, place: int, part: bytes) -> None:
    """Five megabytes of small segments kept a processor busy for a minute: each is appended to those before."""
    content = picture(kind)
    read_avatar(content[:place] + part * 10 + content[place:])
    assert refusal_of(content[:place] + part * MAX_READS + content[place:], avatar=True) == NOT_ALLOWED


def test_an_icon_whose_picture_says_its_size_twice() -> None:
    """The first head says 16 × 16 pixels and the second 12,000 × 12,000, which the decoder would have drawn."""
    large = png_head(12_000, 12_000)
    twice = png_head(16, 16)[:33] + large[8:]
    table = struct.pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 32, len(twice), 22)
    assert refusal_of(table + twice) == NOT_ALLOWED


def test_an_icon_has_few_pictures() -> None:
    frames = 1_000
    entry = struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, 99, 6 + frames * 16)
    assert refusal_of(struct.pack("<HHH", 0, 1, frames) + entry * frames + png_head(16, 16)) == NOT_ALLOWED


def test_of_an_animation_the_first_frame_is_stored() -> None:
    frames = [Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in range(0, 250, 5)]
    output = BytesIO()
    frames[0].save(output, "GIF", save_all=True, append_images=frames[1:])
    stored = opened(read_asset(output.getvalue()).content)
    assert getattr(stored, "n_frames", 1) == 1


@pytest.mark.parametrize(
    "content",
    [
        picture("PNG", size=(300, 300))[:-400] or b"",
        picture("JPEG", size=(300, 300))[:-200],
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"GIF89a" + SCRIPT,
        b"BM" + b"\xff" * 60,
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        b"<!doctype html>" + SCRIPT,
        b"<html xmlns='http://www.w3.org/1999/xhtml'>" + SCRIPT,
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"#!/bin/sh",
        b"\0" * 64,
        b"II*\0" + b"\0" * 60,
    ],
)
def test_what_is_damaged_or_no_picture_is_refused(content: bytes) -> None:
    assert refusal_of(content) == "guard.mime_type_not_allowed"
    assert refusal_of(content, avatar=True) == "guard.mime_type_not_allowed"


def test_who_comes_while_others_wait_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are read one at a time; strangers who send many do not take the server's threads."""
    for _ in range(pictures._WAITING):
        assert pictures._places.acquire(blocking=False)
    try:
        with pytest.raises(TooManyRequestsError) as refused:
            read_avatar(picture())
        assert refused.value.headers["Retry-After"] == "1"
    finally:
        for _ in range(pictures._WAITING):
            pictures._places.release()
    assert read_avatar(picture())
