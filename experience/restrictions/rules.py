"""What a policy must not say: the same of allowing and refusing, or nothing that anybody could sign in with."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from common.errors import AppError
from experience.restrictions.countries import COUNTRIES
from experience.restrictions.policy import Networks, SignInRestrictions
from identity.identifiers import covers_email_pattern
from tenants.context import current_tenant_id
from tenants.hosts import ADMIN_TENANT

_KINDS = ("email", "ip", "country")
# IPv4 and IPv6: who blocks one has not blocked everybody.
_FAMILIES = (4, 6)


def check_restrictions(changes: Mapping[str, Any], stored: Mapping[str, Any]) -> None:
    """Raise `sign_in_experiences.sign_in_restriction_*` for a policy that cannot be meant.

    `…_contradicts_itself` for an entry of an allowlist and of its blocklist, `…_locks_out_everybody` if nobody is left,
    and `…_not_for_console` for any restriction of tenant `admin`: developers would not come back to lift it.
    """
    if "signInRestrictionPolicy" not in changes:
        return
    policy = SignInRestrictions.from_settings(stored["signInRestrictionPolicy"])
    if policy == SignInRestrictions.from_settings(None):
        return
    if current_tenant_id() == ADMIN_TENANT:
        raise AppError("sign_in_experiences.sign_in_restriction_not_for_console")
    for kind in _KINDS:
        given = stored["signInRestrictionPolicy"]
        both = set(given.get(f"{kind}Allowlist", ())) & set(given.get(f"{kind}Blocklist", ()))
        if both:
            item = min(both)
            raise AppError(
                "sign_in_experiences.sign_in_restriction_contradicts_itself",
                data={"identifier": kind, "item": item},
                params={"item": item},
            )
    for kind, locks_out in (
        ("email", _blocks_every_email(policy)),
        ("ip", _blocks_every_address(policy)),
        ("country", _blocks_every_country(policy)),
    ):
        if locks_out:
            raise AppError("sign_in_experiences.sign_in_restriction_locks_out_everybody", data={"identifier": kind})


def _blocks_every_email(policy: SignInRestrictions) -> bool:
    """Whether the blocklist has everything that the allowlist has. Without an allowlist there are other addresses."""
    return (
        bool(policy.email_allowlist)
        and all(
            any(covers_email_pattern(blocked, allowed) for blocked in policy.email_blocklist)
            for allowed in policy.email_allowlist
        )
        and not policy.allows_users_without_email
    )


def _blocks_every_address(policy: SignInRestrictions) -> bool:
    if policy.ip_allowlist:
        return all(_is_within(network, policy.ip_blocklist) for network in policy.ip_allowlist)
    whole = {network.version for network in policy.ip_blocklist if network.prefixlen == 0}
    return whole.issuperset(_FAMILIES)


def _is_within(network: Any, others: Networks) -> bool:
    return any(network.version == other.version and network.subnet_of(other) for other in others)


def _blocks_every_country(policy: SignInRestrictions) -> bool:
    """Without a source of places every country is unknown, and an allowlist admits none."""
    if not policy.country_allowlist:
        return policy.country_blocklist >= COUNTRIES
    if policy.allows_unknown_country:
        return False
    knows_places = bool(settings.TRUST_EDGE_HEADERS or settings.GEOIP_DATABASE)
    return not knows_places or policy.country_allowlist <= policy.country_blocklist
