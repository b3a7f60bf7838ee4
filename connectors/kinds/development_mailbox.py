"""The development mailbox: messages are kept and shown on a page instead of being sent. Never in production."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework import serializers

from connectors.factories import ConnectorType, MessageFactory, OutgoingMessage, register
from connectors.models import MailboxMessage

EMAIL_FACTORY_ID = "development-mailbox-email"
SMS_FACTORY_ID = "development-mailbox-sms"


class MailboxConfig(serializers.Serializer[Any]):
    """Nothing to configure."""


class MailboxConnector:
    """Keeps the message."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        MailboxMessage.objects.create(
            channel=message.channel,
            recipient=message.recipient,
            template_type=message.template_type,
            subject=message.subject,
            content=message.content,
            content_type=message.content_type,
            code=str(message.payload.get("code", "")),
        )


def is_available() -> bool:
    """Whether this installation has a development mailbox."""
    return bool(settings.DEVELOPMENT_MAILBOX)


for _id, _type, _what in (
    (EMAIL_FACTORY_ID, ConnectorType.EMAIL, "email"),
    (SMS_FACTORY_ID, ConnectorType.SMS, "SMS"),
):
    register(
        MessageFactory(
            id=_id,
            type=_type,
            name=f"Development mailbox ({_what})",
            description=f"Keeps every {_what} and shows it on the mailbox page, so that flows can be tried at once.",
            connector=MailboxConnector(),
            config=MailboxConfig,
            is_available=is_available,
        )
    )
