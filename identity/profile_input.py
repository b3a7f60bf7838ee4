"""The profile as callers send it: the standard claims of OpenID Connect Core 1.0 section 5.1, in camel case."""

from typing import Any

from rest_framework import serializers

from common.rest.fields import Text

# Of one value; people can write their own.
_LONGEST = 1024


class AddressInput(serializers.Serializer[Any]):
    """`profile.address`."""

    formatted = Text(required=False, max_length=_LONGEST)
    streetAddress = Text(required=False, max_length=_LONGEST)
    locality = Text(required=False, max_length=_LONGEST)
    region = Text(required=False, max_length=_LONGEST)
    postalCode = Text(required=False, max_length=_LONGEST)
    country = Text(required=False, max_length=_LONGEST)


class ProfileInput(serializers.Serializer[Any]):
    """`profile`."""

    familyName = Text(required=False, max_length=_LONGEST)
    givenName = Text(required=False, max_length=_LONGEST)
    middleName = Text(required=False, max_length=_LONGEST)
    nickname = Text(required=False, max_length=_LONGEST)
    preferredUsername = Text(required=False, max_length=_LONGEST)
    profile = Text(required=False, max_length=_LONGEST)
    website = Text(required=False, max_length=_LONGEST)
    gender = Text(required=False, max_length=_LONGEST)
    birthdate = Text(required=False, max_length=_LONGEST)
    zoneinfo = Text(required=False, max_length=_LONGEST)
    locale = Text(required=False, max_length=_LONGEST)
    address = AddressInput(required=False)
