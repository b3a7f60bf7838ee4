"""Bounces and complaints of Amazon SES, which come through a topic of Amazon SNS.

https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html and event-publishing-retrieving-sns-contents.html.
Anybody may have a topic that posts here: what counts is one that the tenant has named.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from common.crypto import equal
from connectors.address_events import AddressEvent, EventRefusedError, Report
from connectors.kinds.amazon_ses.notifications import confirmation_url, verify_notification
from connectors.kinds.event_reading import BOUNCED, NOT_FOUND, SPAM, SUPPRESSED, json_of, moment_of, text_of

_MAX_RECIPIENTS = 50
_REASONS = {"NoEmail": NOT_FOUND, "Suppressed": SUPPRESSED, "OnAccountSuppressionList": SUPPRESSED}


class AmazonSesEvents:
    """The notifications of the tenant's topic."""

    needed_key = "snsTopicArn"
    has_password = False

    def read(self, request: HttpRequest, *, url: str, config: Mapping[str, Any], password: str) -> Report:
        notification = json_of(request)
        if not equal(text_of(notification, "TopicArn"), config[self.needed_key]):
            raise EventRefusedError("topic")
        verify_notification(notification)
        if notification["Type"] == "SubscriptionConfirmation":
            return Report(confirmation_url=confirmation_url(notification))
        if notification["Type"] != "Notification":
            return Report()
        return Report(_events(notification))


def _events(notification: Mapping[str, Any]) -> list[AddressEvent]:
    event = _message(notification)
    match text_of(event, "notificationType") or text_of(event, "eventType"):
        case "Bounce" if text_of(event.get("bounce"), "bounceType") == "Permanent":
            details, recipients = event["bounce"], "bouncedRecipients"
            verdict = _REASONS.get(text_of(details, "bounceSubType"), BOUNCED)
        case "Complaint" if isinstance(event.get("complaint"), dict):
            details, recipients, verdict = event["complaint"], "complainedRecipients", SPAM
        case _:
            return []
    listed = details.get(recipients)
    addresses = [text_of(row, "emailAddress") for row in (listed if isinstance(listed, list) else [])[:_MAX_RECIPIENTS]]
    moment = moment_of(text_of(details, "timestamp"))
    return [AddressEvent("email", address, *verdict, moment, notification["MessageId"]) for address in addresses]


def _message(notification: Mapping[str, Any]) -> dict[str, Any]:
    """What SES said, inside of what SNS said; Amazon also sends a sentence at the first time."""
    try:
        message = json.loads(notification["Message"])
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
