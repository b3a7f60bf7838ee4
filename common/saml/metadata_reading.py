"""Reading metadata of others. It tells, it does not prove: whoever gives it to us vouches for it."""

from typing import Final
from urllib.parse import urlsplit

from common.saml.certificates import parse_certificate
from common.saml.errors import SamlError
from common.saml.metadata import (
    AssertionConsumerService,
    IdentityProviderMetadata,
    ServiceProviderMetadata,
    SingleLogoutService,
)
from common.saml.names import BINDING_POST, BINDING_REDIRECT, qname
from common.saml.signatures import MAX_CERTIFICATES
from common.saml.xml import MAX_METADATA_BYTES, Element, children, parse, parse_boolean, text_of

MAX_ENTITY_ID_CHARACTERS: Final = 1024
_MAX_URL_CHARACTERS: Final = 2048
_MAX_ENDPOINTS: Final = 50


def parse_idp_metadata(xml: bytes) -> IdentityProviderMetadata:
    """Return the one identity provider of a document; raises `SamlError` if there is none, or more than one."""
    entity, role = _only_role(xml, "md:IDPSSODescriptor")
    sso = _endpoints(role, "md:SingleSignOnService")
    logout = _endpoints(role, "md:SingleLogoutService")
    return IdentityProviderMetadata(
        entity_id=_entity_id(entity),
        sso_redirect_url=_first(sso, BINDING_REDIRECT),
        sso_post_url=_first(sso, BINDING_POST),
        slo_url=_first(logout, BINDING_REDIRECT) or _first(logout, BINDING_POST),
        certificates=_certificates(role, "signing"),
        wants_signed_requests=parse_boolean(role.get("WantAuthnRequestsSigned")),
        name_id_formats=_name_id_formats(role),
    )


def parse_sp_metadata(xml: bytes) -> ServiceProviderMetadata:
    """Return the one service provider of a document; raises `SamlError` if there is none, or more than one."""
    entity, role = _only_role(xml, "md:SPSSODescriptor")
    consumers = tuple(
        AssertionConsumerService(
            binding=binding,
            url=url,
            index=_index(found),
            is_default=parse_boolean(found.get("isDefault")),
        )
        for binding, url, found in _endpoints(role, "md:AssertionConsumerService")
    )
    return ServiceProviderMetadata(
        entity_id=_entity_id(entity),
        assertion_consumer_services=tuple(sorted(consumers, key=lambda each: (not each.is_default, each.index))),
        single_logout_services=tuple(
            SingleLogoutService(
                binding=binding, url=url, response_url=_web_address(found.get("ResponseLocation")) or url
            )
            for binding, url, found in _endpoints(role, "md:SingleLogoutService")
        ),
        signing_certificates=_certificates(role, "signing"),
        encryption_certificates=_certificates(role, "encryption"),
        name_id_formats=_name_id_formats(role),
        signs_requests=parse_boolean(role.get("AuthnRequestsSigned")),
        wants_signed_assertions=parse_boolean(role.get("WantAssertionsSigned")),
    )


def _only_role(xml: bytes, name: str) -> tuple[Element, Element]:
    root = parse(xml, max_bytes=MAX_METADATA_BYTES)
    if root.tag not in (qname("md:EntityDescriptor"), qname("md:EntitiesDescriptor")):
        raise SamlError("malformed", "not SAML metadata")
    found = list(root.iter(qname(name)))
    if len(found) != 1:
        raise SamlError("malformed", f"{len(found)} of {name.partition(':')[2]}; exactly one is needed")
    entity = found[0].getparent()
    if entity is None or entity.tag != qname("md:EntityDescriptor"):
        raise SamlError("malformed", "not SAML metadata")
    return entity, found[0]


def _entity_id(entity: Element) -> str:
    entity_id = str(entity.get("entityID", "")).strip()
    if not entity_id or len(entity_id) > MAX_ENTITY_ID_CHARACTERS:
        raise SamlError("malformed", "entityID is missing or too long")
    return entity_id


def _endpoints(role: Element, name: str) -> list[tuple[str, str, Element]]:
    """Return `(binding, address, element)` of the endpoints at web addresses."""
    found = []
    for each in children(role, name)[:_MAX_ENDPOINTS]:
        url = _web_address(each.get("Location"))
        if url:
            found.append((str(each.get("Binding", "")), url, each))
    return found


def _web_address(value: str | None) -> str | None:
    url = (value or "").strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    is_usable = parts.scheme in ("http", "https") and parts.netloc and len(url) <= _MAX_URL_CHARACTERS
    return url if is_usable else None


def _index(found: Element) -> int:
    value = found.get("index", "0")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 5 else 0


def _first(endpoints: list[tuple[str, str, Element]], binding: str) -> str | None:
    return next((url for named, url, _ in endpoints if named == binding), None)


def _certificates(role: Element, use: str) -> tuple[str, ...]:
    """Return certificates for a use, each once; a key without a use serves all. Unusable ones are left out."""
    found: dict[str, None] = {}
    for key in children(role, "md:KeyDescriptor"):
        if key.get("use", use) != use:
            continue
        for each in key.iterfind(f"{qname('ds:KeyInfo')}/{qname('ds:X509Data')}/{qname('ds:X509Certificate')}"):
            try:
                found[parse_certificate(text_of(each) or "").pem] = None
            except SamlError:
                continue
    return tuple(found)[:MAX_CERTIFICATES]


def _name_id_formats(role: Element) -> tuple[str, ...]:
    texts = (text_of(each) for each in children(role, "md:NameIDFormat")[:20])
    return tuple(text for text in texts if text and len(text) <= 256)
