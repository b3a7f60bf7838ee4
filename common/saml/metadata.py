"""Metadata: who a party is, where it listens, and which keys are its own (SAML metadata 2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.saml.certificates import parse_certificate
from common.saml.names import BINDING_POST, BINDING_REDIRECT, PROTOCOL
from common.saml.xml import Element, add, element, serialize

CONTENT_TYPE = "application/samlmetadata+xml"


@dataclass(frozen=True)
class IdentityProviderMetadata:
    """What a service provider needs to know of an identity provider; `certificates` are PEM, for signatures."""

    entity_id: str
    sso_redirect_url: str | None
    sso_post_url: str | None
    slo_url: str | None
    certificates: tuple[str, ...]
    wants_signed_requests: bool
    name_id_formats: tuple[str, ...] = ()


@dataclass(frozen=True)
class AssertionConsumerService:
    """Where a service provider takes responses."""

    binding: str
    url: str
    index: int
    is_default: bool


@dataclass(frozen=True)
class SingleLogoutService:
    """Where a party takes logout messages, and responses to them if they go elsewhere."""

    binding: str
    url: str
    response_url: str


@dataclass(frozen=True)
class ServiceProviderMetadata:
    """What an identity provider needs to know of a service provider; certificates are PEM."""

    entity_id: str
    assertion_consumer_services: tuple[AssertionConsumerService, ...]
    single_logout_services: tuple[SingleLogoutService, ...]
    signing_certificates: tuple[str, ...]
    encryption_certificates: tuple[str, ...]
    name_id_formats: tuple[str, ...]
    signs_requests: bool
    wants_signed_assertions: bool


def render_idp_metadata(
    *,
    entity_id: str,
    certificates: Iterable[str],
    sso_redirect_url: str,
    sso_post_url: str,
    slo_url: str | None = None,
    name_id_formats: Sequence[str] = (),
    wants_signed_requests: bool = False,
) -> bytes:
    """Return the document of an identity provider: every certificate that may sign, the newest first."""
    root = element("md:EntityDescriptor", {"entityID": entity_id})
    role = add(
        root,
        "md:IDPSSODescriptor",
        {
            "WantAuthnRequestsSigned": "true" if wants_signed_requests else "false",
            "protocolSupportEnumeration": PROTOCOL,
        },
    )
    _add_keys(role, "signing", certificates)
    _add_logout(role, slo_url)
    for name in name_id_formats:
        add(role, "md:NameIDFormat", text=name)
    add(role, "md:SingleSignOnService", {"Binding": BINDING_REDIRECT, "Location": sso_redirect_url})
    add(role, "md:SingleSignOnService", {"Binding": BINDING_POST, "Location": sso_post_url})
    return serialize(root)


def render_sp_metadata(
    *,
    entity_id: str,
    acs_url: str,
    signing_certificates: Iterable[str] = (),
    encryption_certificates: Iterable[str] = (),
    slo_url: str | None = None,
    name_id_formats: Sequence[str] = (),
    signs_requests: bool = False,
) -> bytes:
    """Return the document of a service provider that takes signed assertions by HTTP-POST."""
    root = element("md:EntityDescriptor", {"entityID": entity_id})
    role = add(
        root,
        "md:SPSSODescriptor",
        {
            "AuthnRequestsSigned": "true" if signs_requests else "false",
            "WantAssertionsSigned": "true",
            "protocolSupportEnumeration": PROTOCOL,
        },
    )
    _add_keys(role, "signing", signing_certificates)
    _add_keys(role, "encryption", encryption_certificates)
    _add_logout(role, slo_url)
    for name in name_id_formats:
        add(role, "md:NameIDFormat", text=name)
    add(
        role,
        "md:AssertionConsumerService",
        {"Binding": BINDING_POST, "Location": acs_url, "index": "0", "isDefault": "true"},
    )
    return serialize(root)


def _add_keys(role: Element, use: str, certificates: Iterable[str]) -> None:
    for certificate in certificates:
        key_info = add(add(role, "md:KeyDescriptor", {"use": use}), "ds:KeyInfo")
        add(add(key_info, "ds:X509Data"), "ds:X509Certificate", text=parse_certificate(certificate).body)


def _add_logout(role: Element, url: str | None) -> None:
    if url is not None:
        for binding in (BINDING_REDIRECT, BINDING_POST):
            add(role, "md:SingleLogoutService", {"Binding": binding, "Location": url})
