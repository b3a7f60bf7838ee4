"""A newer list of disposable domains for the whole installation: fetched, checked, stored at once or not at all."""

import hashlib

from django.db import transaction

from common.clock import now
from common.domains import canonical_domain, is_host_name
from common.http import fetch
from connectors.enterprise.domains import PUBLIC_DOMAINS
from identity.identifiers.disposable import (
    current_domains,
    domain_lines,
    forget_disposable_domains,
    is_listed,
)
from identity.models import DisposableDomainList

# The list of 2026 has 10,000 domains in 200 kB.
_MAX_BYTES = 8_000_000
_FEWEST, _MOST = 1_000, 400_000
_TIMEOUT = 30.0
# Below the suffixes under which most people have their mailbox: a list that has a suffix has everybody.
_EVERYBODYS = PUBLIC_DOMAINS | {
    "yahoo.co.uk",
    "yahoo.co.jp",
    "yahoo.com.br",
    "hotmail.co.uk",
    "hotmail.fr",
    "web.de",
    "libero.it",
    "naver.com",
    "orange.fr",
    "rediffmail.com",
    "uol.com.br",
    "wp.pl",
}


class UnusableListError(Exception):
    """What was fetched is no list of disposable domains; the one in force stays. The text says why."""


def refresh_disposable_domains(url: str, *, allows_shrinking: bool = False) -> int:
    """Fetch a list, one domain a line, put it in force for every tenant and process, and return how many it has.

    Raises `OutboundRequestError`, and `UnusableListError` for anything that is not such a list: too short or too long,
    lines that are no domains, a domain that refuses everybody's mailbox, and, unless `allows_shrinking`, a list of less
    than half of the domains in force, which looks like a broken one.
    """
    answer = fetch("GET", url, timeout=_TIMEOUT, longest=_TIMEOUT, max_bytes=_MAX_BYTES)
    if answer.status != 200:
        raise UnusableListError(f"the address answered with status {answer.status}")
    domains = _checked(answer.text)
    if not allows_shrinking and len(domains) * 2 < len(current_domains()):
        raise UnusableListError(
            f"it has {len(domains)} domains, less than half of the {len(current_domains())} in force"
        )
    content = "\n".join(domains)
    with transaction.atomic():
        DisposableDomainList.objects.update_or_create(
            id=DisposableDomainList.ROW_ID,
            defaults={
                "version": hashlib.sha256(content.encode()).hexdigest(),
                "domains": content,
                "source": url[:2048],
                "refreshed_at": now(),
            },
        )
        transaction.on_commit(forget_disposable_domains)
    return len(domains)


def _checked(text: str) -> list[str]:
    """Return the domains of a list as DNS sees them, sorted."""
    lines = list(domain_lines(text))
    if not _FEWEST <= len(lines) <= _MOST:
        raise UnusableListError(f"it has {len(lines)} lines; {_FEWEST} to {_MOST} are expected")
    domains = sorted({canonical_domain(line) for line in lines})
    for domain in domains:
        if "." not in domain or not is_host_name(domain):
            raise UnusableListError(f"{domain[:80]!r} is no domain")
    held = frozenset(domains)
    if refused := sorted(domain for domain in _EVERYBODYS if is_listed(domain, held)):
        raise UnusableListError(f"it would refuse everybody's addresses: {', '.join(refused[:5])}")
    return domains
