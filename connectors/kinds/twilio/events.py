"""Status callbacks of Twilio.

https://www.twilio.com/docs/usage/security#validating-requests, https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
"""

import base64
import hmac
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from common.clock import now
from common.crypto import equal
from connectors.address_events import AddressEvent, EventRefusedError, Report
from connectors.kinds.event_reading import BOUNCED, NOT_FOUND, OPTED_OUT, Verdict, form_of

# Others are about the message, the sender or the moment: a phone that is switched off is no reason.
_UNDELIVERED: Mapping[str, Verdict] = {
    "30005": NOT_FOUND,
    "30006": BOUNCED,
    "21610": OPTED_OUT,
    "21614": NOT_FOUND,
}


class TwilioEvents:
    """One status a request, signed with the account's token (HMAC-SHA-1 over the address and the sorted fields)."""

    needed_key = ""
    has_password = False

    def read(self, request: HttpRequest, *, url: str, config: Mapping[str, Any], password: str) -> Report:
        fields = form_of(request)
        signed = url + "".join(f"{name}{value}" for name, value in sorted(fields))
        digest = hmac.digest(config["authToken"].encode(), signed.encode("utf-8", "surrogatepass"), "sha1")
        if not equal(request.headers.get("X-Twilio-Signature", ""), base64.b64encode(digest).decode()):
            raise EventRefusedError("signature")
        status = dict(fields)
        verdict = _UNDELIVERED.get(status.get("ErrorCode", ""))
        if verdict is None or status.get("MessageStatus") not in ("failed", "undelivered"):
            return Report()
        # A status says nothing of its moment.
        return Report([AddressEvent("phone", status.get("To", ""), *verdict, now(), status.get("MessageSid", "")[:64])])
