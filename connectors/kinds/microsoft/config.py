"""Configuration of Microsoft."""

import re

from django.utils.translation import gettext as _
from rest_framework import serializers

from connectors.kinds.configs import Config
from connectors.kinds.google.config import PromptsField
from connectors.kinds.oauth_configs import EndpointField, IdField, ScopeField

PUBLIC_CLOUD = "https://login.microsoftonline.com"
_TENANT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")


class MicrosoftConfig(Config):
    """An app registration. `tenantId` is a tenant's id or domain, `common`, `organizations` or `consumers`."""

    clientId = IdField()
    clientSecret = IdField()
    cloudInstance = EndpointField(required=False)
    tenantId = IdField(max_length=254)
    scopes = ScopeField()
    prompts = PromptsField()

    def validate_tenantId(self, value: str) -> str:
        if not _TENANT.fullmatch(value):
            raise serializers.ValidationError(_("This is not a tenant's ID."))
        return value
