"""Periodic work of this room."""

from celery import shared_task
from django.conf import settings

from tenants import counts
from tenants.context import enter_tenant
from tenants.domains import checking

# In a minute. Without a queue they are looked at one after the other, and whatever else is due waits for them.
_MOST_CHECKS = 100
_MOST_CHECKS_IN_PROCESS = 5


@shared_task
def fold_counts() -> None:
    """Add up the changes of the kept row counts, of every tenant."""
    counts.fold_counts()


@shared_task
def check_due_domains() -> None:
    """Hand every custom domain that is due to a task of its own."""
    most = _MOST_CHECKS_IN_PROCESS if settings.CELERY_TASK_ALWAYS_EAGER else _MOST_CHECKS
    for tenant_id, domain_id in checking.take_due_domains(most):
        check_domain.delay(tenant_id, domain_id)


@shared_task
def check_domain(tenant_id: str, domain_id: str) -> None:
    """Look at one domain of a tenant."""
    with enter_tenant(tenant_id):
        checking.check_domain(domain_id)
