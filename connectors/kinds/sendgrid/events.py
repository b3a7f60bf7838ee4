"""Signed events of SendGrid.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

from collections.abc import Mapping
from typing import Any

from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from django.http import HttpRequest

from common.clock import now
from connectors.address_events import AddressEvent, Report
from connectors.kinds.event_reading import (
    BOUNCED,
    COMPLAINED_BEFORE,
    NOT_FOUND,
    OPTED_OUT,
    SPAM,
    SUPPRESSED,
    Verdict,
    read_by_view,
    text_of,
)

_DROPPED: Mapping[str, Verdict] = {
    "bounced address": SUPPRESSED,
    "invalid": NOT_FOUND,
    "spam reporting address": COMPLAINED_BEFORE,
    "unsubscribed address": OPTED_OUT,
}


class SendGridEvents:
    """The events that the tenant's own key at SendGrid has signed (ECDSA)."""

    needed_key = "webhookVerificationKey"
    has_password = False

    def read(self, request: HttpRequest, *, url: str, config: Mapping[str, Any], password: str) -> Report:
        key = config[self.needed_key]
        view = SendGridTrackingWebhookView(tracking_webhook_verification_key=key)
        events = []
        for event in read_by_view(view, request):
            verdict = _verdict(event.esp_event)
            if verdict is not None:
                events.append(
                    AddressEvent(
                        "email",
                        text_of(event.esp_event, "email"),
                        *verdict,
                        occurred_at=event.timestamp or now(),
                        event_id=text_of(event.esp_event, "sg_event_id"),
                    )
                )
        return Report(events)


def _verdict(event: Any) -> Verdict:
    match text_of(event, "event"):
        case "bounce" if text_of(event, "type") != "blocked":
            return NOT_FOUND if text_of(event, "status").startswith("5.1.") else BOUNCED
        case "dropped":
            return _DROPPED.get(text_of(event, "reason", str.lower))
        case "spamreport":
            return SPAM
    return None
