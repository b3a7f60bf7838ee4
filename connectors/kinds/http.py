"""Email and SMS handed to an HTTP endpoint of the tenant's own."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from common.http import OutboundRequestError, fetch
from common.rest.fields import Text, WebAddressField
from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import DeliveryError, FailureKind
from connectors.kinds.configs import Config
from connectors.kinds.envelopes import email_recipient

_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429
# RFC 9110 section 5.5, without the octets that no client can be relied upon to send.
_HEADER_VALUE = re.compile(r"[!-~](?:[ -~]*[!-~])?")


class HttpConfig(Config):
    """The endpoint and the value of its `Authorization` header."""

    endpoint = WebAddressField()
    authorization = Text(required=False, max_length=4096)

    def validate_authorization(self, value: str) -> str:
        if value and not _HEADER_VALUE.fullmatch(value):
            raise serializers.ValidationError(_("This is not the value of a header: printable ASCII in one line."))
        return value


class HttpConnector:
    """Posts `{to, type, payload, ip?}` as JSON; any 2xx answer means accepted."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        headers = {"Authorization": config["authorization"]} if config.get("authorization") else {}
        body = {"to": _recipient(message), "type": message.template_type, "payload": dict(message.payload)}
        if message.ip:
            body["ip"] = message.ip
        try:
            answer = fetch("POST", config["endpoint"], headers=headers, json=body)
        except OutboundRequestError as error:
            raise DeliveryError.from_outbound(error) from None
        if not 200 <= answer.status < 300:
            is_transient = answer.status >= _SERVER_ERROR or answer.status == _TOO_MANY_REQUESTS
            raise DeliveryError(FailureKind.MESSAGE_REFUSED, str(answer.status), permanent=not is_transient)


def _recipient(message: OutgoingMessage) -> str:
    """The recipient as a mail service needs it: a domain beyond ASCII means another one to some of them."""
    return email_recipient(message) if message.channel == "email" else message.recipient


_FORM = (
    FormItem("endpoint", "Endpoint", required=True, placeholder="https://example.com/messages", may_hold_secrets=True),
    FormItem("authorization", "Authorization header", is_confidential=True),
)

for _id, _type, _name, _what in (
    ("http-email", ConnectorType.EMAIL, "HTTP email", "email"),
    ("http-sms", ConnectorType.SMS, "HTTP SMS", "SMS"),
):
    register(
        MessageFactory(
            id=_id,
            type=_type,
            name=_name,
            description=f"Hand every {_what} to an HTTP endpoint of your own.",
            connector=HttpConnector(),
            config=HttpConfig,
            logo="connectors/logos/http.svg",
            form_items=_FORM,
        )
    )
