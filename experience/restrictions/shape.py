"""`signInRestrictionPolicy`: its shape, and the form in which it is stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Network, ip_network
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.shapes import Flag, Items, Members, Text
from common.shapes.base import refuse
from experience.restrictions.countries import COUNTRIES
from identity.identifiers import is_email_pattern

_MOST = 1_000
# `::ffff:0:0/96` is IPv4 in the form of IPv6 (RFC 4291 section 2.5.5.2).
_MAPPED_PREFIX = 96


@dataclass(frozen=True, kw_only=True)
class EmailPattern(Text):
    """An email address or an `@domain`, with `*` for any characters."""

    max_length: int = 256

    def _check(self, value: str, path: str) -> None:
        if not is_email_pattern(value):
            raise refuse(path, "invalid", _("This is neither an email address nor an @domain."))


@dataclass(frozen=True, kw_only=True)
class Network(Text):
    """An IP address, or a network in CIDR notation (RFC 4632)."""

    max_length: int = 64

    def _check(self, value: str, path: str) -> None:
        try:
            ip_network(value.strip(), strict=False)
        except ValueError as error:
            raise refuse(
                path, "invalid", _("This is neither an IP address nor a network such as 192.0.2.0/24.")
            ) from error


@dataclass(frozen=True, kw_only=True)
class Country(Text):
    """A country by its two letters (ISO 3166-1 alpha-2)."""

    max_length: int = 2

    def _check(self, value: str, path: str) -> None:
        if value.upper() not in COUNTRIES:
            raise refuse(path, "invalid", _("This is not the two-letter code of a country."))


_EMAILS = Items(of=EmailPattern(), max_items=_MOST, default=[])
_NETWORKS = Items(of=Network(), max_items=_MOST, default=[])
_COUNTRIES = Items(of=Country(), max_items=_MOST, default=[])

SIGN_IN_RESTRICTION_POLICY = Members(
    {
        "emailAllowlist": _EMAILS,
        "emailBlocklist": _EMAILS,
        "allowUsersWithoutEmail": Flag(),
        "ipAllowlist": _NETWORKS,
        "ipBlocklist": _NETWORKS,
        "countryAllowlist": _COUNTRIES,
        "countryBlocklist": _COUNTRIES,
        "allowUnknownCountry": Flag(),
    }
)


def clean_restrictions(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Return a valid policy as it is stored: networks and countries in one spelling, nothing twice."""
    spellings: Mapping[str, Callable[[str], str]] = {"email": str.strip, "ip": _network, "country": str.upper}
    cleaned = dict(policy)
    for name, spell in spellings.items():
        for member in (f"{name}Allowlist", f"{name}Blocklist"):
            if member in policy:
                cleaned[member] = list(dict.fromkeys(spell(item) for item in policy[member]))
    return cleaned


def _network(value: str) -> str:
    network = ip_network(value.strip(), strict=False)
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is not None and network.prefixlen >= _MAPPED_PREFIX:
        # Addresses are compared as IPv4, whichever way they came.
        network = ip_network((mapped, network.prefixlen - _MAPPED_PREFIX))
    return str(network.network_address if network.num_addresses == 1 else network)
