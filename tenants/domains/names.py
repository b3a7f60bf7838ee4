"""Which names a tenant may take for its own, and the records that prove and route one."""

import re
from functools import cache
from typing import NamedTuple

from django.conf import settings
from publicsuffixlist import PublicSuffixList

from common.domains import canonical_domain, is_host_name
from common.errors import AppError
from tenants.hosts import own_host_names
from tenants.models import Domain

_TXT_LABEL = "_gatehouse."
_LONGEST = 253
# A last label of digits is an IPv4 address to URL parsers (WHATWG URL, "ends in a number").
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class DnsRecord(NamedTuple):
    """A record that the tenant sets: its name, type and value."""

    name: str
    type: str
    value: str


@cache
def _suffixes() -> PublicSuffixList:
    """Names below which anybody can register one (https://publicsuffix.org); the list is in the package."""
    return PublicSuffixList()


def read_domain_name(text: str) -> str:
    """Return the canonical form of a host name that a tenant may take for its own.

    Raises `domain.domain_is_not_allowed`, with the reason as `details`, for what is no host name, a public suffix, a
    name of the installation or below one, and names too long for the TXT record in front of them.
    """
    name = canonical_domain(text) if len(text) <= _LONGEST else ""
    is_host = name and is_host_name(name) and len(_TXT_LABEL) + len(name) <= _LONGEST
    if not is_host or _NUMBER.fullmatch(name.rpartition(".")[2]):
        raise _refusal("It must be a host name such as login.example.com, without https:// and a path.")
    own = [*own_host_names(), settings.CUSTOM_DOMAIN_TARGET, "localhost"]
    if any(name == host or name.endswith(f".{host}") for host in own if host):
        raise _refusal("It belongs to this installation.")
    if not _suffixes().privatesuffix(name):
        raise _refusal("Anybody can register a name below it: it must be a name of your own.")
    return name


def _refusal(reason: str) -> AppError:
    return AppError("domain.domain_is_not_allowed", details=reason)


def proof_of(domain: Domain) -> DnsRecord:
    """Return the record that proves a domain for its tenant; no other tenant's has this value."""
    return DnsRecord(f"{_TXT_LABEL}{domain.domain}", "TXT", f"gatehouse-verification={domain.verification_token}")


def records_of(domain: Domain) -> list[DnsRecord]:
    """Return the records to set: where the domain leads, and the proof."""
    return [DnsRecord(domain.domain, "CNAME", settings.CUSTOM_DOMAIN_TARGET), proof_of(domain)]
