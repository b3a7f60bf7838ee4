"""Deliveries that are older, or more, than they are kept."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from common.clock import now
from events.webhooks.models import Attempt, Delivery
from events.webhooks.payloads import MAX_BYTES
from events.webhooks.schedule import MOST_TRIES
from events.webhooks.sending import MAX_ANSWER
from tenants.context import current_tenant_id
from tenants.database.statements import fetch_value

_BATCH = 1000
# A delivery takes as much at most.
_LARGEST = MAX_BYTES + MOST_TRIES * MAX_ANSWER

# The lengths are stored with the values: none is read. A delivery is as old as its event, which goes as a whole.
_LAST_THAT_FITS = """
SELECT min(created_at) FROM (
  SELECT d.created_at, sum(octet_length(d.body) + coalesce(answers.size, 0)) OVER (
    ORDER BY d.created_at DESC RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS total
  FROM events_delivery d
  LEFT JOIN (
    SELECT delivery_id, sum(octet_length(answer)) AS size FROM events_attempt WHERE tenant_id = %(tenant)s
    GROUP BY delivery_id
  ) AS answers ON answers.delivery_id = d.id
  WHERE d.tenant_id = %(tenant)s
) AS newest_first WHERE total <= %(bytes)s"""


def delete_old_deliveries() -> int:
    """Delete the current tenant's deliveries that are too old, too many or too large, oldest first; returns how many.

    In batches, so that no transaction grows with the backlog.
    """
    oldest_kept = max([now() - timedelta(days=settings.WEBHOOK_RETENTION_DAYS), *_oldest_that_fit()])
    count = 0
    old = Delivery.objects.filter(created_at__lt=oldest_kept).order_by("created_at", "id")
    while deleted := _delete(old):
        count += deleted
    return count


@transaction.atomic
def _delete(deliveries: QuerySet[Delivery]) -> int:
    """Delete a batch of deliveries with their attempts.

    One that a worker is writing an attempt of is left to the next clean-up: the attempt would be missed at the commit.
    """
    ids = list(deliveries.select_for_update(skip_locked=True).values_list("id", flat=True)[:_BATCH])
    Attempt.objects.filter(delivery_id__in=ids).delete()
    Delivery.objects.filter(id__in=ids).delete()
    return len(ids)


def _oldest_that_fit() -> Iterator[datetime]:
    """Yield when the oldest delivery that may stay was recorded, by each bound that is reached."""
    newest_first = Delivery.objects.order_by("-created_at", "-id").values_list("created_at", flat=True)
    most, most_bytes = settings.WEBHOOK_DELIVERIES_PER_TENANT, settings.WEBHOOK_BYTES_PER_TENANT
    yield from newest_first[most - 1 : most]
    # Fewer fit in any case: most tenants' are never added up.
    fitting = most_bytes // _LARGEST
    if newest_first[fitting : fitting + 1]:
        moment = fetch_value(_LAST_THAT_FITS, {"tenant": current_tenant_id(), "bytes": most_bytes})
        if moment is not None:
            yield moment
