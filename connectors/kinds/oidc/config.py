"""Configuration of an OpenID provider that is described by hand."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from common.jose.public_keys import ALGORITHMS
from common.rest.fields import Choice, Flag, Integer, Text
from connectors.kinds.configs import Config
from connectors.kinds.oauth_configs import EndpointField, IdField, ParametersField, ScopeField
from connectors.oauth.id_tokens import CLOCK_TOLERANCE, SECRET_ALGORITHM

AUTHENTICATIONS = ("client_secret_post", "client_secret_basic", "client_secret_jwt")
SECRET_JWT_ALGORITHMS = ("HS256", "HS384", "HS512")

_LONGEST_TOLERANCE = 300
_MOST_NAMES = 20


class NamesField(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs alone
    """One text or a list of texts, kept as a list."""

    def to_internal_value(self, data: Any) -> list[str]:
        names = [data] if isinstance(data, str) else data
        if not isinstance(names, list) or len(names) > _MOST_NAMES:
            raise serializers.ValidationError(_("Must be a text or a list of texts."))
        if not all(isinstance(name, str) and 0 < len(name) <= 2048 for name in names):
            raise serializers.ValidationError(_("Must be a text or a list of texts."))
        return names

    def to_representation(self, value: Any) -> Any:
        return value


class IdTokenConfig(Config):
    """How ID tokens are verified; `clockTolerance` is in seconds."""

    jwksUri = EndpointField(required=False)
    issuer = NamesField(required=False)
    audience = NamesField(required=False)
    algorithms = NamesField(required=False)
    clockTolerance = Integer(required=False, min_value=0, max_value=_LONGEST_TOLERANCE, default=CLOCK_TOLERANCE)

    def validate_algorithms(self, value: list[str]) -> list[str]:
        if value != [SECRET_ALGORITHM] and not set(value) <= set(ALGORITHMS):
            choices = ", ".join(ALGORITHMS)
            raise serializers.ValidationError(_("Choose among %s, or HS256 alone.") % choices)
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("algorithms") != [SECRET_ALGORITHM] and not attrs.get("jwksUri"):
            raise serializers.ValidationError({"jwksUri": [_("This field is required.")]})
        return attrs


class RequestConfig(Config):
    """Optional parameters of the authorization request (OpenID Connect Core section 3.1.2.1)."""

    responseMode = Choice(choices=["query", "form_post"], required=False)
    display = Text(required=False, max_length=32)
    prompt = Text(required=False, max_length=64)
    maxAge = Integer(required=False, min_value=0)
    uiLocales = Text(required=False, max_length=128)
    idTokenHint = Text(required=False, max_length=8192)
    loginHint = Text(required=False, max_length=256)
    acrValues = Text(required=False, max_length=512)


class EndpointsConfig(Config):
    """What the configurations of both standards have."""

    responseType = Choice(choices=["code"], required=False)
    grantType = Choice(choices=["authorization_code"], required=False)
    authorizationEndpoint = EndpointField()
    tokenEndpoint = EndpointField()
    clientId = IdField()
    clientSecret = IdField()
    tokenEndpointAuthMethod = Choice(choices=AUTHENTICATIONS, required=False)
    clientSecretJwtSigningAlgorithm = Choice(choices=SECRET_JWT_ALGORITHMS, required=False)
    scope = ScopeField()
    customConfig = ParametersField()


class OidcConfig(EndpointsConfig):
    """An OpenID provider."""

    idTokenVerificationConfig = IdTokenConfig()
    authRequestOptionalConfig = RequestConfig(required=False)
    acceptStringTypedBooleanClaims = Flag(required=False)
    trustUnverifiedEmail = Flag(required=False)
