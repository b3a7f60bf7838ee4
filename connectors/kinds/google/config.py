"""Configuration of Google."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from common.rest.fields import Choice, Flag
from connectors.kinds.configs import Config
from connectors.kinds.oauth_configs import ClientConfig

PROMPTS = ("none", "login", "consent", "select_account")


class PromptsField(serializers.ListField):
    """What the provider is to ask of the user (OpenID Connect Core section 3.1.2.1)."""

    def __init__(self) -> None:
        super().__init__(child=Choice(choices=PROMPTS), required=False, max_length=len(PROMPTS))

    def to_internal_value(self, data: Any) -> list[str]:
        prompts: list[str] = super().to_internal_value(data)
        if "none" in prompts and len(prompts) > 1:
            raise serializers.ValidationError(_("The prompt none goes with no other."))
        return prompts


class OneTapConfig(Config):
    """How One Tap behaves on the sign-in page."""

    isEnabled = Flag(required=False)
    autoSelect = Flag(required=False)
    closeOnTapOutside = Flag(required=False)
    itpSupport = Flag(required=False)


class GoogleConfig(ClientConfig):
    """A web client of a Google Cloud project."""

    prompts = PromptsField()
    offlineAccess = Flag(required=False)
    oneTap = OneTapConfig(required=False)
