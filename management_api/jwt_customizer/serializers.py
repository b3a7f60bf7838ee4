"""Scripts for custom token claims on the wire."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.rest.fields import Choice, Flag, JsonObject, Text
from oidc.custom_claims.configuration import TokenKind

_LONGEST_SCRIPT = 100_000


class _Strict(serializers.Serializer[Any]):
    """A body that refuses what it does not know: a misspelt switch must not go unnoticed."""

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        if unknown := [str(name)[:128] for name in data if name not in self.fields]:
            issue = serializers.ErrorDetail(str(_("There is no such field.")), code="unrecognized_keys")
            raise serializers.ValidationError({name: [issue] for name in unknown[:10]})
        return values


class _Audience(serializers.Field):  # type: ignore[type-arg]  # generic in the stubs alone
    """A string, or a list of strings."""

    default_error_messages = {"invalid": _("Must be a text or a list of texts.")}

    def to_internal_value(self, data: Any) -> Any:
        texts = data if isinstance(data, list) else [data]
        if not all(isinstance(text, str) for text in texts):
            self.fail("invalid")
        return data


class _Variables(serializers.DictField):
    """Names and texts."""

    child = Text()


class MachineTokenInput(_Strict):
    """A machine's token, made up."""

    jti = Text(required=False)
    aud = _Audience(required=False)
    scope = Text(required=False)
    clientId = Text(required=False)
    kind = Choice(choices=["ClientCredentials"], required=False)


class UserTokenInput(_Strict):
    """A user's token, made up."""

    jti = Text(required=False)
    aud = _Audience(required=False)
    scope = Text(required=False)
    clientId = Text(required=False)
    accountId = Text(required=False)
    expiresWithSession = Flag(required=False)
    grantId = Text(required=False)
    gty = Text(required=False)
    sessionUid = Text(required=False)
    sid = Text(required=False)
    kind = Choice(choices=["AccessToken"], required=False)


class MachineContextInput(serializers.Serializer[Any]):
    """Whom a machine's token is for, made up."""

    application = JsonObject(required=False)


class UserContextInput(MachineContextInput):
    """Whom a user's token is for, made up."""

    user = JsonObject()
    grant = JsonObject(required=False)
    interaction = JsonObject(required=False)
    organization = JsonObject(required=False)


class _CustomizerBody(_Strict):
    """A script and what belongs to it."""

    script = Text(max_length=_LONGEST_SCRIPT)
    environmentVariables = _Variables(required=False)
    blockIssuanceOnError = Flag(required=False)


class UserCustomizerBody(_CustomizerBody):
    """The script for users' access tokens."""

    contextSample = UserContextInput(required=False)
    tokenSample = UserTokenInput(required=False)


class MachineCustomizerBody(_CustomizerBody):
    """The script for machines' access tokens."""

    contextSample = MachineContextInput(required=False)
    tokenSample = MachineTokenInput(required=False)


class _TrialBody(serializers.Serializer[Any]):
    """A script to try out."""

    script = Text(max_length=_LONGEST_SCRIPT)
    environmentVariables = _Variables(source="environment_variables", default=dict)


class UserTrialBody(_TrialBody):
    """A script to try out for a user's access token."""

    token = UserTokenInput()
    context = UserContextInput()  # type: ignore[assignment]  # a field, which the metaclass takes away


class MachineTrialBody(_TrialBody):
    """A script to try out for a machine's access token."""

    token = MachineTokenInput()
    context = MachineContextInput()  # type: ignore[assignment]


class TrialKind(serializers.Serializer[Any]):
    """For which kind of token a script is tried out."""

    tokenType = Choice(choices=[kind.value for kind in TokenKind])


BODIES: Mapping[TokenKind, type[_CustomizerBody]] = {
    TokenKind.ACCESS_TOKEN: UserCustomizerBody,
    TokenKind.CLIENT_CREDENTIALS: MachineCustomizerBody,
}
TRIALS: Mapping[TokenKind, type[_TrialBody]] = {
    TokenKind.ACCESS_TOKEN: UserTrialBody,
    TokenKind.CLIENT_CREDENTIALS: MachineTrialBody,
}
