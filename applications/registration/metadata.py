"""What a client may register (RFC 7591 section 2), and what is made of it.

A value that is not supported is replaced or left out if the client can do without it (RFC 7591 section 3.2.1); the
answer says what was registered.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from applications.client_metadata import (
    NATIVE,
    ClientMetadataError,
    assert_signs_people_in,
    assertion_settings,
    name_of,
    optional_text,
    redirect_uris_of,
    string_list,
    token_settings,
)
from applications.client_security import PRIVATE_KEY_JWT
from applications.clients import AUTHORIZATION_CODE, REFRESH_TOKEN
from applications.models.application import ApplicationType

# What developers see of a client that gives itself no name.
UNNAMED = "Unnamed client"

SECRET_METHODS = frozenset({"client_secret_basic", "client_secret_post"})
_LINKS = ("client_uri", "logo_uri", "tos_uri", "policy_uri")
_TEXTS = ("software_id", "software_version")
_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?#]\S*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Registrable:
    """A client's metadata, checked: what becomes of it here, and `told`, all of it as the client is told."""

    name: str
    type: ApplicationType
    oidc: dict[str, Any]
    custom: dict[str, Any]
    told: dict[str, Any]


def _method(metadata: Mapping[str, Any]) -> str:
    method = metadata.get("token_endpoint_auth_method", "client_secret_basic")
    if method not in ("none", PRIVATE_KEY_JWT) and method not in SECRET_METHODS:
        raise ClientMetadataError("token_endpoint_auth_method is not supported")
    return str(method)


def _application_type(metadata: Mapping[str, Any], redirect_uris: list[str]) -> str:
    """A client that does not say is an app on the device if it comes back there."""
    stated = optional_text(metadata, "application_type")
    if stated not in ("", "web", NATIVE):
        raise ClientMetadataError("application_type must be web or native")
    return stated or ("web" if all(uri.startswith("https:") for uri in redirect_uris) else NATIVE)


def _described(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What the client says for people to read; kept, told to developers, never shown as if it were true."""
    said: dict[str, Any] = {name: optional_text(metadata, name) for name in (*_LINKS, *_TEXTS)}
    for name in _LINKS:
        if said[name] and not (_LINK.fullmatch(said[name]) and said[name].isprintable()):
            raise ClientMetadataError(f"{name} must be an http(s) address")
    said["contacts"] = string_list(metadata, "contacts")
    return {name: value for name, value in said.items() if value}


def read_metadata(metadata: Mapping[str, Any]) -> Registrable:
    """Return what a client may be registered with; raises `ClientMetadataError`."""
    assert_signs_people_in(metadata)
    redirect_uris = redirect_uris_of(metadata)
    post_logout = redirect_uris_of(metadata, "post_logout_redirect_uris", required=False)
    method, application_type = _method(metadata), _application_type(metadata, redirect_uris)
    keys = assertion_settings(metadata) if method == PRIVATE_KEY_JWT else {}
    tokens = token_settings(metadata)
    public = ApplicationType.NATIVE if application_type == NATIVE else ApplicationType.SPA
    name = name_of(metadata)
    told = {
        **({"client_name": name} if name else {}),
        "redirect_uris": redirect_uris,
        **({"post_logout_redirect_uris": post_logout} if post_logout else {}),
        "grant_types": [AUTHORIZATION_CODE, REFRESH_TOKEN],
        "response_types": ["code"],
        "token_endpoint_auth_method": method,
        "application_type": application_type,
        "id_token_signed_response_alg": tokens["idTokenSignedResponseAlg"],
        **({"dpop_bound_access_tokens": True} if tokens.get("requireDpop") else {}),
        **{key: metadata[key] for key in ("jwks", "jwks_uri") if keys and metadata.get(key) is not None},
        **_described(metadata),
    }
    return Registrable(
        name=name,
        type=public if method == "none" else ApplicationType.TRADITIONAL,
        oidc={"redirectUris": redirect_uris, "postLogoutRedirectUris": post_logout},
        custom=keys | tokens,
        told=told,
    )
