"""One-time tokens on the wire."""

import re
from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from common.clock import now, to_milliseconds
from common.rest.fields import Choice, Integer, Text, Texts
from experience.models import Interaction
from identity.identifiers import MAX_EMAIL_LENGTH, is_valid_email
from identity.models import OneTimeToken

# Stands for a value that nobody can read any more.
MASKED_VALUE = "*" * 32

_ADDRESS = re.compile(r"\S+@\S+\.\S+")
_ITEM = {"min_length": 1, "max_length": 21}


class ContextInput(serializers.Serializer[Any]):
    """What a token is for, and which organizations its user joins."""

    jitOrganizationIds = Texts(required=False, max_length=1000, item=_ITEM)
    interactionEvent = Choice(choices=Interaction.Event.choices, required=False)


class OneTimeTokenCreation(serializers.Serializer[Any]):
    """The body that makes a token."""

    email = Text(min_length=1, max_length=MAX_EMAIL_LENGTH)
    # Declared fields leave the class before `Field.context` is looked up.
    context = ContextInput(required=False)  # type: ignore[assignment]
    expiresIn = Integer(source="expires_in", min_value=1, required=False)

    def validate_email(self, value: str) -> str:
        if not is_valid_email(value):
            raise serializers.ValidationError("Not an email address.")
        return value


class OneTimeTokenVerification(serializers.Serializer[Any]):
    """The body that uses a token up."""

    token = Text(min_length=1, max_length=256)
    email = Text(min_length=1, max_length=MAX_EMAIL_LENGTH)


class OneTimeTokenStatus(serializers.Serializer[Any]):
    """The body that says what became of a token."""

    status = Choice(choices=OneTimeToken.Status.choices)


class OneTimeTokenQuery(serializers.Serializer[Any]):
    """What a list is narrowed to."""

    email = Text(required=False)
    status = Choice(choices=OneTimeToken.Status.choices, required=False)

    def validate_email(self, value: str) -> str:
        if not _ADDRESS.fullmatch(value):
            raise serializers.ValidationError("Not an email address.")
        return value


def one_time_token_row(token: OneTimeToken, *, value: str = MASKED_VALUE) -> dict[str, Any]:
    """Return a token; its value is known, and given, only when it has just been made or was sent along."""
    return {
        "tenantId": token.tenant_id,
        "id": token.id,
        "email": token.email,
        "token": value,
        "context": token.context,
        "status": token.status_at(now()),
        "createdAt": to_milliseconds(token.created_at),
        "expiresAt": to_milliseconds(token.expires_at),
    }


def one_time_token_rows(tokens: Iterable[OneTimeToken]) -> list[dict[str, Any]]:
    """Return a page of tokens."""
    return [one_time_token_row(token) for token in tokens]
