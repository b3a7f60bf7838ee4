"""An enterprise's identity provider as its metadata, or the developer, describes it."""

from collections.abc import Mapping
from typing import Any, Final

from common.errors import AppError
from common.http import Response
from common.saml.certificates import parse_certificate
from common.saml.errors import SamlError
from common.saml.metadata import CONTENT_TYPE, IdentityProviderMetadata
from common.saml.metadata_reading import parse_idp_metadata
from common.saml.xml import MAX_METADATA_BYTES
from connectors.oauth.calls import time_limit
from connectors.oauth.documents import PublishedDocuments

# Seconds.
_FRESH_FOR: Final = 3600.0


def read_identity_provider(config: Mapping[str, Any], *, newest: bool = False) -> IdentityProviderMetadata:
    """Return what is known of a configuration's identity provider; fetched metadata is remembered for an hour.

    `newest` fetches it again unless it was just fetched. Raises as `PublishedDocuments.get` does, and
    `connector.invalid_config` for metadata that does not serve: no sign-in by HTTP-Redirect, or no certificate.
    """
    if url := config.get("metadataUrl"):
        with time_limit():
            return _fetched.get(url, is_sufficient=(lambda _: False) if newest else None)
    if metadata := config.get("metadata"):
        return _usable(_parsed(metadata.encode()))
    return IdentityProviderMetadata(
        entity_id=config["entityId"],
        sso_redirect_url=config["signInEndpoint"],
        sso_post_url=None,
        slo_url=None,
        certificates=(parse_certificate(config["x509Certificate"]).pem,),
        wants_signed_requests=False,
    )


def forget_fetched_metadata() -> None:
    """Drop what this process has fetched."""
    _fetched.clear()


def _usable(found: IdentityProviderMetadata) -> IdentityProviderMetadata:
    if found.sso_redirect_url is None:
        raise AppError("connector.invalid_config", data={"reason": "no_redirect_binding"})
    if not found.certificates:
        raise AppError("connector.invalid_config", data={"reason": "no_certificate"})
    return found


def _parsed(xml: bytes) -> IdentityProviderMetadata:
    try:
        return parse_idp_metadata(xml)
    except SamlError as error:
        raise AppError("connector.invalid_response", data={"reason": "metadata", "detail": error.detail}) from error


def _decode(answer: Response) -> IdentityProviderMetadata:
    return _parsed(answer.body)


def _read(_url: str, found: IdentityProviderMetadata) -> IdentityProviderMetadata:
    return _usable(found)


_fetched = PublishedDocuments(
    _read,
    fresh_for=_FRESH_FOR,
    decode=_decode,
    accept=f"{CONTENT_TYPE}, application/xml, text/xml",
    max_bytes=MAX_METADATA_BYTES,
)
