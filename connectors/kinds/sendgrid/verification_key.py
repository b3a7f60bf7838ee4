"""The public key with which SendGrid's signed events are verified."""

import base64
import binascii
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.utils.translation import gettext as _
from rest_framework import serializers

from common.rest.fields import Text


class VerificationKeyField(Text):
    """A public key of an elliptic curve, in base64 as SendGrid shows it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=1024, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text and not _is_key(text):
            raise serializers.ValidationError(_("This is not the verification key of an event webhook."))
        return text


def _is_key(text: str) -> bool:
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return isinstance(key, EllipticCurvePublicKey)
