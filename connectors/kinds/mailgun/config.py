"""What a Mailgun connector can be told."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from common.domains import is_host_name
from common.rest.fields import JsonObject, Text, WebAddressField
from connectors.kinds.configs import Config, MailboxField, TokenField, require_types
from connectors.messages import TemplateType

_MAX_VARIABLES = 50


class DeliveryConfig(Config):
    """The words of one type of message, or the name of a template that Mailgun has."""

    subject = Text(required=False, max_length=512)
    replyTo = MailboxField(required=False)
    html = Text(required=False, min_length=1, max_length=100_000)
    text = Text(required=False, max_length=100_000)
    template = Text(required=False, min_length=1, max_length=256)
    variables = JsonObject(required=False)

    def validate(self, attributes: dict[str, Any]) -> dict[str, Any]:
        if ("html" in attributes) == ("template" in attributes):
            raise serializers.ValidationError(_("Enter either the HTML of the message or the name of a template."))
        if len(attributes.get("variables", {})) > _MAX_VARIABLES:
            raise serializers.ValidationError({"variables": [_("At most %s are allowed.") % _MAX_VARIABLES]})
        for key, needed in (("text", "html"), ("variables", "template")):
            if key in attributes and needed not in attributes:
                raise serializers.ValidationError({key: [_("This has no effect without %s.") % needed]})
        return attributes


class DeliveriesField(serializers.DictField):
    """Deliveries by type of message; without any, the built-in messages are sent."""

    child = DeliveryConfig()

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        deliveries: dict[str, Any] = super().to_internal_value(data)
        if unknown := deliveries.keys() - set(TemplateType):
            raise serializers.ValidationError(
                _("These are not types of messages: %s") % ", ".join(sorted(unknown))[:200]
            )
        if deliveries:
            require_types(list(deliveries))
        return deliveries


class MailgunConfig(Config):
    """A domain, its key and a sender."""

    endpoint = WebAddressField(required=False)
    domain = Text(min_length=1, max_length=253)
    apiKey = TokenField()
    # "from" is a keyword; `get_fields` names it.
    sender = MailboxField(min_length=1)
    deliveries = DeliveriesField(required=False)
    webhookSigningKey = TokenField(required=False)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields["from"] = fields.pop("sender")
        return fields

    def validate_domain(self, value: str) -> str:
        if not is_host_name(value):
            raise serializers.ValidationError(_("This is not a domain."))
        return value
