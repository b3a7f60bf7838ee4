"""Configuration of Alipay."""

import base64
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key
from django.utils.translation import gettext as _
from rest_framework import serializers

from common.rest.fields import Choice
from connectors.kinds.configs import Config
from connectors.kinds.oauth_configs import IdField

_LEAST_BITS: Final = 2048


class AlipayConfig(Config):
    """An application of the Alipay Open Platform. RSA with SHA-1 (`RSA`) is not supported."""

    appId = IdField(max_length=64)
    privateKey = IdField(max_length=8192)
    signType = Choice(choices=["RSA2"], required=False)

    def validate_privateKey(self, value: str) -> str:
        try:
            key = load_key(value)
        except (ValueError, TypeError) as error:
            raise serializers.ValidationError(_("This is not an RSA key.")) from error
        if key.key_size < _LEAST_BITS:
            raise serializers.ValidationError(_("The key has less than %s bits.") % _LEAST_BITS)
        return value


def load_key(text: str) -> RSAPrivateKey:
    """Return a key in PEM, or in the bare base64 of Alipay's own tool; raises `ValueError`."""
    if text.startswith("-----"):
        key = load_pem_private_key(text.encode(), password=None)
    else:
        key = load_der_private_key(base64.b64decode("".join(text.split()), validate=True), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA key")
    return key
