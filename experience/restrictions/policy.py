"""The policy in force: whether a sign-in is allowed, by what is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from experience.restrictions.errors import Reason, SignInRestrictedError
from experience.restrictions.shape import SIGN_IN_RESTRICTION_POLICY
from identity.identifiers import matches_email_pattern

Networks = tuple[IPv4Network | IPv6Network, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRestrictions:
    """Lists of each kind; an empty one restricts nothing. What is on a blocklist is refused, whatever allows it."""

    email_allowlist: tuple[str, ...] = ()
    email_blocklist: tuple[str, ...] = ()
    allows_users_without_email: bool = False
    ip_allowlist: Networks = ()
    ip_blocklist: Networks = ()
    country_allowlist: frozenset[str] = frozenset()
    country_blocklist: frozenset[str] = frozenset()
    allows_unknown_country: bool = False

    @classmethod
    def from_settings(cls, stored: Mapping[str, Any] | None) -> "SignInRestrictions":
        """Read the stored `signInRestrictionPolicy`; a member that is missing restricts nothing."""
        given = SIGN_IN_RESTRICTION_POLICY.fill(stored)
        return cls(
            email_allowlist=tuple(given["emailAllowlist"]),
            email_blocklist=tuple(given["emailBlocklist"]),
            allows_users_without_email=bool(given.get("allowUsersWithoutEmail")),
            ip_allowlist=tuple(map(ip_network, given["ipAllowlist"])),
            ip_blocklist=tuple(map(ip_network, given["ipBlocklist"])),
            country_allowlist=frozenset(given["countryAllowlist"]),
            country_blocklist=frozenset(given["countryBlocklist"]),
            allows_unknown_country=bool(given.get("allowUnknownCountry")),
        )

    @property
    def is_about_places(self) -> bool:
        """Whether the country of a request has to be known."""
        return bool(self.country_allowlist or self.country_blocklist)

    def assert_place_allowed(self, *, ip: str, country: str | None) -> None:
        """Raise `session.sign_in_restricted` for a network or a country from where nobody signs in.

        An address that cannot be read is on no list. `country` is `None` if it is not known: it is on no list then, and
        only refused where countries are allowed one by one, unless the policy allows that.
        """
        if not _is_address_allowed(_address(ip), self.ip_allowlist, self.ip_blocklist):
            raise SignInRestrictedError(Reason.IP_ADDRESS)
        is_admitted = self.allows_unknown_country if country is None else country in self.country_allowlist
        if country in self.country_blocklist or (self.country_allowlist and not is_admitted):
            raise SignInRestrictedError(Reason.COUNTRY)

    def assert_email_allowed(self, email: str) -> None:
        """Raise `session.sign_in_restricted` for an address that nobody signs in with."""
        if matches_email_pattern(email, self.email_blocklist) or (
            self.email_allowlist and not matches_email_pattern(email, self.email_allowlist)
        ):
            raise SignInRestrictedError(Reason.EMAIL)

    def assert_email_not_needed(self) -> None:
        """Raise `session.sign_in_restricted` for a user without an address, where only some addresses are allowed."""
        if self.email_allowlist and not self.allows_users_without_email:
            raise SignInRestrictedError(Reason.EMAIL)


def _address(ip: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(ip)
    except ValueError:
        return None
    # A socket for both families has IPv4 addresses in IPv6 form (RFC 4291 section 2.5.5.2).
    return getattr(address, "ipv4_mapped", None) or address


def _is_address_allowed(address: IPv4Address | IPv6Address | None, allowed: Networks, blocked: Networks) -> bool:
    if address is None:
        return not allowed
    return not any(address in network for network in blocked) and (
        not allowed or any(address in network for network in allowed)
    )
