"""Periodic work of this room."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from common.clock import now
from identity.imports.files import remove_all, tenants_with_files
from identity.imports.jobs import expire_user_import, forget_file, remove_orphaned_files
from identity.imports.selectors import get_user_import, list_expired_imports, list_stale_imports
from identity.imports.tasks import continue_imports, run_import
from identity.services.avatars import delete_unused_avatars
from identity.services.clean_up import delete_old_attempts
from identity.services.token_vault import rewrap_token_sets
from tenants.context import enter_tenant
from tenants.models import Tenant

__all__ = ["continue_imports", "run_import"]


@shared_task
def clean_up_attempts() -> None:
    """Hand every tenant's clean-up to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        clean_up_attempts_of_tenant.delay(tenant_id)


@shared_task
def clean_up_attempts_of_tenant(tenant_id: str) -> None:
    """Delete one tenant's old attempts, message counts, expired codes, tokens and trusted devices."""
    with enter_tenant(tenant_id):
        delete_old_attempts()


@shared_task
def clean_up_avatars() -> None:
    """Hand every tenant's uploaded avatars to a task of its own."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        clean_up_avatars_of_tenant.delay(tenant_id)


@shared_task
def clean_up_avatars_of_tenant(tenant_id: str) -> None:
    """Delete one tenant's uploaded avatars that no user has."""
    with enter_tenant(tenant_id):
        delete_unused_avatars()


@shared_task
def rewrap_tokens() -> None:
    """Hand every tenant's stored tokens to a task of its own, which puts them under the newest key."""
    for tenant_id in Tenant.objects.values_list("id", flat=True):
        rewrap_tokens_of_tenant.delay(tenant_id)


@shared_task
def rewrap_tokens_of_tenant(tenant_id: str) -> None:
    """Put one tenant's stored tokens under the newest key of the vault."""
    with enter_tenant(tenant_id):
        rewrap_token_sets()


@shared_task
def clean_up_imports() -> None:
    """Delete imports that are kept no longer, and files that nobody went on with or that belong to nobody."""
    kept_for = timedelta(days=settings.USER_IMPORT_RETENTION_DAYS)
    for tenant_id, import_id in list_expired_imports(moment=now(), age=kept_for):
        with enter_tenant(tenant_id):
            expire_user_import(import_id)
    for tenant_id, import_id in list_stale_imports(moment=now(), age=timedelta(days=settings.USER_IMPORT_FILE_DAYS)):
        with enter_tenant(tenant_id):
            forget_file(get_user_import(import_id))
    # Whoever is new meanwhile has no folder in the list yet.
    with_files = list(tenants_with_files())
    known = set(Tenant.objects.values_list("id", flat=True))
    for tenant_id in with_files:
        if tenant_id not in known:
            remove_all(tenant_id)
            continue
        with enter_tenant(tenant_id):
            remove_orphaned_files()
