"""Pieces of configuration that several kinds share."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from common.rest.fields import Choice, Text
from connectors.messages import TemplateType

_REQUIRED_TYPES = frozenset({"SignIn", "Register", "ForgotPassword", "Generic"})


class Config(serializers.Serializer[Any]):
    """A configuration in which every key has an effect: one that has none is refused."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            data = {key: value for key, value in data.items() if value is not None}
            if unknown := data.keys() - self.fields.keys():
                refusal = [serializers.ErrorDetail(_("This key is not supported."), code="unrecognized_keys")]
                raise serializers.ValidationError(dict.fromkeys(sorted(map(str, unknown)), refusal))
        return super().to_internal_value(data)


class EmailTemplateConfig(Config):
    """An email template inside a connector's configuration."""

    usageType = Choice(choices=[kind.value for kind in TemplateType])
    contentType = Choice(choices=["text/plain", "text/html"])
    subject = Text(max_length=512, min_length=1)
    content = Text(max_length=100_000, min_length=1)


class TemplatedConfig(Config):
    """A configuration with its own templates; without any, the built-in ones are used."""

    templates = EmailTemplateConfig(many=True, required=False)

    def validate_templates(self, templates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if templates and (missing := _REQUIRED_TYPES - {template["usageType"] for template in templates}):
            raise serializers.ValidationError(_("Templates are missing: %s") % ", ".join(sorted(missing)))
        return templates
