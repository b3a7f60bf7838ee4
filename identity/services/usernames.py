"""Changing whether case tells usernames apart."""

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.db.models.functions import Lower

from common.errors import AppError
from identity.models import User
from tenants.context import current_tenant_id
from tenants.database.statements import write

_FOLLOW_CASE = """
UPDATE identity_user SET username_key = CASE WHEN %(sensitive)s THEN username ELSE lower(username) END
WHERE tenant_id = %(tenant)s
  AND username_key IS DISTINCT FROM CASE WHEN %(sensitive)s THEN username ELSE lower(username) END"""


def find_case_conflicts(*, limit: int = 20) -> tuple[int, list[str]]:
    """Return how many names are held in several spellings of case, and the first `limit` of them in lower case."""
    folded = User.objects.filter(username__isnull=False).annotate(folded=Lower("username")).values("folded")
    conflicts = folded.annotate(total=Count("id")).filter(total__gt=1).order_by("folded")
    return conflicts.count(), list(conflicts.values_list("folded", flat=True)[:limit])


@transaction.atomic
def apply_case_sensitivity(*, case_sensitive: bool) -> None:
    """Compare the tenant's usernames by this rule from now on.

    Called in the transaction that stores the policy. Raises `user.username_already_in_use` if two names clash; which,
    `find_case_conflicts` tells.
    """
    try:
        with transaction.atomic():
            write(_FOLLOW_CASE, {"sensitive": case_sensitive, "tenant": current_tenant_id()})
    except IntegrityError as error:
        raise AppError("user.username_already_in_use") from error
