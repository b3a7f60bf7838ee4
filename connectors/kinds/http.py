"""E-mail and SMS handed to an HTTP endpoint of the tenant's own."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from common.http import OutboundRequestError, fetch
from connectors.factories import ConnectorType, DeliveryError, Factory, FormItem, OutgoingMessage, register

_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429


class HttpConfig(serializers.Serializer[Any]):
    """The endpoint and the value of its `Authorization` header."""

    endpoint = serializers.URLField(max_length=2048)
    authorization = serializers.CharField(required=False, allow_blank=True, max_length=4096)


class HttpConnector:
    """Posts `{to, type, payload}` as JSON; any 2xx answer means accepted."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        headers = {"Authorization": config["authorization"]} if config.get("authorization") else {}
        body = {"to": message.recipient, "type": message.template_type, "payload": dict(message.payload)}
        try:
            answer = fetch("POST", config["endpoint"], headers=headers, json=body)
        except OutboundRequestError as error:
            raise DeliveryError(str(error)) from error
        if not 200 <= answer.status < 300:
            transient = answer.status >= _SERVER_ERROR or answer.status == _TOO_MANY_REQUESTS
            raise DeliveryError(f"the endpoint answered {answer.status}", permanent=not transient)


_FORM = (
    FormItem("endpoint", "Endpoint", required=True, placeholder="https://example.com/messages"),
    FormItem("authorization", "Authorization header", is_confidential=True),
)

for _id, _type, _name, _what in (
    ("http-email", ConnectorType.EMAIL, "HTTP e-mail", "e-mail"),
    ("http-sms", ConnectorType.SMS, "HTTP SMS", "SMS"),
):
    register(
        Factory(
            id=_id,
            type=_type,
            name=_name,
            description=f"Hand every {_what} to an HTTP endpoint of your own.",
            connector=HttpConnector(),
            config=HttpConfig,
            form_items=_FORM,
        )
    )
