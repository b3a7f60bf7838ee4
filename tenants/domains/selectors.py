"""Reads of domains."""

from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.errors import AppError
from tenants.configuration import cached
from tenants.context import all_tenants_scope, current_tenant_id
from tenants.domains.models import DomainCheck, Problem
from tenants.domains.names import proof_of
from tenants.domains.transitions import HELD
from tenants.hosts import origins_of_tenant
from tenants.models import Domain

_PROBLEMS = {
    Problem.OWNERSHIP_MISSING: _("There is no TXT record at %(record)s yet."),
    Problem.OWNERSHIP_DIFFERENT: _("The TXT record at %(record)s has another value."),
    Problem.ROUTE_MISSING: _("There is no CNAME record at %(domain)s yet."),
    Problem.ROUTE_DIFFERENT: _("%(domain)s leads to %(found)s, not to %(target)s."),
    Problem.LOOKUP_FAILED: _("The DNS servers did not answer. This will be tried again."),
    Problem.IN_USE: _("Another tenant holds this domain. It is free once that tenant's TXT record is gone."),
    Problem.NO_CERTIFICATE: _("There is no certificate yet: %(found)s."),
    Problem.NEVER_PROVED: _("The DNS records did not appear in time. Set them, then check again."),
    Problem.RECORDS_GONE: _("The DNS records are gone. Set them again, then check again."),
}


class VerificationFile(NamedTuple):
    """A file that somebody else asks for at a domain, to see who controls it."""

    content: str
    content_type: str


def list_domains() -> QuerySet[Domain]:
    """Return the tenant's domains with their last checks, oldest first."""
    return Domain.objects.prefetch_related("checks").order_by("created_at", "id")


def get_domain(domain_id: str) -> Domain:
    """Return a domain of the tenant; raises `entity.not_exists_with_id`."""
    domain = list_domains().filter(id=domain_id).first()
    if domain is None:
        raise AppError("entity.not_exists_with_id", params={"name": "domain", "id": domain_id})
    return domain


def find_check(domain: Domain) -> DomainCheck | None:
    """Return the last look at a domain, `None` before the first."""
    check: DomainCheck | None = next(iter(domain.checks.all()), None)
    return check


def explain_problem(domain: Domain) -> str | None:
    """Return in words what a domain waits for or has lost, `None` for one without a problem."""
    check = find_check(domain)
    if check is None or not check.problem:
        return None
    values = {
        "domain": domain.domain,
        "record": proof_of(domain).name,
        "target": settings.CUSTOM_DOMAIN_TARGET,
        "found": check.found,
    }
    return str(_PROBLEMS[Problem(check.problem)]) % values


def tenant_origins() -> tuple[str, ...]:
    """Return every origin of the current tenant; cached with its configuration."""
    tenant_id = current_tenant_id()
    return cached("origins", "", lambda: tuple(origins_of_tenant(tenant_id)))


def may_have_certificate(name: str) -> bool:
    """Whether a certificate may be made for a name: some tenant has proved it. 1 statement, by the name's index."""
    with all_tenants_scope():
        return Domain.all_tenants.filter(domain=name, status__in=HELD).exists()


def verification_files_at(name: str) -> Mapping[str, VerificationFile]:
    """Return the current tenant's verification files of an active domain, by path; cached with its configuration."""

    def load() -> Mapping[str, VerificationFile]:
        active = Domain.objects.filter(domain=name, status=Domain.Status.ACTIVE)
        stored = active.values_list("verification_files", flat=True).first() or []
        return {file["path"]: VerificationFile(file["content"], file["contentType"]) for file in stored}

    return cached("verification-files", name, load)
