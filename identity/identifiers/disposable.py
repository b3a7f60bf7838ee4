"""Disposable email addresses: mailboxes that anybody opens for a moment, by their domains.

A list ships with Gatehouse (`disposable_domains.txt` says whence and of when). `refresh_disposable_domains` stores a
newer one for the whole installation; a process notices within `_LOOK_AGAIN` seconds, by one small statement.
"""

import time
from collections.abc import Container, Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tenants.database.statements import fetch_value

_SHIPPED = Path(__file__).with_name("disposable_domains.txt")
_LOOK_AGAIN = 60.0

_READ_VERSION = "SELECT version FROM identity_disposabledomainlist WHERE id = 1"
_READ_DOMAINS = "SELECT domains FROM identity_disposabledomainlist WHERE id = 1 AND version = %s"


class _Held(NamedTuple):
    looked_at: float
    version: str | None
    domains: frozenset[str]


_held: _Held | None = None


def domain_lines(text: str) -> Iterable[str]:
    """Return what stands on the lines of a list, without empty ones and remarks."""
    return (line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#"))


@cache
def shipped_domains() -> frozenset[str]:
    """Return the list that comes with this release."""
    return frozenset(domain_lines(_SHIPPED.read_text("ascii")))


def is_listed(domain: str, domains: Container[str]) -> bool:
    """Whether a canonical domain is listed, or is below one that is."""
    labels = domain.split(".")
    return any(".".join(labels[start:]) in domains for start in range(len(labels) - 1))


def is_disposable(domain: str) -> bool:
    """Whether mailboxes of this canonical domain are disposable, by the list in force."""
    return is_listed(domain, current_domains())


def current_domains() -> frozenset[str]:
    """Return the list in force. Now and then 1 statement, and 2 when another process has refreshed it."""
    global _held
    moment, held = time.monotonic(), _held
    if held is not None and moment - held.looked_at < _LOOK_AGAIN:
        return held.domains
    version: str | None = fetch_value(_READ_VERSION, [], scoped=False)
    if held is None or held.version != version:
        domains = _read(version)
    else:
        domains = held.domains
    _held = _Held(moment, version, domains)
    return domains


def _read(version: str | None) -> frozenset[str]:
    text = None if version is None else fetch_value(_READ_DOMAINS, [version], scoped=False)
    # Between the two statements yet another list may have come: the next look finds it.
    return shipped_domains() if text is None else frozenset(domain_lines(text))


def forget_disposable_domains() -> None:
    """Look again at the next address: this process has just stored another list."""
    global _held
    _held = None
