"""Pictures by their content: recognized, bounded, decoded, and drawn anew without anything but their pixels.

What comes out was written by our own encoder, so that a file that is a picture and something else besides, or that
hides where it was taken, is neither any more. SVG is in `vectors`.
"""

import re
import struct
from dataclasses import dataclass
from io import BytesIO
from threading import BoundedSemaphore, Lock
from typing import Any

from PIL import Image, ImageOps

from common.errors import AppError
from tenants.files.vectors import clean_vector, is_vector
from tenants.rate_limits import TooManyRequestsError

# Of a decoded picture; a pixel takes up to four bytes, twice while its colors are converted.
MAX_PIXELS = 25_000_000
# Of a photo that can be decoded at an eighth of its size: baseline JPEG, all colors in one scan.
MAX_PIXELS_OF_PHOTOS = 64_000_000
# Each scan of a JPEG is a pass over all of its pixels, however few bytes it has; encoders write about ten.
MAX_SCANS = 64
# Each part of a file (segment, chunk, block) is read by itself, and some are appended to what was read before.
MAX_READS = 20_000
# The longest side of what is stored, in pixels.
ASSET_SIDE = 2_048
AVATAR_SIDE = 512
_MAX_ICON_SIDE = 256
_MAX_FRAMES = 64
_ICON_SIZES = ((16, 16), (32, 32), (48, 48), (64, 64), (128, 128), (256, 256))
_QUALITY = 86
# One picture at a time in a process, and so many that wait: a decoder holds up to 200 MB.
_WAITING = 3

_PHOTOS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp", "BMP": "image/bmp"}
# The media types that may be uploaded, by who uploads.
AVATAR_TYPES = tuple(_PHOTOS.values())
ASSET_TYPES = (*AVATAR_TYPES, "image/vnd.microsoft.icon", "image/x-icon", "image/svg+xml")
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/vnd.microsoft.icon": "ico",
    "image/svg+xml": "svg",
}

# The head of a scan, with the number of its components (ITU-T T.81, B.2.3): nothing else in image data looks so.
_SCAN = re.compile(rb"\xff\xda\x00(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")

_places = BoundedSemaphore(_WAITING)
_turn = Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is stored."""

    content: bytes
    media_type: str

    @property
    def extension(self) -> str:
        """What its name ends in."""
        return _EXTENSIONS[self.media_type]


class _Content(BytesIO):
    """A file for the decoder, in no more parts than a picture has."""

    _reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self._reads += 1
        if self._reads > MAX_READS:
            raise not_a_picture("the file has too many parts")
        return super().read(size)


def read_avatar(content: bytes) -> Picture:
    """Return a user's picture; raises `guard.mime_type_not_allowed`, and `request.rate_limited` if many are read."""
    return _draw(content, formats=tuple(_PHOTOS), side=AVATAR_SIDE)


def read_asset(content: bytes) -> Picture:
    """Return a picture of the pages, SVG and ICO too; raises as `read_avatar`."""
    if is_vector(content):
        return Picture(clean_vector(content), "image/svg+xml")
    return _draw(content, formats=(*_PHOTOS, "ICO"), side=ASSET_SIDE)


def not_a_picture(reason: str) -> AppError:
    """Return the refusal of a file, with what is wrong with it."""
    return AppError("guard.mime_type_not_allowed", details=reason)


def _draw(content: bytes, *, formats: tuple[str, ...], side: int) -> Picture:
    if not _places.acquire(blocking=False):
        raise TooManyRequestsError(1)
    try:
        with _turn:
            return _drawn(content, formats, side)
    except AppError:
        raise
    except Exception as error:
        # A decoder raises whatever a hostile file leads it to, memory errors too.
        raise not_a_picture("the picture is damaged, or of a kind that is not allowed") from error
    finally:
        _places.release()


def _drawn(content: bytes, formats: tuple[str, ...], side: int) -> Picture:
    # Nothing is decoded yet: only the head is read.
    image: Any = Image.open(_Content(content), formats=formats)
    if image.format == "ICO":
        return _icon(content, image)
    # A photo with further pictures after the first, as some cameras write it.
    is_jpeg = image.format in ("JPEG", "MPO")
    is_photo = is_jpeg and not image.info.get("progressive") and not _has_partial_scans(content, image.layers)
    width, height = image.size
    if width * height > (MAX_PIXELS_OF_PHOTOS if is_photo else MAX_PIXELS):
        raise not_a_picture(f"{width} × {height} pixels are too many")
    if is_jpeg and sum(1 for _scan in _SCAN.finditer(content)) > MAX_SCANS:
        raise not_a_picture("the photo has too many scans")
    orientation = image.getexif().get(0x0112)
    image.draft("RGB", (side * 2, side * 2))
    image = _plain(image)
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if orientation in range(2, 9):
        image = _upright(image, orientation)
    output = BytesIO()
    if is_jpeg:
        image.convert("RGB").save(output, "JPEG", quality=_QUALITY, optimize=True)
        return Picture(output.getvalue(), "image/jpeg")
    if image.mode == "RGBA" and image.getextrema()[3] == (255, 255):
        image = image.convert("RGB")
    image.save(output, "PNG", optimize=True)
    return Picture(output.getvalue(), "image/png")


def _has_partial_scans(content: bytes, components: int) -> bool:
    """Whether colors come one after the other: then a decoder holds all coefficients of the picture at once."""
    return any(scan[0][-1] < components for scan in _SCAN.finditer(content))


def _plain(image: Any) -> Any:
    """Return the pixels of the first frame, with transparency if there is any, and nothing else."""
    has_alpha = image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info
    image = image.convert("RGBA" if has_alpha else "RGB")
    image.info = {}
    return image


def _upright(image: Any, orientation: int) -> Any:
    """Turn a photo as its camera was held."""
    exif = image.getexif()
    exif[0x0112] = orientation
    image = ImageOps.exif_transpose(image)
    image.info = {}
    return image


def _icon(content: bytes, image: Any) -> Picture:
    """Return an icon with all its sizes drawn anew from the largest."""
    count = struct.unpack_from("<H", content, 4)[0]
    if count > _MAX_FRAMES:
        raise not_a_picture(f"an icon has at most {_MAX_FRAMES} pictures")
    for index in range(count):
        # The decoder reads from there on, whatever length the icon's table says.
        offset = struct.unpack_from("<I", content, 6 + index * 16 + 12)[0]
        if max(_size_of_frame(content[offset:])) > _MAX_ICON_SIDE:
            raise not_a_picture(f"an icon has at most {_MAX_ICON_SIDE} × {_MAX_ICON_SIDE} pixels")
    image.load()
    image = _plain(image)
    output = BytesIO()
    image.save(output, "ICO", sizes=[size for size in _ICON_SIZES if size[0] <= max(image.size[0], 16)])
    return Picture(output.getvalue(), "image/vnd.microsoft.icon")


def _size_of_frame(frame: bytes) -> tuple[int, int]:
    """Return the size that a frame of an icon has, whatever the icon's table says: a PNG's, or a bitmap's."""
    if frame.startswith(b"\x89PNG"):
        # The decoder takes the last head of several, wherever it stands before the pixels.
        size: tuple[int, int] = Image.open(_Content(frame), formats=("PNG",)).size
        return size
    # A bitmap in an icon is twice as high: below it comes its mask.
    width, height = struct.unpack_from("<ii", frame, 4)
    return abs(width), abs(height) // 2
