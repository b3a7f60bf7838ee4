"""Reads of webhooks, of what was sent to them, and of who has any."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from common.clock import now
from common.errors import AppError
from events.webhooks.models import Attempt, Delivery, Hook
from tenants.context import all_tenants_scope
from tenants.database.statements import fetch_values

#: Of how long statistics, and logs that nobody gives a time for, are.
STATS_SPAN = timedelta(hours=24)
LOG_PREFIX = "TriggerHook."

_WAITING = """
SELECT DISTINCT h.tenant_id FROM events_hook h WHERE h.enabled AND h.paused_at IS NULL AND EXISTS (
  SELECT 1 FROM events_delivery d
  WHERE d.tenant_id = h.tenant_id AND d.hook_id = h.id AND d.state = 'pending' AND d.due_at <= %s)"""


class Stats(NamedTuple):
    """What was sent to a webhook in the last 24 hours."""

    successes: int = 0
    requests: int = 0


def list_hooks() -> QuerySet[Hook]:
    """Return the tenant's webhooks, newest first."""
    return Hook.objects.order_by("-created_at", "id")


def get_hook(hook_id: str, *, code: str = "entity.not_exists_with_id") -> Hook:
    """Return one of the tenant's webhooks; raises `code`."""
    hook = Hook.objects.filter(id=hook_id).first() if hook_id.isprintable() else None
    if hook is None:
        raise AppError(code)
    return hook


def stats_of(hook_ids: Iterable[str]) -> Mapping[str, Stats]:
    """Return what was sent to these webhooks in the last 24 hours, by their ids. 1 statement, from an index alone."""
    recent = Attempt.objects.filter(hook_id__in=list(hook_ids), created_at__gt=now() - STATS_SPAN)
    counted = recent.values("hook_id").annotate(successes=Count("id", filter=Q(is_success=True)), requests=Count("id"))
    return {row["hook_id"]: Stats(row["successes"], row["requests"]) for row in counted}


def list_deliveries(
    hook_id: str,
    *,
    state: str | None = None,
    event: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> QuerySet[Delivery]:
    """Return what was, or is to be, sent to a webhook, newest first; both bounds included.

    Raises `log.invalid_time_window`.
    """
    _assert_window(start, end)
    given = {"state": state, "event": event, "created_at__gte": start, "created_at__lte": end}
    found = Delivery.objects.filter(hook_id=hook_id).order_by("-created_at", "-id")
    return found.filter(**{name: value for name, value in given.items() if value})


def get_delivery(hook: Hook, message_id: str) -> Delivery:
    """Return a delivery to a webhook; raises `entity.not_exists_with_id`."""
    rows = (
        Delivery.objects.filter(hook=hook, message_id=message_id)
        if message_id.isprintable()
        else Delivery.objects.none()
    )
    delivery = rows.first()
    if delivery is None:
        raise AppError("entity.not_exists_with_id")
    return delivery


def list_attempts(delivery: Delivery) -> QuerySet[Attempt]:
    """Return what came of a delivery, the first attempt first."""
    return Attempt.objects.filter(delivery=delivery).order_by("created_at", "id")


def list_recent_attempts(
    hook_id: str, *, key: str | None = None, start: datetime | None = None, end: datetime | None = None
) -> QuerySet[Attempt]:
    """Return the requests to a webhook, newest first, of the last day if neither bound is given.

    `key` is that of the log, `TriggerHook.<event>`. Raises `log.invalid_time_window`.
    """
    _assert_window(start, end)
    if start is None and end is None:
        start = now() - STATS_SPAN
    # Whatever else an address may hold is no id.
    attempts = Attempt.objects.filter(hook_id=hook_id) if hook_id.isprintable() else Attempt.objects.none()
    found = attempts.select_related("delivery").order_by("-created_at", "id")
    if key:
        found = (
            found.filter(delivery__event=key.removeprefix(LOG_PREFIX)) if key.startswith(LOG_PREFIX) else found.none()
        )
    bounds = {"created_at__gte": start, "created_at__lte": end}
    return found.filter(**{name: value for name, value in bounds.items() if value})


def _assert_window(start: datetime | None, end: datetime | None) -> None:
    if start and end and start > end:
        raise AppError("log.invalid_time_window")


def list_waiting_tenants() -> list[str]:
    """Return the tenants that have webhooks for which something is due. 1 statement."""
    with all_tenants_scope():
        return fetch_values(_WAITING, [now()])


def list_tenants_with_hooks() -> list[str]:
    """Return the tenants that have webhooks. 1 statement."""
    with all_tenants_scope():
        return list(Hook.all_tenants.order_by().values_list("tenant_id", flat=True).distinct())
