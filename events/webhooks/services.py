"""A tenant's webhooks are set up, changed and removed; what was sent to them is sent again."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import QuerySet

from common.actors import Actor
from common.clock import now
from common.errors import AppError
from common.ids import new_secret
from events.history import record
from events.webhooks.configuration import (
    MAX_NAME,
    MOST_HOOKS,
    config_of,
    events_of,
    seal_config,
    seal_key,
    validated_config,
    validated_events,
)
from events.webhooks.models import Delivery, Hook
from events.webhooks.selectors import list_deliveries
from events.webhooks.waking import wake_on_commit
from tenants.context import current_tenant_id
from tenants.models import Tenant

#: For how many seconds at most an old key signs next to the new one.
LONGEST_OVERLAP = 7 * 24 * 3600


class HookValues(TypedDict, total=False):
    """What may be said of a webhook; `config` is replaced whole."""

    name: str
    event: str | None
    events: Iterable[str]
    config: Mapping[str, Any]
    enabled: bool
    is_ordered: bool


@transaction.atomic
def create_hook(*, actor: Actor, **values: Unpack[HookValues]) -> Hook:
    """Set up a webhook with a signing key of its own.

    Raises `hook.missing_events`, `hook.too_many` and `guard.invalid_input`.
    """
    if not values.get("event") and not values.get("events"):
        raise AppError("hook.missing_events")
    checked = _validated({"config": {}, **values})
    Tenant.objects.select_for_update(no_key=True).only("id").get(id=current_tenant_id())
    if Hook.objects.count() >= MOST_HOOKS:
        raise AppError("hook.too_many", params={"count": MOST_HOOKS})
    hook = Hook(**checked, sealed_signing_key=seal_key(new_secret()))
    hook.save()
    hook.refresh_from_db()
    record("Webhook.Created", actor=actor, subject=hook, after=_told(hook))
    return hook


@transaction.atomic
def update_hook(hook: Hook, *, actor: Actor, **changes: Unpack[HookValues]) -> Hook:
    """Change a webhook; to enable it also resumes it.

    Raises `entity.invalid_input` if nothing is given, `hook.missing_events`, `guard.invalid_input` and
    `entity.not_exists_with_id`.
    """
    if not changes:
        raise AppError("entity.invalid_input")
    checked = _validated(changes)
    _lock(hook)
    before, config_before = _told(hook), config_of(hook)
    for name, value in checked.items():
        setattr(hook, name, value)
    if not hook.event and not hook.events:
        raise AppError("hook.missing_events")
    if changes.get("enabled") and hook.paused_at is not None:
        _resume(hook)
    hook.save()
    after, config = _told(hook), config_of(hook)
    changed = sorted(name for name in {*config, *config_before} if config.get(name) != config_before.get(name))
    different = [name for name in after if before[name] != after[name]]
    if different or changed:
        record(
            "Webhook.Updated",
            actor=actor,
            subject=hook,
            before={name: before[name] for name in different},
            after={name: after[name] for name in different},
            # Addresses and headers may hold secrets: that they were changed is all that the log is told.
            changed=[f"config.{name}" for name in changed],
        )
    wake_on_commit()
    return hook


@transaction.atomic
def delete_hook(hook: Hook, *, actor: Actor) -> None:
    """Remove a webhook with everything that was sent to it. Raises `entity.not_exists_with_id`."""
    _lock(hook, to_delete=True)
    record("Webhook.Deleted", actor=actor, subject=hook, before=_told(hook))
    hook.delete()


@transaction.atomic
def rotate_signing_key(hook: Hook, *, overlap: int = 0, actor: Actor) -> Hook:
    """Give a webhook a new signing key; for `overlap` seconds the old one signs as well, in headers of its own.

    Raises `guard.invalid_input` and `entity.not_exists_with_id`.
    """
    if not 0 <= overlap <= LONGEST_OVERLAP:
        raise AppError("guard.invalid_input")
    _lock(hook)
    hook.sealed_previous_key = hook.sealed_signing_key if overlap else None
    hook.previous_key_expires_at = now() + timedelta(seconds=overlap) if overlap else None
    hook.sealed_signing_key = seal_key(new_secret())
    hook.save(update_fields=["sealed_signing_key", "sealed_previous_key", "previous_key_expires_at"])
    record("Webhook.SigningKey.Updated", actor=actor, subject=hook, overlap=overlap)
    return hook


@transaction.atomic
def resume_hook(hook: Hook, *, actor: Actor) -> Hook:
    """Send to a webhook again that was paused, beginning with what has waited; nothing for one that is not.

    Raises `entity.not_exists_with_id`.
    """
    _lock(hook)
    if hook.paused_at is None:
        return hook
    _resume(hook)
    hook.save(update_fields=["paused_at", "pause_reason", "resumed_at"])
    record("Webhook.Resumed", actor=actor, subject=hook, changed=["paused"])
    wake_on_commit()
    return hook


@transaction.atomic
def replay_delivery(hook: Hook, delivery: Delivery, *, actor: Actor) -> None:
    """Send a delivery again, under the id that it has had, with as many retries as at first.

    One that a worker is sending at this moment is left to it.
    """
    idle = Delivery.objects.filter(id=delivery.id).exclude(leased_until__gt=now())
    _replay(hook, idle, actor, messageId=delivery.message_id)


@transaction.atomic
def replay_deliveries(
    hook: Hook, *, start: datetime, end: datetime, state: str | None = None, event: str | None = None, actor: Actor
) -> int:
    """Send again what was recorded in a time, both bounds included, and return how many there are.

    With `state` those alone that failed, or were delivered. What waits anyway is left as it is. Raises
    `log.invalid_time_window`.
    """
    found = list_deliveries(hook.id, state=state, event=event, start=start, end=end)
    span = {"from": start.isoformat(), "until": end.isoformat()}
    return _replay(hook, found.exclude(state=Delivery.State.PENDING).order_by(), actor, **span)


def _replay(hook: Hook, deliveries: QuerySet[Delivery], actor: Actor, **details: Any) -> int:
    count = deliveries.update(state=Delivery.State.PENDING, tries=0, due_at=now(), leased_until=None, leased_by="")
    if count:
        record("Webhook.Deliveries.Replayed", actor=actor, subject=hook, after={"count": count}, **details)
        wake_on_commit()
    return count


def _lock(hook: Hook, *, to_delete: bool = False) -> None:
    """Bring the instance up to date and hold its row until the transaction ends.

    Whoever writes to the outbox waits for a deletion alone, and a deletion for them.
    """
    try:
        hook.refresh_from_db(from_queryset=Hook.objects.select_for_update(no_key=not to_delete))
    except Hook.DoesNotExist:
        raise AppError("entity.not_exists_with_id") from None


def _resume(hook: Hook) -> None:
    hook.paused_at, hook.pause_reason, hook.resumed_at = None, "", now()


def _validated(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of the model; raises `guard.invalid_input`."""
    checked = dict(values)
    if "config" in checked:
        checked["sealed_config"] = seal_config(validated_config(checked.pop("config")))
    if "events" in checked:
        checked["events"] = validated_events(checked["events"])
    if checked.get("event"):
        validated_events([checked["event"]])
    if len(checked.get("name", "")) > MAX_NAME:
        raise AppError("guard.invalid_input")
    return checked


def _told(hook: Hook) -> dict[str, Any]:
    """What the history tells of a webhook: nothing of its address, headers and keys."""
    return {"name": hook.name, "events": events_of(hook), "enabled": hook.enabled, "isOrdered": hook.is_ordered}
