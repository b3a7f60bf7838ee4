"""What clients say about themselves (RFC 7591 section 2), in a registration or in a document; read, never trusted."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from applications.client_security import ID_TOKEN_ALGORITHMS, PRIVATE_KEY_JWT
from applications.client_security_registration import validate_security
from applications.clients import AUTHORIZATION_CODE
from applications.redirect_uri_registration import MAX_LENGTH
from applications.redirect_uris import is_registrable_by_client
from common.errors import AppError
from common.oauth.bodies import is_storable

NATIVE = "native"

_STANDARD_ALGORITHM = "RS256"

_MOST_URIS = 50
_MOST_VALUES = 50
_LONGEST_NAME = 128
_LONGEST_VALUE = 2048


class ClientMetadataError(ValueError):
    """A member is missing or cannot be accepted; the text says which, `error` is RFC 7591's name for it (3.2.2)."""

    def __init__(self, description: str, *, error: str = "invalid_client_metadata") -> None:
        super().__init__(description)
        self.error = error


def parse_metadata(text: str | bytes) -> dict[str, Any]:
    """Return the JSON object in a text; raises `ClientMetadataError` for anything else or what no column holds."""
    try:
        found = json.loads(text)
        if isinstance(found, dict) and _is_plain(found):
            return found
    except (ValueError, RecursionError) as error:
        raise ClientMetadataError("this must be a JSON object") from error
    raise ClientMetadataError("this must be a JSON object")


def _is_plain(value: Any) -> bool:
    match value:
        case str():
            return is_storable(value)
        case float():
            return math.isfinite(value)
        case dict():
            return all(is_storable(name) and _is_plain(member) for name, member in value.items())
        case list():
            return all(map(_is_plain, value))
    return True


def string_list(metadata: Mapping[str, Any], name: str, *, default: Sequence[str] = ()) -> list[str]:
    """Return a member that lists texts, `default` if it is not there."""
    values = metadata.get(name)
    if values is None:
        return list(default)
    if not isinstance(values, list) or len(values) > _MOST_VALUES or not all(map(_is_text, values)):
        raise ClientMetadataError(f"{name} must be an array of strings")
    return values


def optional_text(metadata: Mapping[str, Any], name: str) -> str:
    """Return a member that is a text, empty if it is not there."""
    value = metadata.get(name)
    if value is None:
        return ""
    if not _is_text(value):
        raise ClientMetadataError(f"{name} must be a string of at most {_LONGEST_VALUE} characters")
    return str(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_VALUE and is_storable(value)


def name_of(metadata: Mapping[str, Any]) -> str:
    """Return what the client calls itself on one line, empty if it does not."""
    name = "".join(sign if sign.isprintable() else " " for sign in optional_text(metadata, "client_name"))
    return " ".join(name.split())[:_LONGEST_NAME]


def redirect_uris_of(metadata: Mapping[str, Any], name: str = "redirect_uris", *, required: bool = True) -> list[str]:
    """Return a member that lists redirect URIs: https, http on the user's own device, or a scheme of an app's own."""
    uris = list(dict.fromkeys(string_list(metadata, name)))
    if len(uris) > _MOST_URIS or (required and not uris):
        raise ClientMetadataError(f"{name} must have 1 to {_MOST_URIS} entries", error="invalid_redirect_uri")
    for uri in uris:
        if len(uri) > MAX_LENGTH or not is_registrable_by_client(uri):
            raise ClientMetadataError(f"{name} has an entry that is not allowed", error="invalid_redirect_uri")
    return uris


def assert_signs_people_in(metadata: Mapping[str, Any]) -> None:
    """The client can do what such clients do here: send users for a code, and redeem it."""
    if AUTHORIZATION_CODE not in string_list(metadata, "grant_types", default=(AUTHORIZATION_CODE,)):
        raise ClientMetadataError("grant_types must have authorization_code")
    if "code" not in string_list(metadata, "response_types", default=("code",)):
        raise ClientMetadataError("response_types must have code")


def token_settings(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return, as `customClientMetadata`, how a client wants its tokens: their signature and their binding to a key.

    An algorithm that is not stated is RS256 (OpenID Connect Dynamic Client Registration 1.0 section 2), and so is one
    in which nothing is signed here (RFC 7591 section 3.2.1).
    """
    algorithm = optional_text(metadata, "id_token_signed_response_alg")
    is_bound = metadata.get("dpop_bound_access_tokens", False)
    if not isinstance(is_bound, bool):
        raise ClientMetadataError("dpop_bound_access_tokens must be true or false")
    return {
        "idTokenSignedResponseAlg": algorithm if algorithm in ID_TOKEN_ALGORITHMS else _STANDARD_ALGORITHM,
        **({"requireDpop": True} if is_bound else {}),
    }


def assertion_settings(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return, as `customClientMetadata`, the keys of a client that authenticates with `private_key_jwt`."""
    named = {"jwks": metadata.get("jwks"), "jwksUri": metadata.get("jwks_uri")}
    settings = {"tokenEndpointAuthMethod": PRIVATE_KEY_JWT}
    settings |= {key: value for key, value in named.items() if value is not None}
    try:
        validate_security(settings, is_confidential=True, signs_people_in=True)
    except AppError as error:
        raise ClientMetadataError("private_key_jwt needs the client's public keys, as jwks or by jwks_uri") from error
    return settings
