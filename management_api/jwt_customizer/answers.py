"""Answers about scripts: those for custom token claims."""

from typing import Literal, TypedDict

from management_api.answers import JsonObject
from oidc.custom_claims.shapes import CONFIGURATIONS


class Customizer(TypedDict):
    """The script for one kind of token."""

    key: Literal["jwt.accessToken", "jwt.clientCredentials"]
    value: JsonObject


# One of the kinds.
ANY_CONFIGURATION = tuple(CONFIGURATIONS.values())
