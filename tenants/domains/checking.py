"""Domains are looked at, and their state follows: by the schedule, or because somebody asks."""

from datetime import timedelta
from threading import BoundedSemaphore

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from common.actors import SYSTEM
from common.clock import now
from tenants.announcing import announce
from tenants.context import all_tenants_scope
from tenants.domains.findings import Finding, find_certificate_problem, look_at_records
from tenants.domains.models import DomainCheck, Problem
from tenants.domains.transitions import HELD, Outcome, after_certificate, after_records, refused
from tenants.models import Domain
from tenants.rate_limits import find_wait

# Seconds for the records, and for the certificate, which is perhaps made meanwhile.
_IN_BACKGROUND = (10.0, 30.0)
_WHILE_SOMEBODY_WAITS = (4.0, 4.0)
# A domain is looked at no more often than this, whoever asks.
_PAUSE = timedelta(seconds=10)
# How long a look that was begun may take before another begins.
_LEASE = timedelta(minutes=5)

# Requests that wait for other people's name servers hold few of a process's threads.
_waiting_requests = BoundedSemaphore(2)


def take_due_domains(most: int) -> list[tuple[str, str]]:
    """Take domains that are due, of all tenants: pairs of tenant id and domain id. Nobody else gets them meanwhile."""
    moment = now()
    with all_tenants_scope(), transaction.atomic():
        due = DomainCheck.all_tenants.select_for_update(skip_locked=True).filter(next_at__lte=moment)
        checks = list(due.order_by("next_at").values_list("id", "tenant_id", "domain_id")[:most])
        DomainCheck.all_tenants.filter(id__in=[id for id, *_ in checks]).update(next_at=moment + _LEASE)
    return [(tenant_id, domain_id) for _id, tenant_id, domain_id in checks]


def check_domain(domain_id: str) -> None:
    """Look at a domain of the current tenant and let its state follow; nothing for one that is no longer there."""
    domain = Domain.objects.filter(id=domain_id).first()
    if domain is not None:
        _check(domain, *_IN_BACKGROUND)


def refresh_domain(domain: Domain) -> Domain:
    """Look at a domain because somebody asks, and return it as it is then.

    As it is stored if it, or the tenant's domains, were looked at too recently, or the process has enough to wait for.
    """
    if not _waiting_requests.acquire(blocking=False):
        return domain
    try:
        # Claimed last: it says that the domain was looked at.
        if not _is_due(domain) or find_wait("CUSTOM_DOMAIN_CHECK_LIMIT") or not _claim(domain):
            return domain
        _check(domain, *_WHILE_SOMEBODY_WAITS)
    finally:
        _waiting_requests.release()
    return Domain.objects.filter(id=domain.id).first() or domain


def _is_due(domain: Domain) -> bool:
    DomainCheck.objects.get_or_create(domain=domain)
    return _idle_checks(domain).exists()


def _claim(domain: Domain) -> bool:
    return _idle_checks(domain).update(checked_at=now()) == 1


def _idle_checks(domain: Domain) -> QuerySet[DomainCheck]:
    idle = Q(checked_at=None) | Q(checked_at__lte=now() - _PAUSE)
    return DomainCheck.objects.filter(idle, domain=domain)


def _check(domain: Domain, for_records: float, for_certificate: float) -> None:
    finding = look_at_records(domain, seconds=for_records)
    status = _settle_records(domain.id, finding)
    if status == Domain.Status.PENDING_SSL and finding.problem is None:
        # After the commit: who makes certificates asks first whether this one may be made.
        problem = find_certificate_problem(domain.domain, seconds=for_certificate)
        _settle_certificate(domain.id, problem)


@transaction.atomic
def _settle_records(domain_id: str, finding: Finding) -> str | None:
    locked = _lock(domain_id)
    if locked is None:
        return None
    domain, check = locked
    moment = now()
    outcome = after_records(domain, check, finding, moment=moment)
    try:
        with transaction.atomic():
            _apply(domain, check, outcome)
    except IntegrityError:
        # The index of holders: another tenant has proved it before.
        domain.refresh_from_db()
        outcome = refused(domain, check, Problem.IN_USE, moment=moment)
        _contest(domain.domain)
        _apply(domain, check, outcome)
    return outcome.status


@transaction.atomic
def _settle_certificate(domain_id: str, problem: str | None) -> None:
    locked = _lock(domain_id)
    if locked is not None and locked[0].status == Domain.Status.PENDING_SSL:
        domain, check = locked
        _apply(domain, check, after_certificate(check, problem, moment=now()))


def _lock(domain_id: str) -> tuple[Domain, DomainCheck] | None:
    domain = Domain.objects.select_for_update().filter(id=domain_id).first()
    if domain is None:
        return None
    check, _is_new = DomainCheck.objects.get_or_create(domain=domain)
    return domain, check


def _apply(domain: Domain, check: DomainCheck, outcome: Outcome) -> None:
    before = domain.status
    if before != outcome.status:
        domain.status = outcome.status
        domain.save(update_fields=["status", "updated_at"])
        announce(
            "Domain.Status.Updated",
            actor=SYSTEM,
            kind="Domain",
            id=domain.id,
            name=domain.domain,
            before={"status": before},
            after={"status": outcome.status, **({"problem": outcome.problem} if outcome.problem else {})},
        )
    check.problem, check.found = outcome.problem, outcome.found[:256]
    check.failures = min(outcome.failures, 1_000)
    check.missing_since, check.next_at, check.checked_at = outcome.missing_since, outcome.next_at, now()
    if outcome.missing_since is None:
        check.is_contested = False
    check.save()


def _contest(name: str) -> None:
    """Have the holder looked at, without its grace period: whoever controls the zone now decides.

    Its tenant is not entered and learns nothing of who asks.
    """
    with all_tenants_scope():
        holders = Domain.all_tenants.filter(domain=name, status__in=HELD).values_list("id", flat=True)
        DomainCheck.all_tenants.filter(domain_id__in=list(holders)).update(is_contested=True, next_at=now())
