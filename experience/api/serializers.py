"""The bodies of the Experience API, parsed into the plain values that services take."""

import json
import re
from typing import Any

from rest_framework import serializers

from common.rest.fields import Choice, Flag, Text
from common.web_addresses import MAX_ADDRESS_LENGTH
from experience.captcha.base import MAX_CAPTCHA
from experience.models import Interaction
from experience.records import Identifier
from identity.identifiers import is_valid_phone

# An id of ours has 21 characters, a code six.
MAX_ID = 64
MAX_STATE = 512
_MOST_PARAMETERS = 64
_LONGEST_DATA = 65_536
_MOST_VALUES = 256
_FIELD_NAME = re.compile(r"[A-Za-z0-9]{1,128}")
_ADDRESS = re.compile(r"\S+@\S+\.\S+")


class IdentifierField(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs alone
    """`{type, value}`, read as an `Identifier`; `kinds` are the types it takes."""

    default_error_messages = {"invalid": "An identifier has a known type and a value of its form."}

    def __init__(self, *, kinds: tuple[str, ...] = ("username", "email", "phone"), **options: Any) -> None:
        super().__init__(**options)
        self.kinds = kinds
        self.value = Text(min_length=1, max_length=256)

    def to_internal_value(self, data: Any) -> Identifier:
        if not isinstance(data, dict) or data.get("type") not in list(self.kinds):
            self.fail("invalid")
        return Identifier(data["type"], self.value.run_validation(data.get("value")))


class CodeIdentifierField(IdentifierField):
    """An `Identifier` that a code or a link can be sent to."""

    def __init__(self, *, kinds: tuple[str, ...] = ("email", "phone"), **options: Any) -> None:
        super().__init__(kinds=kinds, **options)

    def to_internal_value(self, data: Any) -> Identifier:
        identifier = super().to_internal_value(data)
        if identifier.kind == "phone":
            is_valid = is_valid_phone(identifier.value)
        else:
            is_valid = _ADDRESS.fullmatch(identifier.value) is not None
        if not is_valid:
            self.fail("invalid")
        return identifier


class EventBody(serializers.Serializer[Any]):
    interactionEvent = Choice(choices=Interaction.Event.choices)


class StartBody(EventBody):
    captchaToken = Text(required=False, min_length=1, max_length=MAX_CAPTCHA)


class IdentificationBody(serializers.Serializer[Any]):
    verificationId = Text(required=False, max_length=MAX_ID)
    linkSocialIdentity = Flag(required=False)


class ProviderStartBody(serializers.Serializer[Any]):
    state = Text(max_length=MAX_STATE)
    redirectUri = Text(max_length=MAX_ADDRESS_LENGTH)


class ConnectorDataField(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs alone
    """What a provider has sent the browser back with, by name; bounded."""

    default_error_messages = {"invalid": "This must be an object of parameters."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict) or len(data) > _MOST_PARAMETERS or len(json.dumps(data)) > _LONGEST_DATA:
            self.fail("invalid")
        return data


class SocialReturnBody(serializers.Serializer[Any]):
    connectorData = ConnectorDataField()
    verificationId = Text(required=False, max_length=MAX_ID)


class SsoReturnBody(serializers.Serializer[Any]):
    connectorData = ConnectorDataField()
    verificationId = Text(max_length=MAX_ID)


class PasswordVerificationBody(serializers.Serializer[Any]):
    identifier = IdentifierField()
    password = Text(min_length=1)


class NewPasswordBody(serializers.Serializer[Any]):
    identifier = IdentifierField(kinds=("username",))
    password = Text(min_length=1)


class CodeBody(EventBody):
    identifier = CodeIdentifierField()


class CodeVerificationBody(serializers.Serializer[Any]):
    identifier = CodeIdentifierField()
    verificationId = Text(max_length=MAX_ID)
    code = Text(max_length=MAX_ID)


class OneTimeTokenBody(serializers.Serializer[Any]):
    identifier = CodeIdentifierField(kinds=("email",))
    token = Text(min_length=1, max_length=256)


class PasswordBody(serializers.Serializer[Any]):
    password = Text(min_length=1)


class ValueBody(serializers.Serializer[Any]):
    value = Text(min_length=1, max_length=256)


class VerificationBody(serializers.Serializer[Any]):
    verificationId = Text(max_length=MAX_ID)


class ValuesField(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs alone
    """Values of profile fields by name; bounded. What each may be is the field's to say."""

    default_error_messages = {"invalid": "This must be an object whose keys are letters and digits."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict) or len(data) > _MOST_VALUES or not all(map(_FIELD_NAME.fullmatch, data)):
            self.fail("invalid")
        return data


class ExtraProfileBody(serializers.Serializer[Any]):
    values = ValuesField()


PROFILE_BODIES: dict[str, type[serializers.Serializer[Any]]] = {
    "username": ValueBody,
    "password": ValueBody,
    "email": VerificationBody,
    "phone": VerificationBody,
    "social": VerificationBody,
    "extraProfile": ExtraProfileBody,
}
"""What is added to the profile, by the body's `type`."""
