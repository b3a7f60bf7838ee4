"""How a domain's state follows from what is seen of it: decisions, without a database or a network.

PendingVerification ── records ──▶ PendingSsl ── certificate ──▶ Active
         │                             │                           │
         └─── two weeks without ───▶ Error ◀── records gone ───────┘
                                       └─── records ──▶ PendingSsl
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from tenants.domains.findings import Finding
from tenants.domains.models import DomainCheck, Problem
from tenants.models import Domain

Status = Domain.Status

HELD = frozenset({Status.PENDING_SSL, Status.ACTIVE})

# For how long a domain that leads nowhere is looked at by itself.
_PATIENCE = timedelta(days=14)
# First and longest pause between two looks, by what is waited for; each look that leads nowhere doubles the pause.
_RECORDS = timedelta(minutes=1), timedelta(hours=1)
_CERTIFICATE = timedelta(seconds=20), timedelta(minutes=10)
_RETURN = timedelta(minutes=10), timedelta(hours=6)
_ROUTINE = timedelta(hours=6)
_MISSING = timedelta(hours=1)
_CONTESTED = timedelta(minutes=1)


@dataclass(slots=True)
class Outcome:
    """What a look leads to: the state, and what to remember of it until the next."""

    status: Domain.Status
    problem: str = ""
    found: str = ""
    missing_since: datetime | None = None
    failures: int = 0
    next_at: datetime | None = None


def after_records(domain: Domain, check: DomainCheck, finding: Finding, *, moment: datetime) -> Outcome:
    """Decide by the records that were found. A holder keeps the domain for a while, or until it is contested."""
    if domain.status in HELD:
        return _holder_after_records(domain, check, finding, moment)
    if finding.problem is None:
        return _scheduled(Outcome(Status.ACTIVE if _has_tls_elsewhere() else Status.PENDING_SSL), moment)
    return refused(domain, check, finding.problem, found=finding.found, moment=moment)


def refused(domain: Domain, check: DomainCheck, problem: Problem, *, found: str = "", moment: datetime) -> Outcome:
    """Decide about a domain that is not held: it waits for two weeks at most, and is looked at for two more."""
    is_late = moment - domain.updated_at > _PATIENCE
    if domain.status == Status.PENDING_VERIFICATION and is_late:
        return _scheduled(Outcome(Status.ERROR, Problem.NEVER_PROVED), moment)
    status = Status.ERROR if problem is Problem.IN_USE else Status(domain.status)
    outcome = _scheduled(Outcome(status, problem, found, failures=check.failures + 1), moment)
    if domain.status == Status.ERROR and is_late:
        outcome.next_at = None
    return outcome


def _holder_after_records(domain: Domain, check: DomainCheck, finding: Finding, moment: datetime) -> Outcome:
    if finding.problem is None:
        if domain.status == Status.ACTIVE or _has_tls_elsewhere():
            return _scheduled(Outcome(Status.ACTIVE), moment)
        # The look at the certificate follows.
        return _scheduled(Outcome(Status.PENDING_SSL, failures=check.failures), moment)
    if not finding.is_certain:
        same = Outcome(Status(domain.status), check.problem, check.found, check.missing_since, check.failures)
        return _scheduled(same, moment)
    since = check.missing_since or moment
    is_over = moment - since >= timedelta(hours=settings.CUSTOM_DOMAIN_GRACE_HOURS)
    if is_over or (check.is_contested and not finding.has_proof):
        return _scheduled(Outcome(Status.ERROR, Problem.RECORDS_GONE), moment)
    outcome = Outcome(Status(domain.status), finding.problem, finding.found, since)
    outcome.next_at = moment + (_CONTESTED if check.is_contested else _MISSING)
    return outcome


def after_certificate(check: DomainCheck, problem: str | None, *, moment: datetime) -> Outcome:
    """Decide by whether the proved domain answers over TLS; `problem` says why not."""
    if problem is None:
        return _scheduled(Outcome(Status.ACTIVE, missing_since=check.missing_since), moment)
    failures = check.failures + 1
    waiting = Outcome(Status.PENDING_SSL, Problem.NO_CERTIFICATE, problem, check.missing_since, failures)
    return _scheduled(waiting, moment)


def _has_tls_elsewhere() -> bool:
    return str(settings.CUSTOM_DOMAIN_TLS) == "external"


def _scheduled(outcome: Outcome, moment: datetime) -> Outcome:
    if outcome.status == Status.ACTIVE:
        pause = _ROUTINE
    else:
        waits = {Status.PENDING_SSL: _CERTIFICATE, Status.PENDING_VERIFICATION: _RECORDS}
        first, longest = waits.get(outcome.status, _RETURN)
        pause = min(longest, first * 2 ** min(outcome.failures, 16))
    outcome.next_at = moment + pause
    return outcome
