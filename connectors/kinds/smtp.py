"""E-mail through any SMTP server."""

import smtplib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from rest_framework import serializers

from common.domains import canonical_domain
from common.http import OutboundRequestError
from connectors.factories import ConnectorType, DeliveryError, Factory, FormItem, OutgoingMessage, register
from connectors.kinds.configs import TemplatedConfig

_TIMEOUT_SECONDS = 10


class AuthConfig(serializers.Serializer[Any]):
    """Credentials of the login command."""

    type = serializers.ChoiceField(choices=["login"], required=False)
    user = serializers.CharField(required=False, allow_blank=True, max_length=256)
    # "pass" is a keyword; `get_fields` names it.
    secret = serializers.CharField(required=False, allow_blank=True, max_length=1024)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields["pass"] = fields.pop("secret")
        return fields


class SmtpConfig(TemplatedConfig):
    """Host, port, credentials and sender."""

    host = serializers.CharField(max_length=256)
    port = serializers.IntegerField(min_value=1, max_value=65535)
    auth = AuthConfig(required=False)
    fromEmail = serializers.CharField(max_length=320)
    replyTo = serializers.CharField(required=False, allow_blank=True, max_length=320)
    secure = serializers.BooleanField(required=False)
    requireTLS = serializers.BooleanField(required=False)
    ignoreTLS = serializers.BooleanField(required=False)
    customHeaders = serializers.DictField(child=serializers.CharField(max_length=1024), required=False)

    def validate_fromEmail(self, value: str) -> str:
        if "\n" in value or "\r" in value or "@" not in value:
            raise serializers.ValidationError("not a sender address")
        return value


def _deliverable(recipient: str) -> str:
    """Return the address with its domain as DNS knows it; older rules, which Django follows, lead to another's."""
    local, _, domain = recipient.rpartition("@")
    name = canonical_domain(domain)
    if not name.isascii():
        raise DeliveryError("the recipient's domain is no name", permanent=True)
    return f"{local}@{name}"


class SmtpConnector:
    """Speaks SMTP through Django's mail backend."""

    def send(self, message: OutgoingMessage, config: Mapping[str, Any]) -> None:
        auth = config.get("auth") or {}
        secure = bool(config.get("secure"))
        backend = get_connection(
            settings.EMAIL_BACKEND,
            host=config["host"],
            port=config["port"],
            username=auth.get("user") or "",
            password=auth.get("pass") or "",
            use_ssl=secure,
            use_tls=not secure and bool(config.get("requireTLS")),
            timeout=_TIMEOUT_SECONDS,
        )
        reply_to = message.reply_to or config.get("replyTo")
        is_html = message.content_type == "text/html"
        mail = EmailMultiAlternatives(
            subject=" ".join(message.subject.split()),
            body=message.text_content if is_html and message.text_content else message.content,
            from_email=message.send_from or config["fromEmail"],
            to=[_deliverable(message.recipient)],
            reply_to=[reply_to] if reply_to else None,
            headers=dict(config.get("customHeaders") or {}),
            connection=backend,
        )
        if is_html and message.text_content:
            mail.attach_alternative(message.content, "text/html")
        elif is_html:
            mail.content_subtype = "html"
        try:
            mail.send()
        except OutboundRequestError as error:
            raise DeliveryError(str(error), permanent=True) from error
        except smtplib.SMTPRecipientsRefused as error:
            raise DeliveryError("the server refused the recipient", permanent=True) from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"the server did not take the message: {type(error).__name__}") from error


register(
    Factory(
        id="simple-mail-transfer-protocol",
        type=ConnectorType.EMAIL,
        name="SMTP",
        description="Send e-mail through your own or your provider's SMTP server.",
        connector=SmtpConnector(),
        config=SmtpConfig,
        form_items=(
            FormItem("host", "Host", required=True, placeholder="smtp.example.com"),
            FormItem("port", "Port", type="Number", required=True, default=587),
            FormItem(
                "auth",
                "Credentials",
                type="Json",
                default={"user": "", "pass": ""},
                is_confidential=True,
                parts=(FormItem("user", "User name"), FormItem("pass", "Password", is_confidential=True)),
            ),
            FormItem("fromEmail", "From", required=True, placeholder="Example <no-reply@example.com>"),
            FormItem("replyTo", "Reply to"),
            FormItem("secure", "TLS from the start (port 465)", type="Switch", default=False),
            FormItem("requireTLS", "Require STARTTLS", type="Switch", default=True),
            FormItem("customHeaders", "Custom headers", type="Json", default={}),
            FormItem("templates", "Templates", type="Json", default=[]),
        ),
        has_templates=True,
    )
)
