"""Domains are added, given files, cleaned up and deleted here; `checking` says how they become active."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction

from common.actors import Actor
from common.clock import now
from common.errors import AppError
from tenants.announcing import announce
from tenants.context import all_tenants_scope, current_tenant_id
from tenants.domains.models import DomainCheck
from tenants.domains.names import read_domain_name
from tenants.domains.selectors import get_domain
from tenants.domains.transitions import HELD
from tenants.domains.verification_files import read_verification_files
from tenants.models import Domain, Tenant
from tenants.rate_limits import TooManyRequestsError, find_wait

# The first look by the schedule: before the records can be there, it would teach resolvers that there are none.
_FIRST_LOOK = timedelta(minutes=2)
# What was seen of a holder within this time is not looked at again, however often others want its domain.
_LEAST_AGE = timedelta(minutes=1)


class CleanUp(NamedTuple):
    """How many domains were old enough, and what became of them."""

    scanned: int
    deleted: int
    skipped_active: int


def is_configured() -> bool:
    """Whether tenants of this installation can have domains of their own."""
    return bool(settings.CUSTOM_DOMAIN_TARGET)


def add_domain(name: str, *, actor: Actor) -> Domain:
    """Add a domain, which waits for its records. Another tenant that waits for the same one is in nobody's way.

    Raises `domain.not_configured`, `domain.domain_is_not_allowed`, `domain.hostname_already_exists` if the tenant has
    it already, `domain.domain_in_use` if another tenant has proved it, `domain.exceed_domain_limit`, and
    `TooManyRequestsError` for one that adds and deletes them without end.

    One that was sold would be refused for as long as its old tenant is not looked at. So it is looked at, soon; once
    its records are known to be gone, the new owner may add the domain and prove it.
    """
    if not is_configured():
        raise AppError("domain.not_configured")
    canonical = read_domain_name(name)
    if _is_proved_elsewhere(canonical):
        raise AppError("domain.domain_in_use")
    return _add(canonical, actor)


def _is_proved_elsewhere(name: str) -> bool:
    """Whether another tenant holds the domain, as far as is known; if so, its records are looked at again."""
    own = current_tenant_id()
    with all_tenants_scope():
        held = Domain.all_tenants.filter(domain=name, status__in=HELD).exclude(tenant_id=own)
        proved = DomainCheck.all_tenants.filter(domain__in=held, missing_since=None)
        proved.filter(checked_at__lte=now() - _LEAST_AGE, next_at__gt=now()).update(next_at=now())
        return proved.exists()


@transaction.atomic
def _add(canonical: str, actor: Actor) -> Domain:
    # The tenant's row is the lock of their number.
    Tenant.objects.select_for_update(no_key=True).only("id").get(id=current_tenant_id())
    held = list(Domain.objects.values_list("domain", flat=True))
    if canonical in held:
        raise AppError("domain.hostname_already_exists")
    if len(held) >= settings.CUSTOM_DOMAINS_PER_TENANT:
        raise AppError("domain.exceed_domain_limit", params={"limit": settings.CUSTOM_DOMAINS_PER_TENANT})
    if wait := find_wait("CUSTOM_DOMAIN_ADDITION_LIMIT"):
        raise TooManyRequestsError(wait)
    domain = Domain.objects.create(domain=canonical)
    domain.refresh_from_db()
    DomainCheck.objects.create(domain=domain, next_at=now() + _FIRST_LOOK)
    announce("Domain.Created", actor=actor, kind="Domain", id=domain.id, name=canonical, after={"domain": canonical})
    return domain


@transaction.atomic
def delete_domain(domain_id: str, *, actor: Actor) -> None:
    """Delete a domain: nothing answers there any more, and others may prove it. Raises `entity.not_exists_with_id`."""
    _delete(_hold(domain_id), actor)


def _hold(domain_id: str) -> Domain:
    """Return a domain that nobody else changes until the transaction ends; raises `entity.not_exists_with_id`."""
    Domain.objects.select_for_update().filter(id=domain_id).first()
    return get_domain(domain_id)


def _delete(domain: Domain, actor: Actor) -> None:
    announce(
        "Domain.Deleted",
        actor=actor,
        kind="Domain",
        id=domain.id,
        name=domain.domain,
        before={"domain": domain.domain, "status": domain.status},
    )
    domain.delete()


@transaction.atomic
def replace_verification_files(domain_id: str, files: Any, *, actor: Actor) -> Sequence[Mapping[str, Any]]:
    """Replace the files that a domain serves for whoever wants to see who controls it, and return them.

    Raises `entity.not_exists_with_id`, and `guard.invalid_input` for what is no list of such files.
    """
    domain = _hold(domain_id)
    read = read_verification_files(files)
    before = [file["path"] for file in domain.verification_files]
    after = [file["path"] for file in read]
    if domain.verification_files != read:
        domain.verification_files = read
        domain.save(update_fields=["verification_files"])
        announce(
            "Domain.VerificationFiles.Updated",
            actor=actor,
            kind="Domain",
            id=domain.id,
            name=domain.domain,
            before={"paths": before},
            after={"paths": after},
        )
    return read


@transaction.atomic
def clean_up_domains(*, stale_days: int, actor: Actor) -> CleanUp:
    """Delete the domains whose state has not changed for so many days, but for the active ones."""
    stale = Domain.objects.select_for_update().filter(updated_at__lt=now() - timedelta(days=stale_days))
    domains = list(stale.order_by("created_at", "id"))
    doomed = [domain for domain in domains if domain.status != Domain.Status.ACTIVE]
    for domain in doomed:
        _delete(domain, actor)
    return CleanUp(len(domains), len(doomed), len(domains) - len(doomed))
