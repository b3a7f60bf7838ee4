"""What the proxies in front say about a request: the address of its client, its host and its scheme, by one rule.

Every trusted proxy writes the three headers, or appends an entry to each, so the entry that counts is as far from the
end as there are proxies: the outermost one's. What stands before it is what the caller says, and counts for nothing.
"""

from typing import Any

from django.conf import settings

_LONGEST_ADDRESS = 64
_SCHEMES = frozenset({"http", "https"})


def apply_forwarded_headers(environ: dict[str, Any]) -> None:
    """Put what the outermost trusted proxy has seen in place of what the connection says.

    Everything behind reads `REMOTE_ADDR`, `HTTP_HOST` and `wsgi.url_scheme` alone. Without `TRUST_PROXY_HEADERS`
    nothing changes.
    """
    if not settings.TRUST_PROXY_HEADERS:
        return
    if address := _outermost_entry(environ, "HTTP_X_FORWARDED_FOR"):
        environ["REMOTE_ADDR"] = _without_port(address[:_LONGEST_ADDRESS])
    if host := _outermost_entry(environ, "HTTP_X_FORWARDED_HOST"):
        environ["HTTP_HOST"] = host
    if (scheme := _outermost_entry(environ, "HTTP_X_FORWARDED_PROTO").lower()) in _SCHEMES:
        environ["wsgi.url_scheme"] = scheme


def _outermost_entry(environ: dict[str, Any], header: str) -> str:
    entries = environ.get(header, "").split(",")
    return str(entries[-min(settings.TRUSTED_PROXIES, len(entries))]).strip()


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
