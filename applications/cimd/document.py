"""What a metadata document may say, and the client it makes (Client ID Metadata Document section 4).

Everything else in a document is ignored: it has no say in lifetimes, scopes or whom to trust.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from applications.client_metadata import (
    NATIVE,
    ClientMetadataError,
    assert_signs_people_in,
    assertion_settings,
    name_of,
    optional_text,
    redirect_uris_of,
    token_settings,
)
from applications.client_security import PRIVATE_KEY_JWT
from applications.clients import Client, client_of
from applications.models import Application
from applications.models.application import ApplicationType


def _keys(document: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a client that signs, none of one that does not authenticate; a shared secret cannot be public."""
    if "client_secret" in document or "client_secret_expires_at" in document:
        raise ClientMetadataError("client_secret must not be in the document")
    match document.get("token_endpoint_auth_method", "none"):
        case "none":
            return {}
        case method if method == PRIVATE_KEY_JWT:
            return assertion_settings(document)
    raise ClientMetadataError("token_endpoint_auth_method must be none or private_key_jwt")


def _type(document: Mapping[str, Any], *, has_keys: bool) -> ApplicationType:
    if has_keys:
        return ApplicationType.TRADITIONAL
    is_native = optional_text(document, "application_type") == NATIVE
    return ApplicationType.NATIVE if is_native else ApplicationType.SPA


def client_of_document(address: str, document: Mapping[str, Any], *, stand_in_id: str) -> Client:
    """Return the client that a document makes; raises `ClientMetadataError`.

    `client_id` is the address itself, character by character, so that nobody passes another client's document on.
    """
    if document.get("client_id") != address:
        raise ClientMetadataError("client_id must be the address of the document")
    assert_signs_people_in(document)
    keys = _keys(document)
    application = Application(
        id=address,
        name=name_of(document),
        type=_type(document, has_keys=bool(keys)),
        is_third_party=True,
        oidc_client_metadata={
            "redirectUris": redirect_uris_of(document),
            "postLogoutRedirectUris": redirect_uris_of(document, "post_logout_redirect_uris", required=False),
        },
        custom_client_metadata=keys | token_settings(document),
    )
    return replace(client_of(application), stand_in_id=stand_in_id)
