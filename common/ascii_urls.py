"""URLs in the form in which they go over the wire: ASCII alone, as a URL parser writes them (WHATWG URL, RFC 3987 3.1).

A browser shows, and people type, `https://грант.рф/…`; a header holds `https://xn--80af5akm.xn--p1ai/…` or, from
Django, an encoded word of mail that no browser reads.
"""

import re
import string
from urllib.parse import quote

from common.domains import canonical_domain

_WEB = re.compile(
    r"(?P<start>https?://(?:[^/?#@\\]*@)?)(?P<host>[^/?#@:\\\[\]]+)(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
_ASCII = "".join(map(chr, range(128)))
# What a URL parser percent-encodes in a path (WHATWG URL section 1.3), and more than it does in a query.
_PLAIN = "".join(sorted(set(string.printable) - set(string.whitespace) - set('"<>`{}^')))
_ESCAPE = re.compile("%[0-9a-f]{2}", re.IGNORECASE)


def to_ascii_url(url: str) -> str:
    """Return the URL with its host in A-labels and everything else beyond ASCII percent-encoded; ASCII stays."""
    if url.isascii():
        return url
    found = _WEB.fullmatch(url)
    if found is None:
        return quote(url, safe=_ASCII, errors="replace")
    host = found["host"]
    # A pattern of names is none itself; its other labels are what they are in a name.
    name = ".".join(map(canonical_domain, host.split("."))) if "*" in host else canonical_domain(host)
    return found["start"] + quote(name + found["rest"], safe=_ASCII, errors="replace")


def normalize_escapes(part: str) -> str:
    """Return a path or a query with what a parser encodes encoded, and every escape in capitals (RFC 3986 6.2.2.1)."""
    return _ESCAPE.sub(lambda found: found[0].upper(), quote(part, safe=_PLAIN, errors="replace"))
