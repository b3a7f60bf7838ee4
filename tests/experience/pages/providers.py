"""A visitor of the hosted pages who signs in at the providers of `tests.experience.providers`, and comes back."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.experience.pages.conftest import Visitor

_AWAY = re.compile(r'<meta http-equiv="refresh" content="0;url=(https://[^"]+)">')


def away(visitor: Visitor) -> dict[str, str]:
    """Return the parameters with which the visitor has been sent to a provider."""
    found = _AWAY.search(visitor.html)
    assert found, visitor.html
    return _parameters(unescape(found[1]))


def _parameters(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def press(visitor: Visitor, connector_id: str, **fields: str) -> dict[str, str]:
    """Press a provider's button; returns what the provider is told."""
    return away(visitor.send(connector=connector_id, **fields))


def come_back(visitor: Visitor, connector_id: str, **parameters: Any) -> Visitor:
    """Return from the provider."""
    return visitor.go(f"/callback/{connector_id}?{urlencode(parameters)}")
