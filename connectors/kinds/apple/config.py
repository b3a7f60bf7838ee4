"""Configuration of Apple."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils.translation import gettext as _
from rest_framework import serializers

from connectors.kinds.configs import Config
from connectors.kinds.oauth_configs import IdField, ScopeField

_KEY_MEMBERS = ("teamId", "keyId", "privateKey")


class AppleConfig(Config):
    """A Services ID, and the key that signs client secrets: none, or all three members of it."""

    clientId = IdField()
    scope = ScopeField()
    teamId = IdField(required=False, max_length=64)
    keyId = IdField(required=False, max_length=64)
    privateKey = IdField(required=False)

    def validate_privateKey(self, value: str) -> str:
        try:
            key = load_pem_private_key(value.encode(), password=None)
        except (ValueError, TypeError) as error:
            raise serializers.ValidationError(_("This is not a private key in PEM.")) from error
        if not (isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)):
            raise serializers.ValidationError(_("This is not an EC key on P-256."))
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in _KEY_MEMBERS if name not in attrs]
        if 0 < len(missing) < len(_KEY_MEMBERS):
            raise serializers.ValidationError({name: [_("This field is required.")] for name in missing})
        return attrs
