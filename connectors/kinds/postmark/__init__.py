"""Email through Postmark, by its own templates or by ours."""

from collections.abc import Mapping
from typing import Any

from anymail.backends.postmark import EmailBackend

from common.rest.fields import Choice, Text
from connectors.factories import ConnectorType, FormItem, MessageFactory, OutgoingMessage, register
from connectors.failures import FailureKind
from connectors.kinds.anymail_email import prepare_email, prepare_templated_email, send_by_backend
from connectors.kinds.configs import (
    TEMPLATE_TYPES,
    Config,
    MailboxField,
    NameField,
    TemplateCodesConfig,
    TokenField,
)
from connectors.kinds.envelopes import address_email
from connectors.kinds.guides import read_guide
from connectors.kinds.postmark.events import PostmarkEvents

FACTORY_ID = "postmark-mail"

# https://postmarkapp.com/developer/api/overview#error-codes
_KINDS = {
    "10": FailureKind.CREDENTIALS_REFUSED,
    "400": FailureKind.SENDER_REFUSED,
    "401": FailureKind.SENDER_REFUSED,
    "405": FailureKind.ACCOUNT_LIMITED,
    "406": FailureKind.RECIPIENT_REFUSED,
    "412": FailureKind.ACCOUNT_LIMITED,
    "413": FailureKind.ACCOUNT_LIMITED,
    "1101": FailureKind.TEMPLATE_NOT_FOUND,
    "1109": FailureKind.TEMPLATE_NOT_FOUND,
}


class PostmarkTemplateConfig(Config):
    """A template that Postmark has, by its alias."""

    usageType = Choice(choices=TEMPLATE_TYPES)
    templateAlias = Text(min_length=1, max_length=256)


class PostmarkConfig(TemplateCodesConfig):
    """A server's token and a verified sender; without templates the built-in messages are sent."""

    serverToken = TokenField()
    fromEmail = MailboxField(min_length=1)
    messageStream = NameField(required=False)
    templates = PostmarkTemplateConfig(many=True, required=False)


class PostmarkConnector:
    """Posts to `/email`, or to `/email/withTemplate/`."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        envelope = address_email(message, sender=config["fromEmail"])
        if message.provider_template is None:
            mail = prepare_email(message, envelope)
        else:
            mail = prepare_templated_email(envelope)
            mail.template_id = message.provider_template["templateAlias"]
            mail.merge_global_data = dict(message.payload)
        backend = EmailBackend(server_token=config["serverToken"], message_stream=config.get("messageStream"))
        send_by_backend(backend, mail, read=_reason, kinds=_KINDS)


def _reason(body: Any) -> tuple[object, object]:
    return body["ErrorCode"], body["Message"]


register(
    MessageFactory(
        id=FACTORY_ID,
        type=ConnectorType.EMAIL,
        name="Postmark",
        description="Send email through Postmark.",
        connector=PostmarkConnector(),
        config=PostmarkConfig,
        logo="connectors/logos/postmark.svg",
        readme=read_guide(__file__),
        form_items=(
            FormItem("serverToken", "Server API token", required=True, is_confidential=True),
            FormItem("fromEmail", "From", required=True, placeholder="Example <no-reply@example.com>"),
            FormItem("messageStream", "Message stream", placeholder="outbound", is_advanced=True),
            FormItem("templates", "Templates", type="Json", default=[]),
        ),
        has_templates=True,
        events=PostmarkEvents(),
    )
)
