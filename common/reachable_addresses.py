"""Which IP addresses the public internet leads to, by the IANA special-purpose address registries (RFC 6890).

Written out and not taken from `ipaddress`: what `is_global` says has changed from one patch release of Python to the
next. An IPv6 address that a network may turn into an IPv4 address counts as the address it becomes, or is refused.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_UNREACHABLE_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network (RFC 791)
            "10.0.0.0/8",  # private use (RFC 1918)
            "100.64.0.0/10",  # shared address space of carriers (RFC 6598)
            "127.0.0.0/8",  # loopback (RFC 1122)
            "169.254.0.0/16",  # link-local (RFC 3927), where clouds keep their metadata
            "172.16.0.0/12",  # private use (RFC 1918)
            "192.0.0.0/24",  # protocol assignments (RFC 6890)
            "192.0.2.0/24",  # documentation (RFC 5737)
            "192.88.99.0/24",  # 6to4 relays, deprecated (RFC 7526)
            "192.168.0.0/16",  # private use (RFC 1918)
            "198.18.0.0/15",  # benchmarks (RFC 2544)
            "198.51.100.0/24",  # documentation (RFC 5737)
            "203.0.113.0/24",  # documentation (RFC 5737)
            "224.0.0.0/4",  # multicast (RFC 5771)
            "240.0.0.0/4",  # reserved, and broadcast (RFC 1112, RFC 8190)
        ),
    )
)

# Everything outside of it is loopback, mapped, unique or site-local, link-local, multicast or not assigned.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_UNREACHABLE_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments (RFC 2928), Teredo among them (RFC 4380)
            "2001:db8::/32",  # documentation (RFC 3849)
            "2002::/16",  # 6to4 (RFC 3056), deprecated: leads to whatever IPv4 address is in it
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)
# Assigned within 2001::/23, and globally reachable.
_REACHABLE_V6 = tuple(map(IPv6Network, ("2001:3::/32", "2001:4:112::/48", "2001:20::/28", "2001:30::/28")))

# NAT64 by the well-known prefix (RFC 6052 section 2.1); the local one, 64:ff9b:1::/48, leads anywhere (RFC 8215).
_TRANSLATED = IPv6Network("64:ff9b::/96")
# The upper half of an interface identifier that ends with an IPv4 address (ISATAP, RFC 5214 section 6.1).
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})


def is_globally_reachable(address: str) -> bool:
    """Whether anybody on the internet can be at this address; `address` is as `getaddrinfo` has it."""
    parsed = ip_address(address.partition("%")[0])
    return _is_reachable_v4(parsed) if isinstance(parsed, IPv4Address) else _is_reachable_v6(parsed)


def _is_reachable_v4(address: IPv4Address) -> bool:
    return not any(address in network for network in _UNREACHABLE_V4)


def _is_reachable_v6(address: IPv6Address) -> bool:
    if address in _TRANSLATED:
        return _is_reachable_v4(IPv4Address(int(address) & 0xFFFF_FFFF))
    if address not in _GLOBAL_UNICAST or (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return False
    if any(address in network for network in _REACHABLE_V6):
        return True
    return not any(address in network for network in _UNREACHABLE_V6)
