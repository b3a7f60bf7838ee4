"""Redirects out of the provider: to any scheme that was validated before, custom ones too."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpResponse

from common.ascii_urls import to_ascii_url


def see_other(location: str) -> HttpResponse:
    """Redirect with 303, so that a POST becomes a GET (RFC 9700 section 4.12); on the wire the target is ASCII."""
    return HttpResponse(status=303, headers={"Location": to_ascii_url(location), "Cache-Control": "no-store"})


def with_query(uri: str, parameters: Mapping[str, str]) -> str:
    """Return a URI with parameters added to its query; the rest stays as it was registered, byte for byte."""
    if not parameters:
        return uri
    base, hash_sign, fragment = uri.partition("#")
    separator = "" if base.endswith(("?", "&")) else "&" if "?" in base else "?"
    return f"{base}{separator}{urlencode(parameters)}{hash_sign}{fragment}"


def with_fragment(uri: str, parameters: Mapping[str, str]) -> str:
    """Return a URI with the parameters as its fragment."""
    return f"{uri.partition('#')[0]}#{urlencode(parameters)}"
