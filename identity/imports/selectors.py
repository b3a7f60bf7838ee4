"""Reads of imports."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from common.errors import AppError
from identity.identifier_keys import is_storable
from identity.models import UserImport, UserImportProblem
from tenants.context import all_tenants_scope

_ACTIVE = (UserImport.Status.CHECKING, UserImport.Status.IMPORTING)


def list_user_imports() -> QuerySet[UserImport]:
    """Return the tenant's imports, newest first."""
    return UserImport.objects.order_by("-created_at", "-id")


def get_user_import(import_id: str) -> UserImport:
    """Return an import by its id; raises `entity.not_exists_with_id`. One statement."""
    found = UserImport.objects.filter(id=import_id).first() if is_storable(import_id) else None
    if found is None:
        raise AppError("entity.not_exists_with_id")
    return found


def list_problems(user_import: UserImport) -> QuerySet[UserImportProblem]:
    """Return what was wrong with rows of the file, in its order."""
    return UserImportProblem.objects.filter(user_import=user_import).order_by("id")


def iterate_problems(user_import: UserImport) -> Iterator[UserImportProblem]:
    """Yield every problem in the file's order, some thousand at a time."""
    return list_problems(user_import).iterator(chunk_size=2_000)


def problem_message(problem: UserImportProblem) -> str:
    """Return what was wrong in the active language."""
    return AppError(problem.code, params=problem.parameters or None).message


def list_waiting_imports(*, moment: datetime) -> list[tuple[str, str]]:
    """Return the imports of all tenants that are to be run and that no process runs, `(tenant, id)`. 1 statement."""
    is_free = Q(lease=None) | Q(lease_expires_at__lt=moment)
    with all_tenants_scope():
        waiting = UserImport.all_tenants.filter(is_free, status__in=_ACTIVE, is_local=False)
        return list(waiting.order_by("updated_at").values_list("tenant_id", "id")[:100])


def list_stale_imports(*, moment: datetime, age: timedelta) -> list[tuple[str, str]]:
    """Return the imports of all tenants that nobody has gone on with for so long, `(tenant, id)`. 1 statement."""
    with all_tenants_scope():
        stale = UserImport.all_tenants.filter(updated_at__lt=moment - age).exclude(status__in=_ACTIVE)
        return list(stale.filter(chunk_count__gt=0).order_by("updated_at").values_list("tenant_id", "id")[:1_000])


def list_expired_imports(*, moment: datetime, age: timedelta) -> list[tuple[str, str]]:
    """Return the imports of all tenants that are kept no longer, `(tenant, id)`. 1 statement.

    One that runs is none of them, unless its file is a command's that has ended without a word.
    """
    ended = ~Q(status__in=_ACTIVE) | Q(is_local=True, lease=None) | Q(is_local=True, lease_expires_at__lt=moment)
    with all_tenants_scope():
        expired = UserImport.all_tenants.filter(ended, updated_at__lt=moment - age)
        return list(expired.order_by("updated_at").values_list("tenant_id", "id")[:1_000])
