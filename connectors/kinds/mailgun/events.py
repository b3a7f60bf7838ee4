"""Signed events of Mailgun.

https://documentation.mailgun.com/docs/mailgun/user-manual/events/webhooks
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from django.http import HttpRequest
from limits import RateLimitItemPerDay

from common import rates
from common.clock import now
from connectors.address_events import AddressEvent, EventRefusedError, Report
from connectors.kinds.event_reading import (
    COMPLAINED_BEFORE,
    NOT_FOUND,
    OPTED_OUT,
    SPAM,
    SUPPRESSED,
    Verdict,
    oddities_refused,
    read_by_view,
    text_of,
)
from tenants.context import current_tenant_id

# Of failures for good: others are about the sender's reputation, or about a server that did not answer for days.
_FAILED: Mapping[str, Verdict] = {
    "bounce": NOT_FOUND,
    "suppress-bounce": SUPPRESSED,
    "suppress-complaint": COMPLAINED_BEFORE,
    "suppress-unsubscribe": OPTED_OUT,
}

# Mailgun tries for eight hours.
_LONGEST_RETRY = timedelta(days=1)
_ONCE = RateLimitItemPerDay(1, 3)


class MailgunEvents:
    """One event a request, signed with the account's webhook signing key (HMAC-SHA-256)."""

    needed_key = "webhookSigningKey"
    has_password = False

    def read(self, request: HttpRequest, *, url: str, config: Mapping[str, Any], password: str) -> Report:
        if request.content_type != "application/json":
            raise EventRefusedError("content type")
        view = MailgunTrackingWebhookView(webhook_signing_key=config[self.needed_key])
        [event] = read_by_view(view, request)
        with oddities_refused():
            is_new = _is_fresh(event.esp_event["signature"])
        data = event.esp_event.get("event-data")
        verdict = _verdict(data)
        if verdict is None or not is_new:
            return Report()
        address, event_id = text_of(data, "recipient"), text_of(data, "id")
        return Report([AddressEvent("email", address, *verdict, event.timestamp or now(), event_id)])


def _is_fresh(signature: Mapping[str, Any]) -> bool:
    """Whether a signature is of today and was not used before: what is signed is a token, not the event."""
    moment = datetime.fromtimestamp(int(signature["timestamp"]), UTC)
    if abs(now() - moment) > _LONGEST_RETRY:
        raise EventRefusedError("time")
    return not rates.hit(_ONCE, "mailgun-token", current_tenant_id(), str(signature["token"])[:128])


def _verdict(event: Any) -> Verdict:
    match text_of(event, "event"):
        case "failed" if text_of(event, "severity") == "permanent":
            return _FAILED.get(text_of(event, "reason"))
        case "complained":
            return SPAM
    return None
