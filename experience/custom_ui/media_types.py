"""Which files an upload may hold, and how browsers are told to read them: by extension, never by what they hold.

Nothing of an upload is run on the server. What is not listed is refused, so that nothing gets online by accident.
"""

from collections.abc import Mapping

MEDIA_TYPES: Mapping[str, str] = {
    "avif": "image/avif",
    "css": "text/css; charset=utf-8",
    "gif": "image/gif",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "map": "application/json",
    "mjs": "text/javascript; charset=utf-8",
    "mp4": "video/mp4",
    "otf": "font/otf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
    "txt": "text/plain; charset=utf-8",
    "webm": "video/webm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xml": "application/xml",
}


def find_media_type(path: str) -> str | None:
    """Return the media type of a file, `None` if files of this kind are not taken."""
    return MEDIA_TYPES.get(path.rpartition(".")[2].lower())
