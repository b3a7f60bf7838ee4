"""Events of Postmark, which proves itself by a password.

https://postmarkapp.com/developer/webhooks/webhooks-overview
"""

from collections.abc import Mapping
from typing import Any

from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.http import HttpRequest

from common.clock import now
from connectors.address_events import EVENTS_USER, AddressEvent, Report
from connectors.kinds.event_reading import (
    COMPLAINED_BEFORE,
    NOT_FOUND,
    OPTED_OUT,
    SPAM,
    SUPPRESSED,
    Verdict,
    assert_password,
    read_by_view,
    text_of,
)

_BOUNCES: Mapping[str, Verdict] = {
    "HardBounce": NOT_FOUND,
    "BadEmailAddress": NOT_FOUND,
    "ManuallyDeactivated": SUPPRESSED,
    "SpamNotification": SPAM,
    "SpamComplaint": SPAM,
}
_SUPPRESSIONS: Mapping[str, Verdict] = {
    "HardBounce": SUPPRESSED,
    "SpamComplaint": COMPLAINED_BEFORE,
    "ManualSuppression": OPTED_OUT,
}


class PostmarkEvents:
    """One event a request."""

    needed_key = ""
    has_password = True

    def read(self, request: HttpRequest, *, url: str, config: Mapping[str, Any], password: str) -> Report:
        assert_password(request, user=EVENTS_USER, password=password)
        view = PostmarkTrackingWebhookView(webhook_secret=f"{EVENTS_USER}:{password}")
        [event] = read_by_view(view, request)
        verdict = _verdict(event.esp_event)
        if verdict is None:
            return Report()
        found = event.esp_event
        address = text_of(found, "Email") or text_of(found, "Recipient")
        return Report([AddressEvent("email", address, *verdict, event.timestamp or now(), event.event_id or "")])


def _verdict(event: Any) -> Verdict:
    match text_of(event, "RecordType"):
        case "Bounce" | "SpamComplaint":
            return _BOUNCES.get(text_of(event, "Type"))
        case "SubscriptionChange" if event.get("SuppressSending") is True:
            return _SUPPRESSIONS.get(text_of(event, "SuppressionReason"))
    return None
