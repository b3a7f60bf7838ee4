"""DNS as the installation's resolvers see it, within a deadline.

Nothing is kept between two looks. Resolvers do keep answers, also that there is none, so each of several is asked until
one has what is looked for: a record counts as soon as any has it, and as gone only if none has.
"""

import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import dns.exception
import dns.nameserver
import dns.resolver
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# Seconds for one question to one resolver.
_PATIENCE = 2.0
# A zone may answer with any number of records.
_MOST_VALUES = 64
_LONGEST_VALUE = 256
# How many aliases are followed (RFC 1034 section 3.6.2 has no bound).
_MOST_ALIASES = 8


class Answer(NamedTuple):
    """The values that were found, and whether any resolver has answered, be it that there are none."""

    values: tuple[str, ...]
    is_answered: bool


def _nameserver(address: str) -> dns.nameserver.Nameserver:
    try:
        parts = urlsplit(f"//{address}")
        return dns.nameserver.Do53Nameserver(parts.hostname or "", parts.port or 53)
    except ValueError as error:
        raise ImproperlyConfigured(f"CUSTOM_DOMAIN_RESOLVERS has addresses, with a port or not: {address!r}") from error


@lru_cache(maxsize=4)
def _resolvers(addresses: tuple[str, ...]) -> tuple[dns.resolver.Resolver, ...]:
    if not addresses:
        return (dns.resolver.Resolver(),)
    resolvers = []
    for address in addresses:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = [_nameserver(address)]
        resolvers.append(resolver)
    return tuple(resolvers)


class Lookups:
    """Questions that end together, `seconds` after the first."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def ask(self, name: str, kind: str, *, until: Callable[[str], bool]) -> Answer:
        """Ask one resolver after the other for records of a type, until one has a value as wanted."""
        values: dict[str, None] = {}
        is_answered = False
        for found in self._answers(name, kind):
            is_answered = True
            values.update(dict.fromkeys(found))
            if any(map(until, found)):
                break
        return Answer(tuple(values)[:_MOST_VALUES], is_answered)

    def _answers(self, name: str, kind: str) -> Iterator[list[str]]:
        try:
            resolvers = _resolvers(tuple(settings.CUSTOM_DOMAIN_RESOLVERS))
        except dns.resolver.NoResolverConfiguration:
            return
        for resolver in resolvers:
            left = self._ends - time.monotonic()
            if left <= 0:
                return
            try:
                answer = resolver.resolve(name, kind, lifetime=min(_PATIENCE, left), search=False)
            except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
                yield []
            except (dns.exception.DNSException, OSError, ValueError):
                # No answer, one that cannot be read, or a name that a resolver cannot be asked for.
                continue
            else:
                yield [_text_of(record) for record in list(answer)[:_MOST_VALUES]]

    def follow_aliases(self, name: str, *, to: str) -> Answer:
        """Return the names that a name is an alias of, up to `to`."""
        seen: list[str] = []
        for _ in range(_MOST_ALIASES):
            answer = self.ask(name, "CNAME", until=lambda target: target == to)
            if not answer.is_answered:
                return Answer(tuple(seen), is_answered=False)
            if not answer.values:
                break
            name = to if to in answer.values else answer.values[0]
            if name in seen:
                break
            seen.append(name)
            if name == to:
                break
        return Answer(tuple(seen), is_answered=True)

    def addresses_of(self, name: str) -> Answer:
        """Return the IPv4 and IPv6 addresses of a name."""
        both = [self.ask(name, kind, until=bool) for kind in ("A", "AAAA")]
        values = tuple(value for answer in both for value in answer.values)
        return Answer(values, any(answer.is_answered for answer in both))


def _text_of(record: Any) -> str:
    """A record's value: a host in lower case without the root's dot, a text without its quotes (RFC 1035 3.3.14)."""
    strings = getattr(record, "strings", None)
    if strings is not None:
        return b"".join(strings).decode("utf-8", "replace")[:_LONGEST_VALUE]
    return str(getattr(record, "target", record)).lower().rstrip(".")[:_LONGEST_VALUE]
