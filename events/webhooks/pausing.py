"""Webhooks whose endpoint is dead are paused, so that nothing is sent in vain; what they are to be told waits."""

from common.actors import SYSTEM
from common.clock import now
from events.history import record
from events.webhooks.models import Attempt, Hook
from events.webhooks.schedule import DEAD_AFTER


def pause_if_dead(hook_id: str, *, is_gone: bool) -> None:
    """Pause a webhook, after a delivery was given up, if nothing has reached it for a day, or if it says it is gone.

    Publishes `Webhook.Paused`. At most 5 statements.
    """
    if not is_gone and not _is_unreachable(hook_id):
        return
    hook = Hook.objects.select_for_update(no_key=True).filter(id=hook_id, paused_at=None).first()
    if hook is None:
        return
    hook.paused_at = now()
    hook.pause_reason = Hook.PauseReason.GONE if is_gone else Hook.PauseReason.UNREACHABLE
    hook.save(update_fields=["paused_at", "pause_reason"])
    record("Webhook.Paused", actor=SYSTEM, subject=hook, reason=hook.pause_reason)


def _is_unreachable(hook_id: str) -> bool:
    """Whether every attempt since the last success, or since it was resumed, has failed, for `DEAD_AFTER`."""
    attempts = Attempt.objects.filter(hook_id=hook_id)
    resumed_at = Hook.objects.filter(id=hook_id).values_list("resumed_at", flat=True).first()
    last = attempts.filter(is_success=True).order_by("-created_at").values_list("created_at", flat=True).first()
    since = [moment for moment in (resumed_at, last) if moment is not None]
    failures = attempts.filter(created_at__gt=max(since)) if since else attempts
    first = failures.order_by("created_at").values_list("created_at", flat=True).first()
    return first is not None and now() - first >= DEAD_AFTER
