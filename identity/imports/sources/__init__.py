"""The systems that users come from: one file each. A new one is a file, and a line here."""

from collections.abc import Mapping
from typing import Any

from common.errors import AppError
from identity.imports.sources.auth0 import Auth0Source
from identity.imports.sources.base import Source
from identity.imports.sources.cognito import CognitoSource
from identity.imports.sources.django import DjangoSource
from identity.imports.sources.firebase import FirebaseSource
from identity.imports.sources.gatehouse import GatehouseSource
from identity.imports.sources.keycloak import KeycloakSource
from identity.imports.sources.logto import LogtoSource
from identity.imports.sources.supabase import SupabaseSource

__all__ = ["SOURCES", "Source", "detect_source", "get_source"]

# In the order in which rows are looked at: the last takes whatever has an identifier.
_ORDERED: tuple[Source, ...] = (
    DjangoSource(),
    FirebaseSource(),
    CognitoSource(),
    SupabaseSource(),
    KeycloakSource(),
    LogtoSource(),
    Auth0Source(),
    GatehouseSource(),
)

#: By name.
SOURCES: Mapping[str, Source] = {source.name: source for source in _ORDERED}


def get_source(name: str) -> Source:
    """Return a source by its name. Raises `user_import.unknown_format`."""
    try:
        return SOURCES[name]
    except KeyError:
        raise AppError("user_import.unknown_format") from None


def detect_source(values: Mapping[str, Any]) -> Source:
    """Return the source that a row looks like. Raises `user_import.unknown_format`."""
    names = frozenset(values)
    for source in _ORDERED:
        if source.recognizes(names, values):
            return source
    raise AppError("user_import.unknown_format")
