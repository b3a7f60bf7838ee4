"""Developers hear of a webhook that was paused: from here on their server misses what happens."""

from connectors.messages import TemplateType
from console.developer_messages import mail_developers
from events.history import Event, subscribe


def _tell_of_pause(event: Event) -> None:
    hook = event.subject
    if hook is not None:
        mail_developers(
            event.tenant_id,
            template_type=TemplateType.WEBHOOK_PAUSED,
            path=f"events/hook/{hook.id}/change/",
            payload={"webhook": {"id": hook.id, "name": hook.name or hook.id}},
        )


def connect() -> None:
    """Subscribe; called once, by the app's `ready`."""
    subscribe("Webhook.Paused", _tell_of_pause)
