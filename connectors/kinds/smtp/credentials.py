"""Who an SMTP server is told that we are: a username with a password, or with an access token (OAuth 2.0)."""

from typing import Any, Final

from django.utils.translation import gettext as _
from rest_framework import serializers

from common.rest.fields import Choice, Text
from connectors.kinds.configs import UNPRINTABLE, Config, RsaKeyField, TokenField
from connectors.kinds.oauth_configs import EndpointField, IdField

#: The types of credentials.
LOGIN, OAUTH2 = "login", "oauth2"
_TYPES = (LOGIN, OAUTH2)
#: Google's; other providers have to be named.
ACCESS_URL: Final = "https://oauth2.googleapis.com/token"
#: In characters; a line of SMTP ends somewhere.
MAX_TOKEN: Final = 8_192


class LoginConfig(Config):
    """Username and password; both empty mean that the server asks for none."""

    type = Choice(choices=[LOGIN], required=False)
    user = Text(required=False, max_length=256)
    # "pass" is a keyword; `get_fields` names it.
    secret = Text(required=False, max_length=1024)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields["pass"] = fields.pop("secret")
        return fields

    def validate(self, attributes: dict[str, Any]) -> dict[str, Any]:
        if bool(attributes.get("user")) != bool(attributes.get("pass")):
            raise serializers.ValidationError(_("Enter both a username and a password, or neither."))
        # RFC 4616 section 2: NUL separates the two.
        if any(UNPRINTABLE.search(attributes.get(key, "")) for key in ("user", "pass")):
            raise serializers.ValidationError(_("Line breaks and control characters are not allowed."))
        return attributes


class OAuth2Config(Config):
    """The mailbox that sends, and one way to access tokens for it.

    A refresh token of a client; a service account's key, which acts for the mailbox; a client's own credentials with a
    scope; or an access token as it is, which lasts an hour or so.
    """

    type = Choice(choices=[OAUTH2])
    user = Text(min_length=1, max_length=256)
    clientId = IdField(required=False)
    clientSecret = IdField(required=False)
    refreshToken = IdField(required=False, max_length=MAX_TOKEN)
    accessToken = TokenField(required=False, max_length=MAX_TOKEN)
    accessUrl = EndpointField(required=False)
    scope = Text(required=False, min_length=1, max_length=2048, trim_whitespace=True)
    serviceClient = IdField(required=False)
    privateKey = RsaKeyField(required=False)

    def validate_user(self, value: str) -> str:
        if UNPRINTABLE.search(value):
            raise serializers.ValidationError(_("Line breaks and control characters are not allowed."))
        return value

    def validate(self, attributes: dict[str, Any]) -> dict[str, Any]:
        needed = next((names for names in _WAYS if names[0] in attributes), None)
        if needed is None:
            refusal = _("Enter a refresh token, a scope, the key of a service account, or an access token.")
            raise serializers.ValidationError({"refreshToken": [refusal]})
        if missing := [name for name in needed if name not in attributes]:
            raise serializers.ValidationError({name: [_("This field is required.")] for name in missing})
        return attributes


# What goes with what; the first member says which way is meant.
_WAYS = (
    ("refreshToken", "clientId"),
    ("serviceClient", "privateKey"),
    ("privateKey", "serviceClient"),
    ("scope", "clientId", "clientSecret"),
    ("accessToken",),
)


class CredentialsField(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs alone
    """`auth`: the type may be written in any case, and be left out of a username with a password."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        given = dict(data) if isinstance(data, dict) else data
        if isinstance(given, dict) and isinstance(given.get("type"), str) and given["type"].lower() in _TYPES:
            given["type"] = given["type"].lower()
        is_oauth = isinstance(given, dict) and given.get("type") == OAUTH2
        found: dict[str, Any] = (OAuth2Config() if is_oauth else LoginConfig()).run_validation(given)
        return found

    def to_representation(self, value: Any) -> Any:
        return value
