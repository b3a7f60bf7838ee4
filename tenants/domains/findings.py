"""What is to be seen of a domain from outside: its proof, where it leads, its certificate."""

from typing import NamedTuple

from django.conf import settings

from common.http import OutboundRequestError, fetch
from tenants.domains.lookups import Answer, Lookups
from tenants.domains.models import Problem
from tenants.domains.names import proof_of
from tenants.models import Domain


class Finding(NamedTuple):
    """What keeps a domain from being proved, `None` if nothing does; `found` is what is there instead.

    `is_certain` says no if resolvers did not answer; `has_proof` whether the TXT record is there, `None` if unknown.
    """

    problem: Problem | None
    found: str = ""
    is_certain: bool = True
    has_proof: bool | None = None


_UNANSWERED = Finding(Problem.LOOKUP_FAILED, is_certain=False)


def look_at_records(domain: Domain, *, seconds: float) -> Finding:
    """Look up a domain's records, for at most so many seconds."""
    lookups = Lookups(seconds)
    proof = proof_of(domain)
    texts = lookups.ask(proof.name, proof.type, until=lambda value: value == proof.value)
    if not texts.is_answered:
        return _UNANSWERED
    if proof.value not in texts.values:
        problem = Problem.OWNERSHIP_DIFFERENT if texts.values else Problem.OWNERSHIP_MISSING
        return Finding(problem, has_proof=False)
    return _look_at_route(domain.domain, lookups)._replace(has_proof=True)


def _look_at_route(name: str, lookups: Lookups) -> Finding:
    """Look where a name leads: by an alias, or as zones without one at their top do it, by the target's addresses."""
    target = settings.CUSTOM_DOMAIN_TARGET
    aliases = lookups.follow_aliases(name, to=target)
    if target in aliases.values:
        return Finding(None)
    addresses = lookups.addresses_of(name)
    if not (aliases.is_answered and addresses.is_answered):
        return _UNANSWERED
    if not (aliases.values or addresses.values):
        return Finding(Problem.ROUTE_MISSING)
    wanted = lookups.addresses_of(target)
    if not wanted.is_answered:
        return _UNANSWERED
    if addresses.values and set(addresses.values) <= set(wanted.values):
        return Finding(None)
    return Finding(Problem.ROUTE_DIFFERENT, found=_shown(aliases, addresses))


def _shown(aliases: Answer, addresses: Answer) -> str:
    return (aliases.values or addresses.values)[-1]


def find_certificate_problem(name: str, *, seconds: float) -> str | None:
    """Ask the domain something over TLS; returns why that did not work, `None` if its certificate is in place.

    Where certificates are made on demand, this is the demand.
    """
    try:
        fetch("GET", f"https://{name}/healthz", timeout=seconds, longest=seconds, max_bytes=65_536)
    except OutboundRequestError as error:
        return str(error)
    return None
