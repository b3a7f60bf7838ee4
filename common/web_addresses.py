"""Absolute http(s) URLs that a browser shows or follows: logos, avatars, terms, support pages."""

import re
from urllib.parse import urlsplit

MAX_ADDRESS_LENGTH = 2048
# White space, controls, quotes, angle brackets, the backslash that browsers read as a slash, and half surrogate pairs,
# which no database column holds.
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff\\\"<>`]")
_HOST = re.compile(r"[\w.-]+|[0-9a-f:.]+(?:%[\w.~-]+)?", re.IGNORECASE)


def is_web_address(value: str) -> bool:
    """Whether this is an absolute http(s) URL with a host: a public one, one of an intranet, or an IP address.

    Nothing is fetched from here, so it may lead into a private network. Credentials are refused (RFC 3986 section 7.5).
    """
    if len(value) > MAX_ADDRESS_LENGTH or _UNSAFE.search(value):
        return False
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme in ("http", "https") and "@" not in parts.netloc and port != 0 and bool(_HOST.fullmatch(host))
