"""Pieces of configuration that several kinds share."""

from typing import Any

from rest_framework import serializers

from connectors.messages import TemplateType

_REQUIRED_TYPES = frozenset({"SignIn", "Register", "ForgotPassword", "Generic"})


class EmailTemplateConfig(serializers.Serializer[Any]):
    """An e-mail template inside a connector's configuration."""

    usageType = serializers.ChoiceField(choices=[kind.value for kind in TemplateType])
    contentType = serializers.ChoiceField(choices=["text/plain", "text/html"])
    subject = serializers.CharField(max_length=512)
    content = serializers.CharField(max_length=100_000)


class TemplatedConfig(serializers.Serializer[Any]):
    """A configuration with its own templates; where there are none, the built-in ones are used."""

    templates = EmailTemplateConfig(many=True, required=False)

    def validate_templates(self, templates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if templates and (missing := _REQUIRED_TYPES - {template["usageType"] for template in templates}):
            raise serializers.ValidationError(f"missing templates: {', '.join(sorted(missing))}")
        return templates
