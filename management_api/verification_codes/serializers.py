"""Verification codes on the wire: an email address or a phone number, and the code."""

import re
from typing import Any, Literal, NamedTuple

from rest_framework import serializers

from common.rest.fields import Text

_FORMS = {"email": re.compile(r"\S+@\S+\.\S+"), "phone": re.compile(r"[0-9]+")}


class Recipient(NamedTuple):
    """Where a code goes."""

    channel: Literal["email", "phone"]
    address: str


class RecipientInput(serializers.Serializer[Any]):
    """The body that names a recipient; the address counts where both are given."""

    email = Text(required=False)
    phone = Text(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for channel, form in _FORMS.items():
            if form.fullmatch(attrs.get(channel, "")):
                return {**attrs, "recipient": Recipient(channel, attrs[channel])}  # type: ignore[arg-type]
        raise serializers.ValidationError("An email address or a phone number is required.", code="invalid_union")


class VerificationInput(RecipientInput):
    """The body that holds a recipient and the code they got."""

    verificationCode = Text(min_length=1)
