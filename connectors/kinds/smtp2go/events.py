"""Events of SMTP2GO, which proves itself by a password.

https://developers.smtp2go.com/docs/webhooks-overview
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from connectors.address_events import EVENTS_USER, AddressEvent, Report
from connectors.kinds.event_reading import (
    NOT_FOUND,
    OPTED_OUT,
    SPAM,
    Verdict,
    assert_password,
    form_of,
    json_of,
    moment_of,
    text_of,
)


class Smtp2GoEvents:
    """One event a request, as JSON or as a form."""

    needed_key = ""
    has_password = True

    def read(self, request: HttpRequest, *, url: str, config: Mapping[str, Any], password: str) -> Report:
        assert_password(request, user=EVENTS_USER, password=password)
        event = json_of(request) if request.content_type == "application/json" else dict(form_of(request))
        verdict = _verdict(event)
        if verdict is None:
            return Report()
        address = text_of(event, "rcpt")
        event_id = f"{text_of(event, 'email_id')} {text_of(event, 'event')} {text_of(event, 'time')}"
        return Report([AddressEvent("email", address, *verdict, moment_of(text_of(event, "time")), event_id)])


def _verdict(event: Any) -> Verdict:
    match text_of(event, "event"):
        case "bounce" if text_of(event, "bounce") == "hard":
            return NOT_FOUND
        case "spam":
            return SPAM
        case "unsubscribe":
            return OPTED_OUT
    return None
