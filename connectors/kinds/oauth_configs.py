"""Pieces of configuration of connectors by which users sign in: the client, endpoints, scopes, and extra parameters."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from common.rest.fields import Flag, Text, WebAddressField
from connectors.factories import FormItem
from connectors.kinds.configs import Config
from connectors.oauth.profiles import text

MAX_SECRET_LENGTH = 4096

_MOST_PARAMETERS = 20
_LONGEST_PARAMETER = 2048
_PARAMETER_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
# Printable ASCII and spaces between words (RFC 6749 section 3.3); some providers want commas.
_SCOPE = re.compile(r"[!#-\[\]-~]+(?:[ ]+[!#-\[\]-~]+)*")
# What the flow itself sends; another value would break it, or what protects it.
_OWN_PARAMETERS = frozenset(
    {
        "client_id",
        "client_secret",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "redirect_uri",
        "request",
        "request_uri",
        "response_type",
        "scope",
        "state",
    }
)


class IdField(Text):
    """An identifier or a secret that a provider has issued: something in it, no white space around."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", MAX_SECRET_LENGTH)
        super().__init__(min_length=1, trim_whitespace=True, **options)


class ScopeField(Text):
    """Scopes, apart by spaces."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=2048, trim_whitespace=True)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text and not _SCOPE.fullmatch(text):
            raise serializers.ValidationError(_("Enter scopes, with spaces between them."))
        return text


class EndpointField(WebAddressField):
    """An address that secrets and tokens are sent to: https, except on a network of the installation's own."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        parts = urlsplit(text)
        is_own = settings.ALLOW_PRIVATE_ADDRESSES or parts.hostname in settings.ALLOWED_PRIVATE_HOSTS
        if parts.scheme != "https" and not is_own:
            raise serializers.ValidationError(_("This is not an https address."))
        return text


class ParametersField(serializers.DictField):
    """Further parameters of the authorization request, by name."""

    def __init__(self) -> None:
        super().__init__(child=Text(max_length=_LONGEST_PARAMETER), required=False)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        found: dict[str, str] = super().to_internal_value(data)
        if len(found) > _MOST_PARAMETERS:
            raise serializers.ValidationError(_("There are too many items."))
        for name in found:
            if not _PARAMETER_NAME.fullmatch(name) or name in _OWN_PARAMETERS:
                raise serializers.ValidationError(_("This parameter cannot be set: %s") % name[:64])
        return found


class ClientConfig(Config):
    """What most providers need: the client that was registered there."""

    clientId = IdField()
    clientSecret = IdField()
    scope = ScopeField()


CLIENT_ID = FormItem("clientId", "Client ID", required=True)
CLIENT_SECRET = FormItem("clientSecret", "Client secret", required=True, is_confidential=True)
PARAMETERS = FormItem(
    "customConfig",
    "Further parameters",
    type="Json",
    description="Sent with every authorization request, as an object of names and values.",
    is_advanced=True,
)


def scope_item(default: str) -> FormItem:
    """Return the item for scopes; `default` is requested if the developer enters none."""
    return FormItem("scope", "Scopes", placeholder=default, description=f"Separated by spaces; {default} if empty.")


class TrustingClientConfig(ClientConfig):
    """The same of a provider that does not say whether an email address is verified."""

    trustUnverifiedEmail = Flag(required=False)


TRUST_EMAIL = FormItem(
    "trustUnverifiedEmail",
    "Trust email addresses",
    type="Switch",
    default=False,
    description="The provider does not say whether it has verified an address. Off: addresses are not taken over, and "
    "never link to an existing user.",
)


def client_items(scope: str) -> tuple[FormItem, ...]:
    """Return the items of `ClientConfig`."""
    return CLIENT_ID, CLIENT_SECRET, scope_item(scope)


def trusted_email(config: Mapping[str, Any], email: Any) -> str | None:
    """Return an address of which the provider says nothing: none, unless the developer trusts them all."""
    return text(email) if config.get("trustUnverifiedEmail", False) else None
