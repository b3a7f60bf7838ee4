"""What a verification file may be, and where it may be: never where Gatehouse itself answers."""

import re
from typing import Any

from django.conf import settings
from django.urls import Resolver404
from django.utils.translation import gettext as _

from common.errors import invalid_value
from common.pipeline import CONSOLE_PREFIX
from common.routing import resolve
from common.shapes import Choice, Items, Members, Text, validate
from common.strict_json import parse_json

MOST_FILES = 10
LONGEST_PATH = 256
LONGEST_CONTENT = 16_384
CONTENT_TYPES = ("text/plain", "application/json")

# The address that is left for whatever is nobody's; see `config.urls`.
CATCH_ALL = "own-file"

VERIFICATION_FILES = Items(
    of=Members(
        {
            "path": Text(min_length=1, max_length=LONGEST_PATH, required=True),
            "content": Text(min_length=1, max_length=LONGEST_CONTENT, required=True),
            "contentType": Choice(choices=CONTENT_TYPES, required=True),
        }
    ),
    max_items=MOST_FILES,
    required=True,
)
# Unreserved characters alone (RFC 3986 section 2.3): a path has one spelling.
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")
_DOTS = re.compile(r"/\.{1,2}(?:/|$)")


def read_verification_files(value: Any) -> list[dict[str, str]]:
    """Return the files as they are stored; raises `guard.invalid_input` that names what is refused."""
    files: list[dict[str, str]] = validate(VERIFICATION_FILES, value, path="verificationFiles")
    seen: set[str] = set()
    for index, file in enumerate(files):
        place, path = f"verificationFiles.{index}", file["path"]
        if not _PATH.fullmatch(path) or _DOTS.search(path):
            raise invalid_value(f"{place}.path", _("This is not a path: a slash, then letters, digits and . _ ~ - /"))
        if path in seen:
            raise invalid_value(f"{place}.path", _("There is another file at this path."))
        if _is_taken(path):
            raise invalid_value(f"{place}.path", _("Gatehouse itself answers at this path."))
        if file["contentType"] == "application/json" and not _is_json(file["content"]):
            raise invalid_value(f"{place}.content", _("This is not JSON."))
        seen.add(path)
    return files


def _is_taken(path: str) -> bool:
    """Whether an address is one of the installation's, or will not be served as it stands."""
    if path.startswith((f"{CONSOLE_PREFIX}/", settings.STATIC_URL, "/api/", "/oidc/")):
        return True
    try:
        return resolve(path).url_name != CATCH_ALL
    except Resolver404:
        return False


def _is_json(text: str) -> bool:
    try:
        parse_json(text)
    except ValueError:
        return False
    return True
