"""The profile as callers send it: the standard claims of OpenID Connect Core 1.0 section 5.1, in camel case."""

from typing import Any

from rest_framework import serializers

from common.rest.fields import Text


class AddressInput(serializers.Serializer[Any]):
    """`profile.address`."""

    formatted = Text(required=False)
    streetAddress = Text(required=False)
    locality = Text(required=False)
    region = Text(required=False)
    postalCode = Text(required=False)
    country = Text(required=False)


class ProfileInput(serializers.Serializer[Any]):
    """`profile`."""

    familyName = Text(required=False)
    givenName = Text(required=False)
    middleName = Text(required=False)
    nickname = Text(required=False)
    preferredUsername = Text(required=False)
    profile = Text(required=False)
    website = Text(required=False)
    gender = Text(required=False)
    birthdate = Text(required=False)
    zoneinfo = Text(required=False)
    locale = Text(required=False)
    address = AddressInput(required=False)
